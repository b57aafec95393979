import type { AccountStatus, RequestScope, ScopedDb } from '#libs/database';
import type { Felt } from '#libs/felt';
import { askIndex } from '../../read/failures.ts';
import { blockFromRow, coverageFromRow } from '../../read/index-store/rows.ts';
import type { AnswerBlock, CoverageRecord } from '../../read/records.ts';
import type { ListedUse, StoredUse } from './use-columns.ts';
import { type SessionOfPage, usesOfSessionsStatement } from './uses-of-sessions.statement.ts';
import {
  type UseListQuery,
  type UseName,
  usesByNameStatement,
  transactionUsesStatement,
  plainUseListOf,
  useListStatement,
} from './uses.statement.ts';

/** A page of uses, all of one block's view. */
export interface UseListing<Row = StoredUse> {
  readonly block: AnswerBlock;
  readonly accountStatus: AccountStatus | undefined;
  readonly coverage: CoverageRecord;
  readonly rows: readonly Row[];
}

export class UseListRepository {
  readonly #db: ScopedDb;

  constructor(db: ScopedDb) {
    this.#db = db;
  }

  /** Nothing while no block of the network is indexed; rows may have more columns than are asked for. @throws PurserError INDEX_UNAVAILABLE */
  async list(
    scope: RequestScope,
    networkId: number,
    query: UseListQuery,
  ): Promise<UseListing<ListedUse> | undefined> {
    const plain = plainUseListOf(networkId, query);
    const page = await askIndex(async () => {
      if (plain !== undefined) return await this.#db.readOne(scope, plain);
      return (await this.#db.read(scope, useListStatement(this.#db.build, networkId, query)))[0];
    });
    return page && { ...aboutListing(page), rows: page.uses ?? [] };
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
    return first && { block: blockFromRow(first), rows: rows.filter(isUse) };
  }
}

const listingOf = (rows: readonly LooseRow[]): UseListing | undefined => {
  const [first] = rows;
  return first && { ...aboutListing(first), rows: rows.filter(isUse) };
};

type AboutRow = Parameters<typeof blockFromRow>[0] &
  Parameters<typeof coverageFromRow>[0] & { readonly account_status: AccountStatus | null };

const aboutListing = (row: AboutRow): Omit<UseListing, 'rows'> => ({
  block: blockFromRow(row),
  accountStatus: row.account_status ?? undefined,
  coverage: coverageFromRow(row),
});

/** A row of a statement that joins uses loosely: all their columns are null where there is none. */
type LooseUse = { readonly [Name in keyof StoredUse]: StoredUse[Name] | null };
type LooseRow = AboutRow & LooseUse;

const isUse = <Row extends LooseUse>(row: Row): row is Row & StoredUse => row.account !== null;
