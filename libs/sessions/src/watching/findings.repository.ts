import type { SpendingPolicy } from '#libs/account';
import type { AccountStatus, RequestScope, ScopedDb } from '#libs/database';
import { type ClassHash, parseAddress } from '#libs/felt';
import { askIndex } from '../read/failures.ts';
import { blockFromRow, classHashFrom, sessionFromRow } from '../read/index-store/rows.ts';
import type { AnswerBlock, SessionRecord } from '../read/records.ts';
import { type AgedPolicyJson, type FindingsQuery, findingsStatement } from './findings.statement.ts';
import type { WatchedPolicy } from './policy-findings.ts';

/** A session key with what findings ask of its past. */
export interface WatchedKey {
  readonly session: SessionRecord;
  readonly revokedBeforeInBlock: number | undefined;
  readonly policies: readonly WatchedPolicy[];
}

/** An account and one page of its keys, all at one block. */
export interface WatchListing {
  readonly block: AnswerBlock;
  readonly accountStatus: AccountStatus | undefined;
  readonly classHash: ClassHash | undefined;
  readonly classChangedInBlock: number | undefined;
  readonly ownerChangedInBlock: number | undefined;
  /** On any page. */
  readonly hasUsableKeys: boolean;
  readonly keys: readonly WatchedKey[];
}

export class FindingsRepository {
  readonly #db: ScopedDb;

  constructor(db: ScopedDb) {
    this.#db = db;
  }

  /** Nothing while no block of the network is indexed. @throws PurserError INDEX_UNAVAILABLE */
  async list(
    scope: RequestScope,
    networkId: number,
    query: FindingsQuery,
  ): Promise<WatchListing | undefined> {
    const statement = findingsStatement(this.#db.build, networkId, query);
    const rows = await askIndex(() => this.#db.read(scope, statement));
    const [first] = rows;
    if (first === undefined) return undefined;
    return {
      block: blockFromRow(first),
      accountStatus: first.account_status ?? undefined,
      classHash: classHashFrom(first.class_hash),
      classChangedInBlock: first.class_changed_in ?? undefined,
      ownerChangedInBlock: first.owner_changed_in ?? undefined,
      hasUsableKeys: first.has_usable_keys,
      keys: rows.flatMap((row) => keyFromRow(row) ?? []),
    };
  }
}

type FindingsRow = Awaited<ReturnType<ReturnType<typeof findingsStatement>['execute']>>[number];

const keyFromRow = (row: FindingsRow): WatchedKey | undefined => {
  const session = sessionFromRow({ ...row, state_from: null, events_from: null });
  if (session === undefined) return undefined;
  return {
    session,
    revokedBeforeInBlock: row.revoked_before_in ?? undefined,
    policies: (row.policies ?? []).map(policyOf),
  };
};

const policyOf = (json: AgedPolicyJson): WatchedPolicy => ({
  token: parseAddress(json.token),
  policy: termsOf(json),
  lifecycle: json.lifecycle,
  lifecycleBlock: json.lifecycleBlock,
});

const termsOf = (json: AgedPolicyJson): SpendingPolicy => ({
  maxPerCall: BigInt(json.maxPerCall),
  maxPerWindow: BigInt(json.maxPerWindow),
  windowSeconds: BigInt(json.windowSeconds),
  spentInWindow: BigInt(json.spentInWindow),
  windowStartSeconds: BigInt(json.windowStartSeconds),
});
