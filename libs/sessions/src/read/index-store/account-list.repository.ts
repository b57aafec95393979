import type { AccountSource, AccountStatus, Db } from '#libs/database';
import { type Address, type ClassHash, parseAddress } from '#libs/felt';
import { sql } from 'kysely';
import { askIndex } from '../failures.ts';
import type { AnswerBlock, CoverageRecord } from '../records.ts';
import { blockFromRow, classHashFrom, coverageFromRow } from './rows.ts';
import { coveredFrom, headOf } from './session-statements.ts';

export interface AccountRecord {
  readonly address: Address;
  readonly label: string | undefined;
  readonly foundBy: AccountSource;
  readonly status: AccountStatus;
  readonly reasonCode: string | undefined;
  readonly classHash: ClassHash | undefined;
  readonly sessionKeyCount: number;
  readonly coverage: CoverageRecord;
}

export interface AccountListQuery {
  readonly statuses: readonly AccountStatus[] | undefined;
  /** The address of the last row of the page before, as printed. */
  readonly after: string | undefined;
  readonly limit: number;
}

export interface AccountListing {
  readonly block: AnswerBlock;
  readonly rows: readonly AccountRecord[];
}

const pageOfAccounts = (db: Db, networkId: number, query: AccountListQuery) =>
  db
    .selectFrom('accounts as a')
    .leftJoin('account_versions as av', (join) =>
      join
        .onRef('av.network_id', '=', 'a.network_id')
        .onRef('av.account', '=', 'a.address')
        .on('av.valid_to_block', 'is', null),
    )
    .where('a.network_id', '=', networkId)
    .$if(query.statuses !== undefined, (qb) => qb.where('a.status', 'in', [...(query.statuses ?? [])]))
    .$if(query.after !== undefined, (qb) =>
      qb.where(sql<boolean>`a.address::text > ${query.after ?? ''}::text`),
    )
    .select(['a.address', 'a.label', 'a.source', 'a.status', 'a.reason_code', 'av.class_hash'])
    .select([
      sql<number>`(
        select count(*) from session_keys sk where sk.network_id = a.network_id and sk.account = a.address
      )`.as('session_key_count'),
      coveredFrom('STATE', networkId, 'a.address').as('state_from'),
      coveredFrom('EVENTS', networkId, 'a.address').as('events_from'),
    ])
    .orderBy('a.address')
    .limit(query.limit);

/** The head and one page of accounts, in one statement. */
export const accountListStatement = (db: Db, networkId: number, query: AccountListQuery) =>
  db
    .with('head', () => headOf(db, networkId))
    .selectFrom('head')
    .leftJoinLateral(pageOfAccounts(db, networkId, query).as('page'), (join) => join.onTrue())
    .selectAll(['head', 'page'])
    .orderBy('page.address');

export class AccountListRepository {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  /** Nothing while no block of the network is indexed. @throws PurserError INDEX_UNAVAILABLE */
  async list(networkId: number, query: AccountListQuery): Promise<AccountListing | undefined> {
    const rows = await askIndex(() => accountListStatement(this.#db, networkId, query).execute());
    const [first] = rows;
    if (first === undefined) return undefined;
    return {
      block: blockFromRow(first),
      rows: rows.flatMap((row) => {
        if (row.address === null || row.source === null || row.status === null) return [];
        return [
          {
            address: parseAddress(row.address),
            label: row.label ?? undefined,
            foundBy: row.source,
            status: row.status,
            reasonCode: row.reason_code ?? undefined,
            classHash: classHashFrom(row.class_hash),
            sessionKeyCount: row.session_key_count ?? 0,
            coverage: coverageFromRow(row),
          },
        ];
      }),
    };
  }
}
