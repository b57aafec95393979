import type { AccountSource, AccountStatus, Db } from '#libs/database';
import { type Address, type ClassHash, parseAddress } from '#libs/felt';
import { askIndex } from '../failures.ts';
import type { AnswerBlock, CoverageRecord } from '../records.ts';
import { blockFromRow, classHashFrom, coverageFromRow } from './rows.ts';
import { type AccountListQuery, accountListStatement } from './account-list.statement.ts';

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

export interface AccountListing {
  readonly block: AnswerBlock;
  readonly rows: readonly AccountRecord[];
}

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
