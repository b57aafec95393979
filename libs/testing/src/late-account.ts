import type { ChainSource } from '#libs/chain';
import type { Address } from '#libs/felt';
import { type ChainActor, sessionKeyOf, transferCall } from './chain-actor.ts';
import { createSandboxChain, type SandboxChain } from './indexed-sandbox.ts';
import { createLateIndex, type LateIndex } from './late-index.ts';
import { FAR, grantOf, limitOf, RECIPIENT } from './owner-changes.ts';

const SECRETS = [0x777n, 0x888n, 0x999n] as const;

/** A node that answers for so many blocks by their height, as a back-fill asks, and then keeps whoever asks waiting. */
interface StallingNode {
  readonly source: ChainSource;
  readonly stalled: Promise<undefined>;
}

/** An account with a life of its own that an index meets late, and what back-fills it. */
export interface LateAccount extends LateIndex {
  readonly chain: SandboxChain;
  readonly account: ChainActor;
  readonly token: Address;
  /** So many changes, told by a seed: grants, uses of every kind, owner's changes, and blocks without any. */
  live(seed: number, steps: number): void;
  stallingNode(blocks: number): Promise<StallingNode>;
}

export const createLateAccount = (className: string): LateAccount => {
  const chain = createSandboxChain();
  const relayer = chain.deployAccount(className, 0x4321n);
  const account = chain.deployAccount(className, 0x1234n);
  const token = chain.deployToken(account, 'token_keyed');
  const index = createLateIndex(chain, account.address);
  return {
    ...index,
    ...{ chain, account, token },
    live: liveOf({ chain, relayer, account, token }),
    stallingNode: async (blocks) => stalling(await index.node(), blocks),
  };
};

interface Life {
  readonly chain: SandboxChain;
  readonly relayer: ChainActor;
  readonly account: ChainActor;
  readonly token: Address;
}

const liveOf =
  ({ chain, relayer, account, token }: Life) =>
  (seed: number, steps: number): void => {
    let state = seed >>> 0;
    const below = (limit: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * limit);
    };
    const secret = () => SECRETS[below(SECRETS.length)] ?? SECRETS[0];
    // Some amounts are above the cap of one call, and sooner or later above that of the window.
    const spending = () => [transferCall(token, RECIPIENT, BigInt(1 + below(60)))];
    let nonce = BigInt(seed) * 1_000_000n;
    const outside = () => account.outsideCall(secret(), FAR, spending(), (nonce += 1n), FAR);
    const deeds: readonly (() => void)[] = [
      ...Array.from({ length: 5 }, () => () => void account.sendAs(secret(), FAR, spending())),
      () => void account.sendAs(secret(), FAR, [...spending(), ...spending()]),
      () => void relayer.send([outside()]),
      () => void relayer.send([outside(), outside()]),
      () => void account.send(spending()),
      () => void account.change(grantOf(secret(), BigInt(3 + below(20)))),
      () => void account.change(limitOf(secret(), token, BigInt(100 + below(900))), grantOf(secret(), 9n)),
      () => void account.change({ kind: 'RevokeSessionKey', sessionKey: sessionKeyOf(secret()) }),
      () => void account.change({ kind: 'RemoveSpendingPolicy', sessionKey: sessionKeyOf(secret()), token }),
      ...Array.from({ length: 3 }, () => () => {
        for (let count = below(20); count > 0; count -= 1) chain.sandbox.createBlock();
      }),
    ];
    for (const each of SECRETS) account.change(limitOf(each, token, 500n), grantOf(each, 20n));
    for (let step = 0; step < steps; step += 1) ifItIsTaken(deeds[below(deeds.length)] ?? outside);
  };

/** A key that is revoked or used up is refused before it enters a block: then nothing happens. */
const ifItIsTaken = (deed: () => unknown): void => {
  try {
    deed();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
};

const stalling = (source: ChainSource, blocks: number): StallingNode => {
  const stalled = Promise.withResolvers<undefined>();
  let left = blocks;
  const block: ChainSource['block'] = async (ref, options) => {
    if (typeof ref === 'object' && 'blockNumber' in ref) left -= 1;
    if (left >= 0) return await source.block(ref, options);
    stalled.resolve(undefined);
    return await new Promise((_resolve, reject) =>
      options?.signal?.addEventListener('abort', () => reject(new Error('stopped'))),
    );
  };
  return { stalled: stalled.promise, source: { ...source, block } };
};
