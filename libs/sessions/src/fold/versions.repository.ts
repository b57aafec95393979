import { sql } from 'kysely';
import { copyRows, FEWEST_COPIED, type Trx } from '#libs/database';
import { type Address, type ClassHash, commonFeltToHex, feltToHex } from '#libs/felt';
import { allowedEntrypointsOf, type PolicyState, type SessionState } from './account-state.ts';

/** One entry of an account as it stands after a block. */
export interface Versioned<State> {
  readonly account: Address;
  readonly blockNumber: number;
  readonly state: State;
}

/** Versions of a run of blocks, in the order of the chain; at most one for an entry and block. */
export interface VersionWrites {
  readonly sessions: readonly Versioned<SessionState>[];
  readonly policies: readonly Versioned<PolicyState>[];
  readonly classes: readonly Versioned<ClassHash | undefined>[];
}

interface VersionRow {
  readonly valid_from_block: number;
  readonly valid_to_block: number | null;
}

/** Ends the versions in force and inserts the new ones, each ending where the next of its entry begins. */
export const writeVersions = async (trx: Trx, networkId: number, writes: VersionWrites): Promise<void> => {
  await writeSessions(trx, networkId, writes.sessions);
  await writePolicies(trx, networkId, writes.policies);
  await writeClasses(trx, networkId, writes.classes);
};

const writeSessions = async (
  trx: Trx,
  networkId: number,
  versions: readonly Versioned<SessionState>[],
): Promise<void> => {
  if (versions.length === 0) return;
  const { rows, entries } = chain(
    versions,
    (row) => `${row.account}/${row.session_key}`,
    sessionRow,
    sessionEntry,
  );
  const entriesJson = JSON.stringify(entries);
  await sql`
    insert into session_keys (network_id, account, session_key, slot_base, entrypoints_base)
    select ${networkId}::integer, r.account, r.session_key, r.slot_base, r.entrypoints_base
    from jsonb_to_recordset(${entriesJson}::text::jsonb)
      as r(account text, session_key text, slot_base text, entrypoints_base text)
    on conflict do nothing`.execute(trx);
  await sql`
    update session_versions v set valid_to_block = r.first_block
    from jsonb_to_recordset(${entriesJson}::text::jsonb) as r(account text, session_key text, first_block bigint)
    where v.network_id = ${networkId}::integer and v.account = r.account and v.session_key = r.session_key
      and v.valid_to_block is null`.execute(trx);
  if (rows.length >= FEWEST_COPIED) {
    await copyRows(trx, networkId, 'session_versions', SESSION_COLUMNS, rows);
    return;
  }
  await sql`
    insert into session_versions (network_id, account, session_key, valid_from_block, valid_to_block, valid_until_seconds,
      max_calls, calls_used, allowed_entrypoints, allowed_entrypoints_len, entrypoints_known, lifecycle, lifecycle_block,
      lifecycle_tx)
    select ${networkId}::integer, r.account, r.session_key, r.valid_from_block, r.valid_to_block, r.valid_until_seconds,
      r.max_calls, r.calls_used, r.allowed_entrypoints, r.allowed_entrypoints_len, r.entrypoints_known, r.lifecycle,
      r.lifecycle_block, r.lifecycle_tx
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb)
      as r(account text, session_key text, valid_from_block bigint, valid_to_block bigint, valid_until_seconds numeric,
        max_calls bigint, calls_used bigint, allowed_entrypoints text[], allowed_entrypoints_len bigint,
        entrypoints_known boolean, lifecycle text, lifecycle_block bigint, lifecycle_tx text)`.execute(trx);
};

const LIFECYCLE_COLUMNS = ['lifecycle', 'lifecycle_block', 'lifecycle_tx'] as const;
const SESSION_COLUMNS = [
  ...(['account', 'session_key', 'valid_from_block', 'valid_to_block', 'valid_until_seconds'] as const),
  ...(['max_calls', 'calls_used', 'allowed_entrypoints', 'allowed_entrypoints_len'] as const),
  ...(['entrypoints_known', ...LIFECYCLE_COLUMNS] as const),
];

export const sessionEntry = ({ account, state }: Versioned<SessionState>) => ({
  account: commonFeltToHex(account),
  session_key: commonFeltToHex(state.sessionKey),
  slot_base: commonFeltToHex(state.slotBase),
  entrypoints_base: commonFeltToHex(state.entrypointsBase),
});

export const sessionRow = ({ account, state }: Versioned<SessionState>) => {
  const entrypoints = allowedEntrypointsOf(state);
  return {
    account: commonFeltToHex(account),
    session_key: commonFeltToHex(state.sessionKey),
    valid_until_seconds: state.data.validUntilSeconds.toString(),
    max_calls: state.data.maxCalls.toString(),
    calls_used: state.data.callsUsed.toString(),
    allowed_entrypoints: (entrypoints ?? []).map(commonFeltToHex),
    allowed_entrypoints_len: state.data.allowedEntrypointsLen.toString(),
    entrypoints_known: entrypoints !== undefined,
    ...lifecycleColumns(state),
  };
};

const writePolicies = async (
  trx: Trx,
  networkId: number,
  versions: readonly Versioned<PolicyState>[],
): Promise<void> => {
  if (versions.length === 0) return;
  const { rows, entries } = chain(
    versions,
    (row) => `${row.account}/${row.session_key}/${row.token}`,
    policyRow,
    policyEntry,
  );
  const entriesJson = JSON.stringify(entries);
  await sql`
    insert into policy_keys (network_id, account, session_key, token, slot_base)
    select ${networkId}::integer, r.account, r.session_key, r.token, r.slot_base
    from jsonb_to_recordset(${entriesJson}::text::jsonb)
      as r(account text, session_key text, token text, slot_base text)
    on conflict do nothing`.execute(trx);
  await sql`
    update policy_versions v set valid_to_block = r.first_block
    from jsonb_to_recordset(${entriesJson}::text::jsonb)
      as r(account text, session_key text, token text, first_block bigint)
    where v.network_id = ${networkId}::integer and v.account = r.account and v.session_key = r.session_key
      and v.token = r.token and v.valid_to_block is null`.execute(trx);
  if (rows.length >= FEWEST_COPIED) {
    await copyRows(trx, networkId, 'policy_versions', POLICY_COLUMNS, rows);
    return;
  }
  await sql`
    insert into policy_versions (network_id, account, session_key, token, valid_from_block, valid_to_block, max_per_call,
      max_per_window, window_seconds, spent_in_window, window_start_seconds, lifecycle, lifecycle_block, lifecycle_tx)
    select ${networkId}::integer, r.account, r.session_key, r.token, r.valid_from_block, r.valid_to_block, r.max_per_call,
      r.max_per_window, r.window_seconds, r.spent_in_window, r.window_start_seconds, r.lifecycle, r.lifecycle_block,
      r.lifecycle_tx
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb)
      as r(account text, session_key text, token text, valid_from_block bigint, valid_to_block bigint, max_per_call numeric,
        max_per_window numeric, window_seconds numeric, spent_in_window numeric, window_start_seconds numeric,
        lifecycle text, lifecycle_block bigint, lifecycle_tx text)`.execute(trx);
};

const POLICY_COLUMNS = [
  ...(['account', 'session_key', 'token', 'valid_from_block', 'valid_to_block', 'max_per_call'] as const),
  ...(['max_per_window', 'window_seconds', 'spent_in_window', 'window_start_seconds'] as const),
  ...LIFECYCLE_COLUMNS,
];

export const policyEntry = ({ account, state }: Versioned<PolicyState>) => ({
  account: commonFeltToHex(account),
  session_key: commonFeltToHex(state.sessionKey),
  token: commonFeltToHex(state.token),
  slot_base: commonFeltToHex(state.slotBase),
});

export const policyRow = ({ account, state }: Versioned<PolicyState>) => ({
  account: commonFeltToHex(account),
  session_key: commonFeltToHex(state.sessionKey),
  token: commonFeltToHex(state.token),
  max_per_call: state.policy.maxPerCall.toString(),
  max_per_window: state.policy.maxPerWindow.toString(),
  window_seconds: state.policy.windowSeconds.toString(),
  spent_in_window: state.policy.spentInWindow.toString(),
  window_start_seconds: state.policy.windowStartSeconds.toString(),
  ...lifecycleColumns(state),
});

const lifecycleColumns = ({ lifecycle, lifecycleAt }: SessionState | PolicyState) => ({
  lifecycle,
  lifecycle_block: lifecycleAt.blockNumber,
  lifecycle_tx: lifecycleAt.transactionHash === undefined ? null : feltToHex(lifecycleAt.transactionHash),
});

const writeClasses = async (
  trx: Trx,
  networkId: number,
  versions: readonly Versioned<ClassHash | undefined>[],
): Promise<void> => {
  if (versions.length === 0) return;
  const { rows, entries } = chain(versions, ({ account }) => account, classRow, classEntry);
  await sql`
    update account_versions v set valid_to_block = r.first_block
    from jsonb_to_recordset(${JSON.stringify(entries)}::text::jsonb) as r(account text, first_block bigint)
    where v.network_id = ${networkId}::integer and v.account = r.account and v.valid_to_block is null`.execute(
    trx,
  );
  await sql`
    insert into account_versions (network_id, account, valid_from_block, valid_to_block, class_hash)
    select ${networkId}::integer, r.account, r.valid_from_block, r.valid_to_block, r.class_hash
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb)
      as r(account text, valid_from_block bigint, valid_to_block bigint, class_hash text)`.execute(trx);
};

const classEntry = ({ account }: Versioned<ClassHash | undefined>) => ({ account: commonFeltToHex(account) });

export const classRow = ({ account, state }: Versioned<ClassHash | undefined>) => ({
  account: commonFeltToHex(account),
  class_hash: state === undefined ? null : feltToHex(state),
});

/**
 * Gives each version the block in which the next one of its entry begins, and each entry, once, the block of its first:
 * where the version in force ends. Walks backwards, so the newest of an entry is met first and the oldest last.
 */
const chain = <State, Columns extends object, Entry extends object>(
  versions: readonly Versioned<State>[],
  entryOf: (row: Columns) => string,
  columnsOf: (version: Versioned<State>) => Columns,
  entryColumnsOf: (version: Versioned<State>) => Entry,
) => {
  const rows: (Columns & VersionRow)[] = [];
  const firsts = new Map<string, Versioned<State>>();
  for (const version of versions.toReversed()) {
    const columns = columnsOf(version);
    const entry = entryOf(columns);
    rows.push({
      ...columns,
      valid_from_block: version.blockNumber,
      valid_to_block: firsts.get(entry)?.blockNumber ?? null,
    });
    firsts.set(entry, version);
  }
  const entries = [...firsts.values()].map((version) => ({
    ...entryColumnsOf(version),
    first_block: version.blockNumber,
  }));
  return { rows: rows.toReversed(), entries };
};

/** The tables of versions, each with the columns that name one of its entries. */
const VERSION_TABLES = [
  ['session_versions', ['account', 'session_key']],
  ['policy_versions', ['account', 'session_key', 'token']],
  ['account_versions', ['account']],
] as const;

/**
 * Takes back everything that blocks above the ancestor did: their versions go, the ones that they ended are in force
 * again. What the chain said stays in the facts. A version ends where the next of its entry begins, so the entries to
 * re-open are those of the versions that go, and of each the newest that is left.
 */
export const cutVersionsAbove = async (trx: Trx, networkId: number, ancestor: number): Promise<void> => {
  for (const [name, columns] of VERSION_TABLES) {
    const table = sql.table(name);
    const entry = sql.join(columns.map((column) => sql.ref(column)));
    const ofEntry = (left: string) =>
      sql.join(
        columns.map((column) => sql`${sql.ref(`${left}.${column}`)} = ${sql.ref(`entry.${column}`)}`),
        sql` and `,
      );
    await sql`
      with gone as (
        delete from ${table} where network_id = ${networkId}::integer and valid_from_block > ${ancestor}::bigint
        returning ${entry}
      )
      update ${table} as version set valid_to_block = null
      from (select distinct ${entry} from gone) as entry
      where version.network_id = ${networkId}::integer and ${ofEntry('version')}
        and version.valid_to_block > ${ancestor}::bigint
        and version.valid_from_block = (
          select max(left_over.valid_from_block) from ${table} as left_over
          where left_over.network_id = ${networkId}::integer and ${ofEntry('left_over')}
            and left_over.valid_from_block <= ${ancestor}::bigint
        )`.execute(trx);
  }
};
