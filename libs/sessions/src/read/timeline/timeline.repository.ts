import type { SpendingPolicy, SpendingTerms } from '#libs/account';
import type { RequestScope, ScopedDb } from '#libs/database';
import { type Address, type ClassHash, type Felt, parseAddress, parseFelt } from '#libs/felt';
import { askIndex } from '../failures.ts';
import { classHashFrom, coverageFromRow, placeFromRow } from '../index-store/rows.ts';
import { requireBlock } from '../moment.ts';
import type { AnswerBlock, CoverageRecord } from '../records.ts';
import { type TimelineQuery, type TimelineRow, timelineStatement } from './timeline.statement.ts';

/** What the owner granted. */
export interface GrantTerms {
  readonly validUntilSeconds: bigint;
  readonly maxCalls: bigint;
  /** Undefined: not known. */
  readonly allowedEntrypoints: readonly Felt[] | undefined;
}

/** One thing that the owner did, where on the chain, and what is known of before and after. */
export interface TimelineEntry {
  readonly keyset: readonly [block: string, transaction: string, event: string];
  readonly block: AnswerBlock;
  readonly transactionHash: Felt | undefined;
  readonly kind: string;
  readonly token: Address | undefined;
  readonly grant: GrantTerms | undefined;
  readonly policy: SpendingTerms | undefined;
  readonly previous:
    | {
        readonly kind: string;
        readonly blockNumber: number;
        readonly grant: GrantTerms | undefined;
        readonly policy: SpendingTerms | undefined;
      }
    | undefined;
  readonly classBefore: ClassHash | undefined;
  readonly classAfter: ClassHash | undefined;
  /** As stored at the end of the block before; undefined where not known. */
  readonly storedBefore: SpendingPolicy | undefined;
  readonly touchedInBlock: boolean;
  readonly usesSince: bigint | undefined;
  readonly inheritedTokens: readonly Address[];
}

export interface Timeline {
  readonly block: AnswerBlock;
  readonly accountStatus: 'PENDING' | 'FOLLOWED' | 'REJECTED' | undefined;
  readonly coverage: CoverageRecord;
  readonly entries: readonly TimelineEntry[];
}

export class TimelineRepository {
  readonly #db: ScopedDb;

  constructor(db: ScopedDb) {
    this.#db = db;
  }

  /** Nothing while no block of the network is indexed. @throws PurserError INDEX_UNAVAILABLE, BAD_CURSOR */
  async read(scope: RequestScope, networkId: number, query: TimelineQuery): Promise<Timeline | undefined> {
    const statement = timelineStatement(this.#db.build, networkId, query);
    const rows = await askIndex(() => this.#db.read(scope, statement));
    const [first] = rows;
    if (first === undefined) return undefined;
    return {
      block: requireBlock(placeFromRow(first), query.at),
      accountStatus: first.account_status ?? undefined,
      coverage: coverageFromRow(first),
      entries: rows.flatMap((row) => (row.at_block === null ? [] : [entryOf(row, row.at_block, query)])),
    };
  }
}

const entryOf = (row: TimelineRow, blockNumber: number, { subject }: TimelineQuery): TimelineEntry => ({
  keyset: [String(blockNumber), String(row.transaction_index), String(row.event_index)],
  block: {
    blockNumber,
    blockHash: parseFelt(row.at_hash),
    timestampSeconds: row.at_seconds,
    finality: row.at_finality,
  },
  transactionHash: row.transaction_hash === null ? undefined : parseFelt(row.transaction_hash),
  kind: row.kind,
  token: row.token === null ? undefined : parseAddress(row.token),
  grant: grantOf(row.payload, row.granted_list),
  policy: policyOf(row.payload),
  previous:
    row.prev_kind === null || row.prev_payload === null
      ? undefined
      : {
          kind: row.prev_kind,
          blockNumber: row.prev_block ?? 0,
          grant: grantOf(row.prev_payload, null),
          policy: policyOf(row.prev_payload),
        },
  classBefore: classHashFrom(row.class_before),
  classAfter: classHashFrom(row.class_after),
  storedBefore: storedBefore(row),
  touchedInBlock: row.touched,
  usesSince: subject === 'SESSION' ? usesOfGrant(row) : usesUnderPolicy(row),
  inheritedTokens: row.inherited.map(parseAddress),
});

const grantOf = (
  payload: TimelineRow['payload'],
  stored: readonly string[] | null,
): GrantTerms | undefined => {
  const { validUntilSeconds, maxCalls } = payload;
  if (validUntilSeconds === undefined || maxCalls === undefined) return undefined;
  const list = payload.allowedEntrypoints ?? stored ?? undefined;
  return {
    validUntilSeconds: BigInt(validUntilSeconds),
    maxCalls: BigInt(maxCalls),
    allowedEntrypoints: list?.map(parseFelt),
  };
};

const policyOf = (payload: TimelineRow['payload']): SpendingTerms | undefined => {
  const { maxPerCall, maxPerWindow, windowSeconds } = payload;
  if (maxPerCall === undefined || maxPerWindow === undefined || windowSeconds === undefined) return undefined;
  return {
    maxPerCall: BigInt(maxPerCall),
    maxPerWindow: BigInt(maxPerWindow),
    windowSeconds: BigInt(windowSeconds),
  };
};

const storedBefore = (row: TimelineRow): SpendingPolicy | undefined => {
  if (!row.known_before || row.spent_before === null) return undefined;
  return {
    maxPerCall: 0n,
    maxPerWindow: row.max_per_window_before ?? 0n,
    windowSeconds: row.window_seconds_before ?? 0n,
    spentInWindow: row.spent_before,
    windowStartSeconds: row.window_start_before ?? 0n,
  };
};

/** The counter begins at 0 with a grant and is gone with a revoke, so what it holds before the next entry is since. */
const usesOfGrant = ({ used_at_end }: TimelineRow): bigint | undefined =>
  used_at_end === null ? undefined : BigInt(used_at_end);

/** Counted from the block of the entry on; a grant between starts the counter anew, and then it is not known. */
const usesUnderPolicy = (row: TimelineRow): bigint | undefined => {
  const { used_at_entry, used_at_end, lifecycle_at_entry, lifecycle_at_end } = row;
  if (used_at_entry === null || used_at_end === null || lifecycle_at_entry !== lifecycle_at_end)
    return undefined;
  return BigInt(used_at_end - used_at_entry);
};
