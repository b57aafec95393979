import type { SpendingPolicy } from '#libs/account';
import { parseAddress, parseFelt, parseSessionKey, toClassHash } from '#libs/felt';
import type {
  AnswerBlock,
  BackfillRecord,
  CoverageRecord,
  Lifecycle,
  PolicyRecord,
  SessionRecord,
} from '../records.ts';
import type { Placed } from '../moment.ts';
import type { PointRow } from './point.statement.ts';
import type { BackfillJson, PolicyJson } from './statement-parts.ts';

export interface BlockRow {
  readonly block_number: number;
  readonly block_hash: string;
  readonly timestamp_seconds: bigint;
  readonly finality: 'ACCEPTED_ON_L2' | 'ACCEPTED_ON_L1';
}

export const blockFromRow = (row: BlockRow): AnswerBlock => ({
  blockNumber: row.block_number,
  blockHash: parseFelt(row.block_hash),
  timestampSeconds: row.timestamp_seconds,
  finality: row.finality,
});

/** The block of a statement's point: nothing in it where the index has none there. */
export const placeFromRow = (row: PointRow): Placed<AnswerBlock> => {
  const { head_number: headNumber, block_number, block_hash, timestamp_seconds, finality } = row;
  if (block_number === null || block_hash === null || timestamp_seconds === null || finality === null)
    return { block: undefined, headNumber };
  return { block: blockFromRow({ block_number, block_hash, timestamp_seconds, finality }), headNumber };
};

export interface CoverageRow {
  readonly state_from: number | null;
  readonly events_from: number | null;
  readonly backfill?: BackfillJson | null;
}

export const coverageFromRow = (row: CoverageRow): CoverageRecord => ({
  stateFrom: row.state_from ?? undefined,
  eventsFrom: row.events_from ?? undefined,
  backfill: row.backfill ? backfillFrom(row.backfill) : undefined,
});

const backfillFrom = ({ made, left, rate }: BackfillJson): BackfillRecord => ({
  callsMade: made,
  callsLeft: left ?? undefined,
  callsPerSecond: rate ?? undefined,
});

/** A session of a statement that joins it loosely: all its columns are null where there is none. */
export interface SessionRow extends CoverageRow {
  readonly account: string | null;
  readonly session_key: string | null;
  readonly valid_until_seconds: bigint | null;
  readonly max_calls: number | null;
  readonly calls_used: number | null;
  readonly allowed_entrypoints: readonly string[] | null;
  readonly allowed_entrypoints_len: number | null;
  readonly entrypoints_known: boolean | null;
  readonly lifecycle: Lifecycle | null;
  readonly lifecycle_block: number | null;
  readonly lifecycle_tx: string | null;
  readonly class_hash: string | null;
}

export const sessionFromRow = (row: SessionRow): SessionRecord | undefined => {
  const { account, session_key, valid_until_seconds, max_calls, calls_used, lifecycle } = row;
  if (account === null || session_key === null || valid_until_seconds === null || lifecycle === null)
    return undefined;
  const list = row.entrypoints_known === true ? (row.allowed_entrypoints ?? []).map(parseFelt) : undefined;
  return {
    account: parseAddress(account),
    sessionKey: parseSessionKey(session_key),
    data: {
      validUntilSeconds: valid_until_seconds,
      maxCalls: BigInt(max_calls ?? 0),
      callsUsed: BigInt(calls_used ?? 0),
      allowedEntrypointsLen: BigInt(row.allowed_entrypoints_len ?? 0),
    },
    allowedEntrypoints: list,
    lifecycle,
    lifecycleBlock: row.lifecycle_block ?? undefined,
    lifecycleTransaction: row.lifecycle_tx === null ? undefined : parseFelt(row.lifecycle_tx),
    classHash: classHashFrom(row.class_hash),
    coverage: coverageFromRow(row),
  };
};

export const classHashFrom = (text: string | null) =>
  text === null ? undefined : toClassHash(parseFelt(text));

/** A policy as JSON out of a statement that gathers those of a session. */
export const policyFromJson = (
  json: PolicyJson,
  owner: Omit<PolicyRecord, 'token' | 'policy'>,
): PolicyRecord => ({
  account: owner.account,
  sessionKey: owner.sessionKey,
  classHash: owner.classHash,
  coverage: owner.coverage,
  token: parseAddress(json.token),
  policy: {
    maxPerCall: BigInt(json.maxPerCall),
    maxPerWindow: BigInt(json.maxPerWindow),
    windowSeconds: BigInt(json.windowSeconds),
    spentInWindow: BigInt(json.spentInWindow),
    windowStartSeconds: BigInt(json.windowStartSeconds),
  },
});

export interface PolicyRow extends CoverageRow {
  readonly account: string | null;
  readonly session_key: string | null;
  readonly token: string | null;
  readonly max_per_call: bigint | null;
  readonly max_per_window: bigint | null;
  readonly window_seconds: bigint | null;
  readonly spent_in_window: bigint | null;
  readonly window_start_seconds: bigint | null;
  readonly class_hash: string | null;
}

export const policyFromRow = (row: PolicyRow): PolicyRecord | undefined => {
  if (row.account === null || row.session_key === null || row.token === null) return undefined;
  return {
    account: parseAddress(row.account),
    sessionKey: parseSessionKey(row.session_key),
    token: parseAddress(row.token),
    policy: termsFromRow(row),
    classHash: classHashFrom(row.class_hash),
    coverage: coverageFromRow(row),
  };
};

const termsFromRow = (row: PolicyRow): SpendingPolicy => ({
  maxPerCall: row.max_per_call ?? 0n,
  maxPerWindow: row.max_per_window ?? 0n,
  windowSeconds: row.window_seconds ?? 0n,
  spentInWindow: row.spent_in_window ?? 0n,
  windowStartSeconds: row.window_start_seconds ?? 0n,
});
