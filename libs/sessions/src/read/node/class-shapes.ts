import { AccountError, type ClassCapabilities, probeAbi } from '#libs/account';
import { type BlockRef, isChainError } from '#libs/chain';
import type { ClassHash } from '#libs/felt';
import type { ServedNetwork } from '../ports.ts';

/** More classes than this are not met; beyond, the oldest is read again. */
const REMEMBERED_CLASSES = 1_000;

/** What the ABI of a class settles, read once a class: a class never changes. */
export class ClassShapes {
  readonly #known = new Map<string, ClassCapabilities>();

  /** Nothing where the class has no readable ABI: an unknown, not a "no". @throws ChainError */
  async find(
    { networkId, source }: ServedNetwork,
    classHash: ClassHash,
    at: BlockRef,
    signal: AbortSignal,
  ): Promise<ClassCapabilities | undefined> {
    const id = `${networkId}:${classHash}`;
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    try {
      const capabilities = probeAbi(await source.classAbi(classHash, at, { signal }));
      this.#remember(id, capabilities);
      return capabilities;
    } catch (error) {
      if (error instanceof AccountError || isChainError(error, 'CLASS_NOT_FOUND')) return undefined;
      throw error;
    }
  }

  #remember(id: string, capabilities: ClassCapabilities): void {
    const [oldest] = this.#known.keys();
    if (this.#known.size >= REMEMBERED_CLASSES && oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(id, capabilities);
  }
}
