import type { Db } from '#libs/database';
import type { Address, SessionKey } from '#libs/felt';
import { type ChainActor, sessionKeyOf, transferCall } from './chain-actor.ts';
import { foldedTablesOf } from './folded-tables.ts';
import { createSandboxChain, type SandboxChain } from './indexed-sandbox.ts';
import { createLateIndex, type LateIndex } from './late-index.ts';
import { FAR, grantOf, limitOf, RECIPIENT } from './owner-changes.ts';
import type { TestDatabase } from './with-database.ts';

const OWNER = 0x1234n;
const SECRET = 0x777n;
const OTHER_SECRET = 0x888n;

interface CoveredRange {
  readonly kind: string;
  readonly from: number;
  readonly to: number | null;
}

/** An account whose life is always the same, and what meets it late. */
export interface DirectedLife extends LateIndex {
  readonly chain: SandboxChain;
  readonly account: ChainActor;
  readonly token: Address;
  /** The key that spends where no other is named. */
  readonly key: SessionKey;
  /** Grants, uses near and far, reverted ones, sponsored ones, a key that comes back, and owner's changes. */
  live(): void;
  grant(secret: bigint): void;
  spend(amount: bigint): void;
  empty(blocks: number): void;
  /** What is folded of it, of a block and later ones. */
  tablesOf(database: TestDatabase, fromBlock?: number): ReturnType<typeof foldedTablesOf>;
  coverage(db: Db): Promise<CoveredRange[]>;
}

export const createDirectedLife = (className: string): DirectedLife => {
  const chain = createSandboxChain();
  const empty = (blocks: number): void => {
    for (let count = 0; count < blocks; count += 1) chain.sandbox.createBlock();
  };
  const relayer = chain.deployAccount(className, OWNER + 1n);
  empty(7);
  const account = chain.deployAccount(className, OWNER);
  const token = chain.deployToken(account, 'token_keyed');
  const grant = (secret = SECRET, maxCalls = 20n): void => {
    account.change(grantOf(secret, maxCalls, ['transfer', 'approve']));
  };
  const limit = (maxPerWindow = 1_000n): void => {
    account.change(limitOf(SECRET, token, maxPerWindow));
  };
  const spend = (amount: bigint, secret = SECRET): void => {
    account.sendAs(secret, FAR, [transferCall(token, RECIPIENT, amount)]);
  };
  const live = (): void => {
    limit();
    grant();
    for (const gap of [0, 30, 0, 3, 61]) {
      spend(10n);
      empty(gap);
    }
    spend(51n);
    grant(OTHER_SECRET, 3n);
    empty(12);
    relayer.send([account.outsideCall(SECRET, FAR, [transferCall(token, RECIPIENT, 5n)], 7n, FAR)]);
    spend(1n, OTHER_SECRET);
    spend(1n, OTHER_SECRET);
    empty(40);
    account.change({ kind: 'RevokeSessionKey', sessionKey: sessionKeyOf(SECRET) });
    empty(5);
    grant();
    spend(7n);
    limit(500n);
    empty(25);
    spend(8n);
    account.change({ kind: 'RemoveSpendingPolicy', sessionKey: sessionKeyOf(SECRET), token });
    spend(9n);
    empty(9);
  };
  return {
    ...createLateIndex(chain, account.address),
    ...{ chain, account, token, key: sessionKeyOf(SECRET) },
    ...{ live, grant, spend, empty },
    tablesOf: (database, fromBlock) => foldedTablesOf(database, account.address, fromBlock),
    coverage: async (db) =>
      (await db.selectFrom('coverage').selectAll().orderBy('kind').orderBy('from_block').execute()).map(
        ({ kind, from_block, to_block }) => ({ kind, from: from_block, to: to_block }),
      ),
  };
};
