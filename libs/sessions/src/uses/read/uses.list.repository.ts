import type { AccountStatus, RequestScope, ScopedDb } from '#libs/database';
import type { Felt } from '#libs/felt';
import { askIndex } from '../../read/failures.ts';
import { blockFromRow, coverageFromRow } from '../../read/index-store/rows.ts';
import type { AnswerBlock, CoverageRecord } from '../../read/records.ts';
import { type SessionOfPage, usesOfSessionsStatement } from './uses-of-sessions.statement.ts';
import {
  type UseName,
  type UseListQuery,
  type UseRow,
  usesByNameStatement,
  transactionUsesStatement,
  useListOf,
} from './uses.statement.ts';

/** A page of uses, all of one block's view. */
export interface UseListing {
  readonly block: AnswerBlock;
  readonly accountStatus: AccountStatus | undefined;
  readonly coverage: CoverageRecord;
  readonly rows: readonly StoredUse[];
}

/** A row of the table: there are some columns that a statement which joins it loosely may leave null. */
export type StoredUse = UseRow & {
  readonly account: string;
  readonly session_key: string;
  readonly outcome: NonNullable<UseRow['outcome']>;
};

export class UseListRepository {
  readonly #db: ScopedDb;

  constructor(db: ScopedDb) {
    this.#db = db;
  }

  /** Nothing while no block of the network is indexed. @throws PurserError INDEX_UNAVAILABLE */
  async list(scope: RequestScope, networkId: number, query: UseListQuery): Promise<UseListing | undefined> {
    const statement = useListOf(this.#db.build, networkId, query);
    const rows = await askIndex(() => this.#db.read(scope, statement));
    return listingOf(rows);
  }

  /** The same page of each key, in their order; without its account where that is not followed. @throws PurserError INDEX_UNAVAILABLE */
  async listForSessions(
    scope: RequestScope,
    networkId: number,
    sessions: readonly SessionOfPage[],
    query: Pick<UseListQuery, 'after' | 'limit'>,
  ): Promise<(UseListing | undefined)[]> {
    const statement = usesOfSessionsStatement(this.#db.build, networkId, sessions, query);
    const rows = await askIndex(() => this.#db.read(scope, statement));
    const ofPlace = Map.groupBy(rows, ({ asked_place }) => asked_place);
    return sessions.map((_session, at) => listingOf(ofPlace.get(at + 1) ?? []));
  }

  /** Uses by their names, in order. Nothing where there is none, or its account is not followed. @throws PurserError INDEX_UNAVAILABLE */
  async findAll(
    scope: RequestScope,
    networkId: number,
    names: readonly UseName[],
  ): Promise<(StoredUse | undefined)[]> {
    const statement = usesByNameStatement(this.#db.build, networkId, names);
    const rows = await askIndex(() => this.#db.read(scope, statement));
    const byPlace = new Map(rows.map((row) => [row.asked_place, row]));
    return names.map((_name, at) => {
      const row = byPlace.get(at + 1);
      return row !== undefined && isUse(row) ? row : undefined;
    });
  }

  /** All uses in a transaction. Nothing while no block is indexed. @throws PurserError INDEX_UNAVAILABLE */
  async ofTransaction(
    scope: RequestScope,
    networkId: number,
    transactionHash: Felt,
  ): Promise<Pick<UseListing, 'block' | 'rows'> | undefined> {
    const statement = transactionUsesStatement(this.#db.build, networkId, transactionHash);
    const rows = await askIndex(() => this.#db.read(scope, statement));
    const [first] = rows;
    return first && { block: blockFromRow(first), rows: rows.flatMap((row) => (isUse(row) ? [row] : [])) };
  }
}

const listingOf = (rows: readonly ListedRow[]): UseListing | undefined => {
  const [first] = rows;
  if (first === undefined) return undefined;
  return {
    block: blockFromRow(first),
    accountStatus: first.account_status ?? undefined,
    coverage: coverageFromRow(first),
    rows: rows.flatMap((row) => (isUse(row) ? [row] : [])),
  };
};

type ListedRow = Parameters<typeof blockFromRow>[0] &
  Parameters<typeof coverageFromRow>[0] &
  UseRow & { readonly account_status: AccountStatus | null };

const isUse = (row: UseRow): row is StoredUse => row.account !== null;
