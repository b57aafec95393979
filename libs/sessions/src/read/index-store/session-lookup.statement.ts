import type { Db } from '#libs/database';
import { type Address, feltToHex, type SessionKey } from '#libs/felt';
import { coveredFrom, hasSessionKeys, headOf, policiesOf, SESSION_COLUMNS } from './statement-parts.ts';

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
    .select(['a.status', 'a.source', 'a.followed_from_block', 'av.class_hash', 'cl.capabilities'])
    .select(SESSION_COLUMNS)
    .select([
      coveredFrom('STATE', networkId, 'a.address').as('state_from'),
      coveredFrom('EVENTS', networkId, 'a.address').as('events_from'),
      policiesOf(networkId, 'sv.account', 'sv.session_key').as('policies'),
      hasSessionKeys(networkId, account).as('has_sessions'),
    ]);
};
