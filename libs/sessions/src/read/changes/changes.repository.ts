import type { SessionData, SpendingPolicy } from '#libs/account';
import type { RequestScope, ScopedDb } from '#libs/database';
import {
  type Address,
  type ClassHash,
  type Felt,
  parseAddress,
  parseFelt,
  parseSessionKey,
  type SessionKey,
} from '#libs/felt';
import { askIndex } from '../failures.ts';
import { classHashFrom, coverageFromRow, placeFromRow, policyFromJson } from '../index-store/rows.ts';
import { requireBlock } from '../moment.ts';
import type { AnswerBlock, CoverageRecord, Lifecycle, PolicyRecord } from '../records.ts';
import {
  type ChangesQuery,
  type ChangesRow,
  changesStatement,
  type PlaceJson,
  type PolicyStateJson,
  type SessionStateJson,
} from './changes.statement.ts';

/** A session key at one of two points. */
export interface SessionPoint {
  readonly data: SessionData;
  readonly allowedEntrypoints: readonly Felt[] | undefined;
  readonly lifecycle: Lifecycle;
  readonly lifecycleBlock: number;
  readonly lifecycleTransaction: Felt | undefined;
  readonly policies: readonly PolicyRecord[];
}

/** A spending policy at one of two points. */
export interface PolicyPoint {
  readonly policy: SpendingPolicy;
  readonly lifecycle: 'SET' | 'REMOVED';
  readonly lifecycleBlock: number;
}

export interface SessionDifference {
  readonly sessionKey: SessionKey;
  readonly before: SessionPoint | undefined;
  readonly after: SessionPoint | undefined;
  /** Calls used between; undefined where a counter that was started anew hides some. */
  readonly used: bigint | undefined;
}

export interface PolicyDifference {
  readonly sessionKey: SessionKey;
  readonly token: Address;
  readonly before: PolicyPoint | undefined;
  readonly after: PolicyPoint | undefined;
  /** Spent between; undefined where setting anew hides some. */
  readonly spent: bigint | undefined;
}

export interface OwnerDifference {
  readonly kind: 'ADDED' | 'REMOVED';
  readonly owner: Felt;
  readonly blockNumber: number;
  readonly transactionHash: Felt | undefined;
}

export interface Differences {
  readonly from: AnswerBlock;
  readonly to: AnswerBlock;
  readonly accountStatus: 'PENDING' | 'FOLLOWED' | 'REJECTED' | undefined;
  readonly coverage: CoverageRecord;
  /** False: the class was not read at one of the points, so neither it nor the owners are known between. */
  readonly isClassKnown: boolean;
  readonly classBefore: ClassHash | undefined;
  readonly classAfter: ClassHash | undefined;
  readonly sessions: readonly SessionDifference[];
  readonly policies: readonly PolicyDifference[];
  readonly owners: readonly OwnerDifference[];
}

export class ChangesRepository {
  readonly #db: ScopedDb;

  constructor(db: ScopedDb) {
    this.#db = db;
  }

  /** Nothing while no block of the network is indexed. @throws PurserError INDEX_UNAVAILABLE, BLOCK_NOT_INDEXED */
  async read(scope: RequestScope, networkId: number, query: ChangesQuery): Promise<Differences | undefined> {
    const statement = changesStatement(this.#db.build, networkId, query);
    const [row] = await askIndex(() => this.#db.read(scope, statement));
    return row === undefined ? undefined : differencesOf(row, query);
  }
}

const differencesOf = (row: ChangesRow, { account, from, to }: ChangesQuery): Differences => ({
  from: requireBlock(placeFromRow(pointRow(row.from_place)), from),
  to: requireBlock(placeFromRow(pointRow(row.to_place)), to),
  accountStatus: row.account_status ?? undefined,
  coverage: coverageFromRow(row),
  isClassKnown: row.class_known,
  classBefore: classHashFrom(row.class_before),
  classAfter: classHashFrom(row.class_after),
  sessions: row.sessions.map((change) => sessionDifference(change, row, account)),
  policies: row.policies.map(policyDifference),
  owners: row.owners.map(({ kind, guid, block, tx }) => ({
    kind: kind === 'OwnerAdded' ? 'ADDED' : 'REMOVED',
    owner: parseFelt(guid),
    blockNumber: Number(block),
    transactionHash: tx === null ? undefined : parseFelt(tx),
  })),
});

const pointRow = (place: PlaceJson) => ({
  ...place,
  timestamp_seconds: place.timestamp_seconds === null ? null : BigInt(place.timestamp_seconds),
});

const sessionDifference = (
  { session_key, before, after, used }: ChangesRow['sessions'][number],
  row: ChangesRow,
  account: Address,
): SessionDifference => {
  const sessionKey = parseSessionKey(session_key);
  const coverage = coverageFromRow(row);
  const owner = (classHash: string | null) => {
    return { account, sessionKey, classHash: classHashFrom(classHash), coverage };
  };
  return {
    sessionKey,
    before: before === null ? undefined : sessionPoint(before, owner(row.class_before)),
    after: after === null ? undefined : sessionPoint(after, owner(row.class_after)),
    used: used === null ? undefined : BigInt(used),
  };
};

const sessionPoint = (
  json: SessionStateJson,
  owner: Omit<PolicyRecord, 'token' | 'policy'>,
): SessionPoint => ({
  data: {
    validUntilSeconds: BigInt(json.validUntil),
    maxCalls: BigInt(json.maxCalls),
    callsUsed: BigInt(json.callsUsed),
    allowedEntrypointsLen: BigInt(json.listLength),
  },
  allowedEntrypoints: json.list?.map(parseFelt),
  lifecycle: json.lifecycle,
  lifecycleBlock: Number(json.lifecycleBlock),
  lifecycleTransaction: json.lifecycleTx === null ? undefined : parseFelt(json.lifecycleTx),
  policies: json.policies.map((policy) => policyFromJson(policy, owner)),
});

const policyDifference = (change: ChangesRow['policies'][number]): PolicyDifference => ({
  sessionKey: parseSessionKey(change.session_key),
  token: parseAddress(change.token),
  before: change.before === null ? undefined : policyPoint(change.before),
  after: change.after === null ? undefined : policyPoint(change.after),
  spent: change.spent === null ? undefined : BigInt(change.spent),
});

const policyPoint = (json: PolicyStateJson): PolicyPoint => ({
  policy: {
    maxPerCall: BigInt(json.maxPerCall),
    maxPerWindow: BigInt(json.maxPerWindow),
    windowSeconds: BigInt(json.windowSeconds),
    spentInWindow: BigInt(json.spentInWindow),
    windowStartSeconds: BigInt(json.windowStartSeconds),
  },
  lifecycle: json.lifecycle,
  lifecycleBlock: Number(json.lifecycleBlock),
});
