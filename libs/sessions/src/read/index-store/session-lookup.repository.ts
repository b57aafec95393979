import type { AccountSource, RequestScope, ScopedDb } from '#libs/database';
import type { Address, Felt, SessionKey } from '#libs/felt';
import { parseFelt } from '#libs/felt';
import { askIndex } from '../failures.ts';
import type { AnswerBlock, CoverageRecord, PolicyRecord, SessionRecord } from '../records.ts';
import type { Moment, Placed } from '../moment.ts';
import { placeFromRow, coverageFromRow, policyFromJson, sessionFromRow } from './rows.ts';
import { sessionLookupNow, sessionLookupStatement } from './session-lookup.statement.ts';

/** A session key of an account. */
export interface SessionName {
  readonly account: Address;
  readonly sessionKey: SessionKey;
}

/** What the index has on one session key, all at one block. */
export interface SessionLookup {
  readonly place: Placed<AnswerBlock>;
  readonly account: {
    /** Undefined: the account is not in the index at all. */
    readonly status: 'PENDING' | 'FOLLOWED' | 'REJECTED' | undefined;
    /** False: which class it had at the block is not known. */
    readonly isClassKnown: boolean;
    readonly classHash: Felt | undefined;
    /** As probed; undefined where the class is not known. */
    readonly capabilities: object | undefined;
    readonly coverage: CoverageRecord;
    readonly hasSessions: boolean;
    /** Its past was read by event filter when it was taken along, instead of block by block. */
    readonly adopted: boolean;
  };
  readonly session: SessionRecord | undefined;
  readonly policies: readonly PolicyRecord[];
}

export class SessionLookupRepository {
  readonly #db: ScopedDb;

  constructor(db: ScopedDb) {
    this.#db = db;
  }

  /** Nothing while no block of the network is indexed. @throws PurserError INDEX_UNAVAILABLE */
  async find(
    scope: RequestScope,
    networkId: number,
    account: Address,
    key: SessionKey,
    at: Moment,
  ): Promise<SessionLookup | undefined> {
    const row = await askIndex(async () => {
      if (at === undefined) return this.#db.readOne(scope, sessionLookupNow({ networkId, account, key }));
      const statement = sessionLookupStatement(this.#db.build, networkId, account, key, at);
      return (await this.#db.read(scope, statement))[0];
    });
    return row && lookupFrom(row);
  }

  /** What there is on several keys at the newest block, in order. Nothing while no block is indexed. @throws PurserError INDEX_UNAVAILABLE */
  async findAll(
    scope: RequestScope,
    networkId: number,
    names: readonly SessionName[],
  ): Promise<(SessionLookup | undefined)[]> {
    const statements = names.map(({ account, sessionKey: key }) =>
      sessionLookupNow({ networkId, account, key }),
    );
    const rows = await askIndex(() => this.#db.readEach(scope, statements));
    return rows.map((row) => row && lookupFrom(row));
  }
}

type LookupRow = Awaited<ReturnType<ReturnType<typeof sessionLookupStatement>['execute']>>[number];

const lookupFrom = (row: LookupRow): SessionLookup => {
  const session = sessionFromRow(row);
  return {
    place: placeFromRow(row),
    account: {
      status: row.status ?? undefined,
      isClassKnown: row.class_from !== null,
      classHash: row.class_hash === null ? undefined : parseFelt(row.class_hash),
      capabilities: row.capabilities ?? undefined,
      coverage: coverageFromRow(row),
      hasSessions: row.has_sessions,
      adopted: isAdopted(row),
    },
    session,
    policies: session === undefined ? [] : row.policies.map((policy) => policyFromJson(policy, session)),
  };
};

interface FollowedRow {
  readonly source: AccountSource | null;
  readonly followed_from_block: number | null;
  readonly state_from: number | null;
}

/** Only an account that its first event showed has a past that needs no reading, though it begins above block 0. */
const isAdopted = ({ source, followed_from_block, state_from }: FollowedRow): boolean =>
  followed_from_block !== 0 && (source !== 'DISCOVERY' || state_from !== 0);
