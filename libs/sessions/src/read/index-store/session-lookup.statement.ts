import { type Db, NUMBER_SLOT, templateOf } from '#libs/database';
import { type Address, feltToHex, type SessionKey } from '#libs/felt';
import type { Moment } from '../moment.ts';
import { heldAt, pointOf } from './point.statement.ts';
import { ADDRESS_SLOT, SESSION_KEY_SLOT } from './slots.ts';
import {
  ABILITIES,
  backfillOf,
  coveredFrom,
  hasSessionKeys,
  isReadable,
  policiesOf,
  SESSION_COLUMNS,
} from './statement-parts.ts';

/** What `lookupFrom` reads beside the point. */
const LOOKUP_COLUMNS = [
  ...(['a.status', 'a.source', 'a.followed_from_block', 'av.class_hash'] as const),
  'av.valid_from_block as class_from',
  ABILITIES,
  ...SESSION_COLUMNS,
] as const;

/** Everything about one key at one block in one statement, so that nothing in it is of two blocks. `accounts` is its gate. */
export const sessionLookupStatement = (
  db: Db,
  networkId: number,
  account: Address,
  key: SessionKey,
  at: Moment,
) => {
  return db
    .with('point', () => pointOf(db, networkId, at))
    .selectFrom('point')
    .leftJoin('accounts as a', (join) =>
      join.onRef('a.network_id', '=', 'point.network_id').on('a.address', '=', feltToHex(account)),
    )
    .leftJoin('account_versions as av', (join) =>
      join
        .onRef('av.network_id', '=', 'a.network_id')
        .onRef('av.account', '=', 'a.address')
        .on(heldAt('av', at)),
    )
    .leftJoin('classes as cl', (join) =>
      join.onRef('cl.network_id', '=', 'point.network_id').onRef('cl.class_hash', '=', 'av.class_hash'),
    )
    .leftJoin('session_versions as sv', (join) =>
      join
        .onRef('sv.network_id', '=', 'a.network_id')
        .onRef('sv.account', '=', 'a.address')
        .on('sv.session_key', '=', feltToHex(key))
        .on((on) => on.and([heldAt('sv', at), isReadable(networkId, 'sv', at)])),
    )
    .selectAll('point')
    .select([
      ...LOOKUP_COLUMNS,
      coveredFrom('STATE', networkId, 'a.address', at).as('state_from'),
      coveredFrom('EVENTS', networkId, 'a.address', at).as('events_from'),
      backfillOf(networkId, 'a.address').as('backfill'),
      policiesOf(networkId, 'sv.account', 'sv.session_key', heldAt('pv', at)).as('policies'),
      hasSessionKeys(networkId, 'a.address', at).as('has_sessions'),
    ]);
};

interface Asked {
  readonly networkId: number;
  readonly account: Address;
  readonly key: SessionKey;
}

/** The same at the newest block, which is what nearly everybody asks: compiled once. */
export const sessionLookupNow = templateOf(
  { networkId: NUMBER_SLOT, account: ADDRESS_SLOT, key: SESSION_KEY_SLOT },
  (db, { networkId, account, key }: Asked) => sessionLookupStatement(db, networkId, account, key, undefined),
);
