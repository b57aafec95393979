import { PurserError } from '#libs/api';
import type { BlockHeader } from '#libs/chain';
import type { RequestScope, ReviewState, ScopedDb } from '#libs/database';
import {
  type Address,
  type Felt,
  parseAddress,
  parseFelt,
  parseSessionKey,
  type SessionKey,
} from '#libs/felt';
import { askIndex, indexUnavailable, notFollowed } from '#libs/sessions';
import {
  debitListStatement,
  debitsByNameStatement,
  type LedgerListQuery,
  movementListStatement,
  movementsByNameStatement,
} from './ledger-lists.statement.ts';
import { reviewFrom, type RowReview } from '../reviews/reviews.repository.ts';
import type { LedgerRowKey } from '../reviews/row-id.ts';
import type { LedgerFilter } from './statement-parts.ts';
import { type SummedLedger, summaryStatement } from './summary.statement.ts';

export type AnswerBlock = Pick<BlockHeader, 'blockNumber' | 'blockHash' | 'timestampSeconds' | 'finality'>;

/** What every answer about the ledgers of one account says. */
export interface LedgerAnswer<Row> {
  readonly block: AnswerBlock;
  /** From this block on every transaction was looked at. */
  readonly recordedFrom: number;
  readonly rows: readonly Row[];
}

interface PlacedRow {
  readonly blockNumber: number;
  readonly timestampSeconds: bigint;
  readonly transactionIndex: number;
  readonly transactionHash: Felt;
  readonly token: Address;
  readonly counterparty: Felt;
  readonly amount: bigint;
  readonly cause: string;
  readonly review: RowReview | undefined;
}

export interface DebitRow extends PlacedRow {
  readonly useIndex: number;
  readonly callIndex: number;
  readonly sessionKey: SessionKey;
  readonly selector: Felt;
  readonly spentBefore: bigint;
  readonly spentAfter: bigint;
  readonly windowStartSeconds: bigint;
  readonly windowStarted: boolean;
  readonly movedAmount: bigint;
}

export interface MovementRow extends PlacedRow {
  readonly eventIndex: number;
  readonly sessionKey: SessionKey | undefined;
  readonly direction: 'OUT' | 'IN' | 'SELF';
  readonly sender: Felt | undefined;
  readonly callIndex: number | undefined;
}

export interface SumRow {
  readonly ledger: SummedLedger;
  readonly token: Address;
  readonly cause: string;
  readonly entries: number;
  readonly total: bigint;
}

/** Far more tokens than anybody uses: whoever emits transfers in the name of an account can make any number. */
const MOST_SUMS = 2_000;

/** Reads of the two ledgers, each one statement. @throws PurserError INDEX_UNAVAILABLE, ACCOUNT_NOT_FOLLOWED */
export class LedgerReadRepository {
  readonly #db: ScopedDb;

  constructor(db: ScopedDb) {
    this.#db = db;
  }

  async listDebits(
    scope: RequestScope,
    networkId: number,
    query: LedgerListQuery,
  ): Promise<LedgerAnswer<DebitRow>> {
    const statement = debitListStatement(this.#db.build, networkId, query);
    const rows = await askIndex(() => this.#db.read(scope, statement));
    return answerOf(query, rows, (row) => (row.row_block === null ? undefined : debitFrom(row)));
  }

  /** Debits by their names, in order. Nothing where there is none, or its account is not followed. */
  async findDebits(
    scope: RequestScope,
    networkId: number,
    names: readonly LedgerRowKey[],
  ): Promise<(DebitRow | undefined)[]> {
    const statement = debitsByNameStatement(this.#db.build, networkId, names);
    const rows = await askIndex(() => this.#db.read(scope, statement));
    const byPlace = new Map(rows.map((row) => [row.asked_place, row]));
    return names.map((_name, at) => {
      const row = byPlace.get(at + 1);
      return row && debitFrom(row);
    });
  }

  /** Movements by their names, in order. Nothing where there is none, or its account is not followed. */
  async findMovements(
    scope: RequestScope,
    networkId: number,
    names: readonly LedgerRowKey[],
  ): Promise<(MovementRow | undefined)[]> {
    const statement = movementsByNameStatement(this.#db.build, networkId, names);
    const rows = await askIndex(() => this.#db.read(scope, statement));
    const byPlace = new Map(rows.map((row) => [row.asked_place, row]));
    return names.map((_name, at) => {
      const row = byPlace.get(at + 1);
      return row && movementFrom(row);
    });
  }

  async listMovements(
    scope: RequestScope,
    networkId: number,
    query: LedgerListQuery,
  ): Promise<LedgerAnswer<MovementRow>> {
    const statement = movementListStatement(this.#db.build, networkId, query);
    const rows = await askIndex(() => this.#db.read(scope, statement));
    return answerOf(query, rows, (row) => (row.row_block === null ? undefined : movementFrom(row)));
  }

  /** Sums by token and cause. @throws PurserError BAD_INPUT where there are too many tokens to answer at once */
  async sum(scope: RequestScope, networkId: number, filter: LedgerFilter): Promise<LedgerAnswer<SumRow>> {
    const statement = summaryStatement(this.#db.build, networkId, filter, MOST_SUMS + 1);
    const rows = await askIndex(() => this.#db.read(scope, statement));
    if (rows.length > MOST_SUMS) throw new PurserError('BAD_INPUT', 'There are too many tokens: name one.');
    return answerOf(filter, rows, ({ ledger, token, cause, entries, total }) =>
      ledger === null || token === null || cause === null
        ? undefined
        : { ledger, cause, token: parseAddress(token), entries: Number(entries), total: BigInt(total ?? 0) },
    );
  }
}

export interface HeadRow {
  readonly block_number: number;
  readonly block_hash: string;
  readonly timestamp_seconds: bigint;
  readonly finality: 'ACCEPTED_ON_L2' | 'ACCEPTED_ON_L1';
  readonly account_status: string | null;
  readonly recorded_from: number | null;
}

/** @throws PurserError INDEX_UNAVAILABLE while nothing is indexed, ACCOUNT_NOT_FOLLOWED */
export const headOf = (
  account: Address,
  row: HeadRow | undefined,
): { readonly block: AnswerBlock; readonly recordedFrom: number } => {
  if (row === undefined) throw indexUnavailable('NOTHING_INDEXED');
  if (row.account_status !== 'FOLLOWED') throw notFollowed(account, row.account_status ?? undefined);
  const { block_number, block_hash, timestamp_seconds, finality, recorded_from } = row;
  return {
    block: {
      blockNumber: block_number,
      blockHash: parseFelt(block_hash),
      timestampSeconds: timestamp_seconds,
      finality,
    },
    recordedFrom: recorded_from ?? block_number,
  };
};

const answerOf = <Stored extends HeadRow, Row>(
  { account }: LedgerFilter,
  rows: readonly Stored[],
  read: (row: Stored) => Row | undefined,
): LedgerAnswer<Row> => ({
  ...headOf(account, rows[0]),
  rows: rows.flatMap((row) => read(row) ?? []),
});

interface StoredPlace {
  readonly row_block: number | null;
  readonly row_time: bigint | null;
  readonly transaction_index: number | null;
  readonly transaction_hash: string | null;
  readonly token: string | null;
  readonly counterparty: string | null;
  readonly amount: bigint | null;
  readonly cause: string | null;
  readonly state: ReviewState | null;
  readonly note: string | null;
  readonly reviewed_by: string | null;
  readonly reviewer_name: string | null;
  readonly reviewed_at: Date | null;
}

const placeOf = (row: StoredPlace): PlacedRow => ({
  blockNumber: required(row.row_block),
  timestampSeconds: required(row.row_time),
  transactionIndex: required(row.transaction_index),
  transactionHash: parseFelt(row.transaction_hash),
  token: parseAddress(row.token),
  counterparty: parseFelt(row.counterparty),
  amount: required(row.amount),
  cause: required(row.cause),
  review: reviewFrom(row),
});

type ListedDebit = Awaited<ReturnType<ReturnType<typeof debitListStatement>['execute']>>[number];
type ListedMovement = Awaited<ReturnType<ReturnType<typeof movementListStatement>['execute']>>[number];
/** Without what is told of the head. */
type StoredRow<Listed> = Omit<Listed, keyof HeadRow>;

const debitFrom = (row: StoredRow<ListedDebit>): DebitRow => ({
  ...placeOf(row),
  useIndex: required(row.use_index),
  callIndex: required(row.call_index),
  sessionKey: parseSessionKey(row.session_key),
  selector: parseFelt(row.selector),
  spentBefore: required(row.spent_before),
  spentAfter: required(row.spent_after),
  windowStartSeconds: required(row.window_start_seconds),
  windowStarted: required(row.window_started),
  movedAmount: required(row.moved_amount),
});

const movementFrom = (row: StoredRow<ListedMovement>): MovementRow => ({
  ...placeOf(row),
  eventIndex: required(row.event_index),
  sessionKey: row.session_key === null ? undefined : parseSessionKey(row.session_key),
  direction: required(row.direction),
  sender: row.sender === null ? undefined : parseFelt(row.sender),
  callIndex: row.call_index ?? undefined,
});

/** Columns of a loose join are all there where one of them is. */
const required = <T>(value: T | null): T => {
  if (value === null) throw new Error('a column of the ledgers is missing');
  return value;
};
