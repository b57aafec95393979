import { AccountError, probeAbi } from '#libs/account';
import { type BlockHeader, type ChainSource, isChainError } from '#libs/chain';
import type { Address, ClassHash } from '#libs/felt';

/**
 * What a node says of an address: nothing stands there, or its class has no session entry points, or it has. UNREADABLE:
 * the node has no ABI of the class that can be read.
 */
type Standing = 'UNDEPLOYED' | 'WITHOUT_SESSIONS' | 'WITH_SESSIONS' | 'UNREADABLE';

export type StandingCounts = Readonly<Record<Standing, number>>;

type Source = Pick<ChainSource, 'head' | 'classHashAt' | 'classAbi' | 'contractWords'>;

interface AskOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number) => void;
}

/** Nodes take about so many contracts in one proof. */
const IN_A_PROOF = 100;

/**
 * How many of the accounts stand how, at the newest block: a hundred with each call where the node has proofs of storage,
 * one where not, and one for each class.
 * @throws ChainError
 */
export const askStandings = async (
  source: Source,
  accounts: readonly Address[],
  options: AskOptions = {},
): Promise<StandingCounts> => {
  const counts: Record<Standing, number> = {
    UNDEPLOYED: 0,
    WITHOUT_SESSIONS: 0,
    WITH_SESSIONS: 0,
    UNREADABLE: 0,
  };
  if (accounts.length === 0) return counts;
  const at = await source.head(options);
  const standings = new Map<ClassHash, Promise<Standing>>();
  const standingOf = (classHash: ClassHash): Promise<Standing> => {
    const asked = standings.get(classHash) ?? askClass(source, classHash, at, options);
    standings.set(classHash, asked);
    return asked;
  };
  let hasProofs = source.contractWords !== undefined;
  for (let done = 0; done < accounts.length; done += IN_A_PROOF) {
    const chunk = accounts.slice(done, done + IN_A_PROOF);
    const proven = hasProofs ? await provenClasses(source, chunk, at, options) : undefined;
    hasProofs = proven !== undefined;
    const classes = await Promise.all(
      // That a proof shows no class is no proof that nothing stands there.
      chunk.map(
        async (account, index) =>
          proven?.[index] ?? (await source.classHashAt(account, { blockHash: at.blockHash }, options)),
      ),
    );
    for (const classHash of classes)
      counts[classHash === undefined ? 'UNDEPLOYED' : await standingOf(classHash)] += 1;
    options.onProgress?.(done + chunk.length);
  }
  return counts;
};

const provenClasses = async (
  source: Source,
  accounts: readonly Address[],
  { blockHash }: BlockHeader,
  options: AskOptions,
): Promise<readonly (ClassHash | undefined)[] | undefined> => {
  try {
    const asked = accounts.map((address) => ({ address, slots: [] }));
    const words = await source.contractWords?.(asked, blockHash, options);
    return words?.map(({ classHash }) => classHash);
  } catch (error) {
    // Not all nodes have proofs, and none of older blocks.
    if (isChainError(error, 'STORAGE_PROOF_UNAVAILABLE') || isChainError(error, 'RPC_METHOD_NOT_FOUND'))
      return undefined;
    throw error;
  }
};

const askClass = async (
  source: Source,
  classHash: ClassHash,
  { blockHash }: BlockHeader,
  options: AskOptions,
): Promise<Standing> => {
  try {
    const { sessions } = probeAbi(await source.classAbi(classHash, { blockHash }, options));
    return sessions ? 'WITH_SESSIONS' : 'WITHOUT_SESSIONS';
  } catch (error) {
    if (error instanceof AccountError || isChainError(error, 'CLASS_NOT_FOUND')) return 'UNREADABLE';
    throw error;
  }
};
