import type { Db } from '#libs/database';
import { askIndex } from '../failures.ts';
import type { AnswerBlock, CoverageRecord, PolicyRecord } from '../records.ts';
import { blockFromRow, classHashFrom, coverageFromRow, policyFromRow } from './rows.ts';
import { type PolicyListQuery, policyListStatement } from './policy-list.statement.ts';

export interface PolicyListing {
  readonly block: AnswerBlock;
  readonly accountStatus: 'PENDING' | 'FOLLOWED' | 'REJECTED' | undefined;
  readonly accountCoverage: CoverageRecord;
  readonly capabilities: object | undefined;
  readonly classHash: bigint | undefined;
  readonly rows: readonly PolicyRecord[];
}

export class PolicyListRepository {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  /** Nothing while no block of the network is indexed. @throws PurserError INDEX_UNAVAILABLE */
  async list(networkId: number, query: PolicyListQuery): Promise<PolicyListing | undefined> {
    const rows = await askIndex(() => policyListStatement(this.#db, networkId, query).execute());
    const [first] = rows;
    if (first === undefined) return undefined;
    return {
      block: blockFromRow(first),
      accountStatus: first.account_status ?? undefined,
      accountCoverage: coverageFromRow(first),
      capabilities: first.capabilities ?? undefined,
      classHash: classHashFrom(first.class_hash),
      rows: rows.flatMap((row) => policyFromRow(row) ?? []),
    };
  }
}
