import { type Address, feltToHex, selectorOf, type SessionKey } from '#libs/felt';
import { type ChainActor, sessionKeyOf, testClassHash, type TestDatabase, transferCall } from '#libs/testing';
import { type ServedSandbox, serveSandbox, upgradeCall, type ViewedBlock } from './sandbox-history.ts';

const [SECRET, OTHER_SECRET] = [0x777n, 0x888n];
const FAR = 1_900_000_000n;
const RECIPIENT = 0xbeefn;

export const [KEY, OTHER_KEY] = [sessionKeyOf(SECRET), sessionKeyOf(OTHER_SECRET)];
export const KEYS = [KEY, OTHER_KEY] as const;
/** The class of the account before its upgrade, and from there on. */
export const [SETTING, SPEND] = [
  testClassHash('session_account_setting'),
  testClassHash('session_account_spend'),
];

interface Cast {
  readonly account: ChainActor;
  /** Does the same a block later, and is not followed. */
  readonly stranger: ChainActor;
  readonly token: Address;
}

/** An account that did something in one block after the other, with what its views told after each. */
export interface PastLife extends Cast {
  readonly served: ServedSandbox;
  /** By the steps of `livePast`. */
  readonly viewed: readonly ViewedBlock[];
  /** Of a question about a key at a point. */
  variables(key: SessionKey, point: object, address?: Address): Record<string, unknown>;
}

export const granting = (sessionKey: SessionKey, maxCalls: bigint, names: readonly string[] = []) =>
  ({
    kind: 'AddOrUpdateSessionKey',
    sessionKey,
    validUntilSeconds: FAR,
    maxCalls,
    allowedEntrypoints: names.map(selectorOf),
  }) as const;

const limiting = (sessionKey: SessionKey, token: Address, maxPerWindow: bigint) =>
  ({
    kind: 'SetSpendingPolicy',
    sessionKey,
    token,
    maxPerCall: 50n,
    maxPerWindow,
    windowSeconds: 600n,
  }) as const;

type Step = readonly [seconds: number, act: (actor: ChainActor) => void];

const stepsOf = (token: Address): readonly Step[] => {
  const spend =
    (amount: bigint, secret = SECRET) =>
    (actor: ChainActor) =>
      void actor.sendAs(secret, FAR, [transferCall(token, RECIPIENT, amount)]);
  return [
    [10, (actor) => actor.change(limiting(KEY, token, 100n), granting(KEY, 10n, ['transfer', 'approve']))],
    [10, spend(40n)],
    [10, spend(51n)], // beyond the cap of a call: reverts, and burns a call
    [10, (actor) => actor.change(granting(OTHER_KEY, 2n))],
    [10, spend(5n, OTHER_SECRET)],
    [10, (actor) => actor.change(limiting(KEY, token, 120n))], // again: what was spent begins at 0
    [10, spend(50n)],
    [10, (actor) => actor.change({ kind: 'RevokeSessionKey', sessionKey: KEY })],
    [10, (actor) => actor.change(granting(KEY, 3n))], // comes back to its old policy
    [10, spend(30n)],
    [10, (actor) => actor.send([upgradeCall(actor.address, SPEND)])],
    [700, (actor) => actor.send([])], // the window is over, and nobody spends
    [10, spend(20n)],
    [10, (actor) => actor.change({ kind: 'RemoveSpendingPolicy', sessionKey: KEY, token })],
    [10, spend(77n)],
  ];
};

/** Lives it, and serves it. Each step is a block of its own. */
export const livePast = async (database: TestDatabase): Promise<PastLife> => {
  const deployed: Partial<Cast> = {};
  const served = await serveSandbox(database, (chain) => {
    const account = chain.deployAccount('session_account_setting', 0x1234n);
    const stranger = chain.deployAccount('session_account_setting', 0x4321n);
    const token = chain.deployToken(account, 'token_keyed');
    account.send([transferCall(token, stranger.address, 1_000_000n)]);
    Object.assign(deployed, { account, stranger, token } satisfies Cast);
  });
  const cast = deployed as Cast;
  const { address } = cast.account;
  await served.follow(address);
  const viewed: ViewedBlock[] = [];
  for (const [seconds, act] of stepsOf(cast.token)) {
    served.advance(seconds);
    act(cast.account);
    viewed.push(served.view(address, KEYS, cast.token));
    served.advance(1);
    act(cast.stranger);
    await served.caughtUp();
  }
  const variables: PastLife['variables'] = (key, at, of = address) => ({
    account: feltToHex(of),
    key: feltToHex(key),
    at,
  });
  return { ...cast, served, viewed, variables };
};
