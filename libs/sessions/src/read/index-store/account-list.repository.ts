import type { AccountSource, AccountStatus, RequestScope, ScopedDb } from '#libs/database';
import { type Address, type ClassHash, parseAddress } from '#libs/felt';
import { askIndex } from '../failures.ts';
import type { AnswerBlock, CoverageRecord } from '../records.ts';
import { requireBlock } from '../moment.ts';
import { placeFromRow, classHashFrom, coverageFromRow } from './rows.ts';
import { type AccountListQuery, accountListStatement, type GroupJson } from './account-list.statement.ts';

export interface AccountRecord {
  readonly address: Address;
  readonly label: string | undefined;
  readonly team: string | undefined;
  readonly costCentre: string | undefined;
  readonly groups: readonly GroupJson[];
  readonly foundBy: AccountSource;
  readonly status: AccountStatus;
  readonly reasonCode: string | undefined;
  readonly attribution: 'EXACT' | 'QUARANTINED';
  readonly classHash: ClassHash | undefined;
  /** Undefined: the state of the account is not known at the block. */
  readonly sessionKeyCount: number | undefined;
  readonly coverage: CoverageRecord;
}

export interface AccountListing {
  readonly block: AnswerBlock;
  readonly rows: readonly AccountRecord[];
}

export class AccountListRepository {
  readonly #db: ScopedDb;

  constructor(db: ScopedDb) {
    this.#db = db;
  }

  /** Nothing while no block of the network is indexed. @throws PurserError INDEX_UNAVAILABLE, BLOCK_NOT_INDEXED, BAD_CURSOR */
  async list(
    scope: RequestScope,
    networkId: number,
    query: AccountListQuery,
  ): Promise<AccountListing | undefined> {
    const statement = accountListStatement(this.#db.build, networkId, query);
    const rows = await askIndex(() => this.#db.read(scope, statement, { plan: 'CUSTOM' }));
    const [first] = rows;
    if (first === undefined) return undefined;
    return {
      block: requireBlock(placeFromRow(first), query.at),
      rows: rows.flatMap((row) => {
        if (row.address === null || row.source === null || row.status === null) return [];
        return [
          {
            address: parseAddress(row.address),
            label: row.label ?? undefined,
            team: row.team ?? undefined,
            costCentre: row.cost_centre ?? undefined,
            groups: row.groups ?? [],
            foundBy: row.source,
            status: row.status,
            reasonCode: row.reason_code ?? undefined,
            attribution: row.attribution ?? 'EXACT',
            classHash: classHashFrom(row.class_hash),
            sessionKeyCount: isKnown(row) ? (row.session_key_count ?? 0) : undefined,
            coverage: coverageFromRow(row),
          },
        ];
      }),
    };
  }
}

/** Of an account that is not followed the index knows no key. Of one that is, it knows none of the blocks it has not read. */
const isKnown = (row: {
  readonly status: AccountStatus | null;
  readonly state_from: number | null;
}): boolean => row.status !== 'FOLLOWED' || row.state_from !== null;
