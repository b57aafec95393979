import { sql } from 'kysely';
import { type EventShapes, STANDARD_EVENT_SHAPES } from '#libs/account';
import type { Db, Row, Trx } from '#libs/database';
import {
  type Address,
  type ClassHash,
  feltToHex,
  parseAddress,
  parseFelt,
  parseSessionKey,
  toClassHash,
} from '#libs/felt';
import {
  type AccountState,
  indexSlots,
  type PolicyState,
  policyIdOf,
  type SessionState,
} from './account-state.ts';

type SessionRow = Row<'session_versions'> & Pick<Row<'session_keys'>, 'slot_base' | 'entrypoints_base'>;
type PolicyRow = Row<'policy_versions'> & Pick<Row<'policy_keys'>, 'slot_base'>;

/**
 * The state of accounts before anything happened to them, and after the newest block where something did; or after the
 * given block, which has to be one that was read for them.
 */
export const loadAccountStates = async (
  db: Db | Trx,
  networkId: number,
  addresses: readonly Address[],
  shapesOf: (classHash: ClassHash) => EventShapes,
  atBlock?: number,
): Promise<Map<Address, AccountState>> => {
  if (addresses.length === 0) return new Map();
  const accounts = addresses.map(feltToHex);
  const [classes, sessions, policies] = await Promise.all([
    classesAt(db, networkId, accounts, atBlock),
    sessionsAt(db, networkId, accounts, atBlock),
    policiesAt(db, networkId, accounts, atBlock),
  ]);
  const sessionsOf = Map.groupBy(sessions, (row) => row.account);
  const policiesOf = Map.groupBy(policies, (row) => row.account);
  const classOf = new Map(classes.map((row) => [row.account, row.class_hash]));
  return new Map(
    addresses.map((address) => {
      const account = feltToHex(address);
      const state = toState(
        address,
        classOf.get(account),
        sessionsOf.get(account),
        policiesOf.get(account),
        shapesOf,
      );
      return [address, state];
    }),
  );
};

/** An account of which nothing is known to have happened. */
export const emptyAccountState = (address: Address): AccountState =>
  toState(address, undefined, undefined, undefined, () => STANDARD_EVENT_SHAPES);

const toState = (
  address: Address,
  classText: string | null | undefined,
  sessionRows: readonly SessionRow[] = [],
  policyRows: readonly PolicyRow[] = [],
  shapesOf: (classHash: ClassHash) => EventShapes,
): AccountState => {
  const classHash = typeof classText === 'string' ? toClassHash(parseFelt(classText)) : undefined;
  const sessions = sessionRows.map(toSession);
  const policies = policyRows.map(toPolicy);
  return {
    address,
    classHash,
    eventShapes: classHash === undefined ? STANDARD_EVENT_SHAPES : shapesOf(classHash),
    sessions: new Map(sessions.map((session) => [session.sessionKey, session])),
    policies: new Map(policies.map((policy) => [policyIdOf(policy.sessionKey, policy.token), policy])),
    slots: indexSlots(sessions, policies),
  };
};

const inForce = (version: string, atBlock: number | undefined) => {
  const [from, to] = [sql.ref(`${version}.valid_from_block`), sql.ref(`${version}.valid_to_block`)];
  if (atBlock === undefined) return sql<boolean>`${to} is null`;
  return sql<boolean>`${from} <= ${atBlock}::bigint and (${to} is null or ${to} > ${atBlock}::bigint)`;
};

const classesAt = (
  db: Db | Trx,
  networkId: number,
  accounts: readonly string[],
  atBlock: number | undefined,
) =>
  db
    .selectFrom('account_versions')
    .select(['account', 'class_hash'])
    .where('network_id', '=', networkId)
    .where('account', 'in', accounts)
    .where(inForce('account_versions', atBlock))
    .execute();

const sessionsAt = (
  db: Db | Trx,
  networkId: number,
  accounts: readonly string[],
  atBlock: number | undefined,
): Promise<SessionRow[]> =>
  db
    .selectFrom('session_versions as version')
    .innerJoin('session_keys as key', (join) =>
      join
        .onRef('key.network_id', '=', 'version.network_id')
        .onRef('key.account', '=', 'version.account')
        .onRef('key.session_key', '=', 'version.session_key'),
    )
    .selectAll('version')
    .select(['key.slot_base', 'key.entrypoints_base'])
    .where('version.network_id', '=', networkId)
    .where('version.account', 'in', accounts)
    .where(inForce('version', atBlock))
    .execute();

const policiesAt = (
  db: Db | Trx,
  networkId: number,
  accounts: readonly string[],
  atBlock: number | undefined,
): Promise<PolicyRow[]> =>
  db
    .selectFrom('policy_versions as version')
    .innerJoin('policy_keys as key', (join) =>
      join
        .onRef('key.network_id', '=', 'version.network_id')
        .onRef('key.account', '=', 'version.account')
        .onRef('key.session_key', '=', 'version.session_key')
        .onRef('key.token', '=', 'version.token'),
    )
    .selectAll('version')
    .select('key.slot_base')
    .where('version.network_id', '=', networkId)
    .where('version.account', 'in', accounts)
    .where(inForce('version', atBlock))
    .execute();

const lifecycleAt = (row: SessionRow | PolicyRow) => ({
  blockNumber: row.lifecycle_block,
  transactionHash: row.lifecycle_tx === null ? undefined : parseFelt(row.lifecycle_tx),
});

const toSession = (row: SessionRow): SessionState => ({
  sessionKey: parseSessionKey(row.session_key),
  slotBase: parseFelt(row.slot_base),
  entrypointsBase: parseFelt(row.entrypoints_base),
  entrypointSlots: [],
  data: {
    validUntilSeconds: row.valid_until_seconds,
    maxCalls: BigInt(row.max_calls),
    callsUsed: BigInt(row.calls_used),
    allowedEntrypointsLen: BigInt(row.allowed_entrypoints_len),
  },
  entrypoints: row.allowed_entrypoints.map(parseFelt),
  lifecycle: row.lifecycle,
  lifecycleAt: lifecycleAt(row),
});

const toPolicy = (row: PolicyRow): PolicyState => ({
  sessionKey: parseSessionKey(row.session_key),
  token: parseAddress(row.token),
  slotBase: parseFelt(row.slot_base),
  policy: {
    maxPerCall: row.max_per_call,
    maxPerWindow: row.max_per_window,
    windowSeconds: row.window_seconds,
    spentInWindow: row.spent_in_window,
    windowStartSeconds: row.window_start_seconds,
  },
  lifecycle: row.lifecycle,
  lifecycleAt: lifecycleAt(row),
});
