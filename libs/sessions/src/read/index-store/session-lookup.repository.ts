import type { Db } from '#libs/database';
import type { Address, Felt, SessionKey } from '#libs/felt';
import { feltToHex, parseFelt } from '#libs/felt';
import { askIndex } from '../failures.ts';
import type { AnswerBlock, CoverageRecord, PolicyRecord, SessionRecord } from '../records.ts';
import { blockFromRow, coverageFromRow, policyFromJson, sessionFromRow } from './rows.ts';
import { coveredFrom, hasSessionKeys, headOf, policiesOf, SESSION_COLUMNS } from './session-statements.ts';

/** What the index has on one session key, all at one block. */
export interface SessionLookup {
  readonly block: AnswerBlock;
  readonly account: {
    /** Undefined: the account is not in the index at all. */
    readonly status: 'PENDING' | 'FOLLOWED' | 'REJECTED' | undefined;
    readonly classHash: Felt | undefined;
    /** As probed; undefined where the class is not known. */
    readonly capabilities: object | undefined;
    readonly coverage: CoverageRecord;
    readonly hasSessions: boolean;
  };
  readonly session: SessionRecord | undefined;
  readonly policies: readonly PolicyRecord[];
}

/** Everything about one key in one statement, so that nothing in it is of two blocks. */
export const sessionLookupStatement = (db: Db, networkId: number, account: Address, key: SessionKey) => {
  const accountHex = feltToHex(account);
  return headOf(db, networkId)
    .leftJoin('accounts as a', (join) =>
      join.onRef('a.network_id', '=', 'b.network_id').on('a.address', '=', accountHex),
    )
    .leftJoin('account_versions as av', (join) =>
      join
        .onRef('av.network_id', '=', 'b.network_id')
        .on('av.account', '=', accountHex)
        .on('av.valid_to_block', 'is', null),
    )
    .leftJoin('classes as cl', (join) =>
      join.onRef('cl.network_id', '=', 'b.network_id').onRef('cl.class_hash', '=', 'av.class_hash'),
    )
    .leftJoin('session_versions as sv', (join) =>
      join
        .onRef('sv.network_id', '=', 'b.network_id')
        .on('sv.account', '=', accountHex)
        .on('sv.session_key', '=', feltToHex(key))
        .on('sv.valid_to_block', 'is', null),
    )
    .select(['a.status', 'av.class_hash', 'cl.capabilities'])
    .select(SESSION_COLUMNS)
    .select([
      coveredFrom('STATE', networkId, 'a.address').as('state_from'),
      coveredFrom('EVENTS', networkId, 'a.address').as('events_from'),
      policiesOf(networkId, 'sv.account', 'sv.session_key').as('policies'),
      hasSessionKeys(networkId, account).as('has_sessions'),
    ]);
};

export class SessionLookupRepository {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  /** Nothing while no block of the network is indexed. @throws PurserError INDEX_UNAVAILABLE */
  async find(networkId: number, account: Address, key: SessionKey): Promise<SessionLookup | undefined> {
    const row = await askIndex(() =>
      sessionLookupStatement(this.#db, networkId, account, key).executeTakeFirst(),
    );
    if (row === undefined) return undefined;
    const session = sessionFromRow(row);
    return {
      block: blockFromRow(row),
      account: {
        status: row.status ?? undefined,
        classHash: row.class_hash === null ? undefined : parseFelt(row.class_hash),
        capabilities: row.capabilities ?? undefined,
        coverage: coverageFromRow(row),
        hasSessions: row.has_sessions,
      },
      session,
      policies: session === undefined ? [] : row.policies.map((policy) => policyFromJson(policy, session)),
    };
  }
}
