import type { RequestScope, ScopedDb } from '#libs/database';
import { askIndex } from '../failures.ts';
import type { AnswerBlock, CoverageRecord, PolicyRecord } from '../records.ts';
import type { Placed } from '../moment.ts';
import { placeFromRow, classHashFrom, coverageFromRow, policyFromRow } from './rows.ts';
import {
  policiesByNameStatement,
  type PolicyListQuery,
  policyListStatement,
  type PolicyName,
} from './policy-list.statement.ts';

export interface PolicyListing {
  readonly place: Placed<AnswerBlock>;
  readonly accountStatus: 'PENDING' | 'FOLLOWED' | 'REJECTED' | undefined;
  readonly accountCoverage: CoverageRecord;
  /** False: which class the account had at the block is not known. */
  readonly isClassKnown: boolean;
  readonly capabilities: object | undefined;
  readonly classHash: bigint | undefined;
  /** Something about the key that is asked for could not be read. */
  readonly isUnread: boolean;
  readonly rows: readonly PolicyRecord[];
}

export class PolicyListRepository {
  readonly #db: ScopedDb;

  constructor(db: ScopedDb) {
    this.#db = db;
  }

  /** Nothing while no block of the network is indexed. @throws PurserError INDEX_UNAVAILABLE */
  async list(
    scope: RequestScope,
    networkId: number,
    query: PolicyListQuery,
  ): Promise<PolicyListing | undefined> {
    const statement = policyListStatement(this.#db.build, networkId, query);
    const rows = await askIndex(() => this.#db.read(scope, statement));
    return listingOf(rows);
  }

  /** The policies of some names at the newest block, in order, one each at most. @throws PurserError INDEX_UNAVAILABLE */
  async findAll(
    scope: RequestScope,
    networkId: number,
    names: readonly PolicyName[],
  ): Promise<(PolicyListing | undefined)[]> {
    const statement = policiesByNameStatement(this.#db.build, networkId, names);
    const rows = await askIndex(() => this.#db.read(scope, statement));
    const ofPlace = Map.groupBy(rows, ({ asked_place }) => asked_place);
    return names.map((_name, at) => listingOf(ofPlace.get(at + 1) ?? []));
  }
}

type ListedRow = Awaited<ReturnType<ReturnType<typeof policyListStatement>['execute']>>[number];

const listingOf = (rows: readonly ListedRow[]): PolicyListing | undefined => {
  const [first] = rows;
  if (first === undefined) return undefined;
  return {
    place: placeFromRow(first),
    accountStatus: first.account_status ?? undefined,
    accountCoverage: coverageFromRow(first),
    isClassKnown: first.class_from !== null,
    capabilities: first.capabilities ?? undefined,
    classHash: classHashFrom(first.class_hash),
    isUnread: first.is_unread,
    rows: rows.flatMap((row) => policyFromRow(row) ?? []),
  };
};
