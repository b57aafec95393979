import type { Json, TestDatabase } from '#libs/testing';

/** Tables with the order of their rows. Ids and hashes of one network order nothing here. */
const TABLES = {
  networks: 'chain_id',
  blocks: 'block_number, canonical, timestamp_seconds, parent_hash',
  cursors: 'block_number',
  facts: 'block_number, account, transaction_index, event_index, payload::text',
  dead_letters: 'block_number, account, transaction_index, event_index',
  coverage: 'account, kind, from_block',
  classes: 'class_hash',
  accounts: 'address',
  account_versions: 'account, valid_from_block',
  session_keys: 'account, session_key',
  session_versions: 'account, session_key, valid_from_block',
  policy_keys: 'account, session_key, token',
  policy_versions: 'account, session_key, token, valid_from_block',
  uses: 'block_number, account, transaction_index, event_index',
  debits: 'block_number, account, transaction_index, use_index, call_index',
  movements: 'block_number, account, transaction_index, event_index',
  approvals: 'block_number, account, transaction_index, use_index, call_index',
  account_months: 'month, account, token',
  incidents: 'block_number, account, kind',
  alerts: 'sequence',
  webhook_deliveries: 'delivery_id',
  follows: 'organisation_id, account',
} as const;

/** What is no part of the read model, and why. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  schema_migrations: 'of the schema',
  fact_tallies: 'sums over block hashes, which each chain makes its own way',
  backfill_jobs: 'work, and nothing that is known of the chain',
  organisations: 'people, and nothing of the chain',
  follow_rules: 'see organisations',
  unfollows: 'see organisations',
  groups: 'see organisations',
  group_members: 'see organisations',
  deployments: 'asked for by rules of organisations',
  deployer_searches: 'see deployments',
  members: 'see organisations',
  sign_in_challenges: 'see organisations',
  rate_leases: 'see organisations',
  api_keys: 'see organisations',
  audit_heads: 'see organisations',
  audit_entries: 'see organisations',
  tokens: 'what contracts say of themselves, read beside the blocks',
  row_reviews: 'see organisations',
  exports: 'see organisations',
};

/** Columns that two indexes of the same chain may differ in, and why. */
const MASKED_COLUMNS: Readonly<Record<string, string>> = {
  network_id: 'a number given by the database',
  genesis_hash: 'block hashes: each chain has a formula of its own',
  block_hash: 'see genesis_hash',
  parent_hash: 'see genesis_hash',
  label: 'the name of the node',
  created_at: 'time of the wall clock',
  updated_at: 'time of the wall clock',
  requested_at: 'time of the wall clock',
  probed_at: 'time of the wall clock',
  recorded_at: 'time of the wall clock',
  next_attempt_at: 'time of the wall clock',
  next_try_at: 'time of the wall clock',
  generation: 'counts what happened beside the blocks',
  alert_id: 'derived from block hashes',
  retracts_alert_id: 'derived from block hashes',
  delivery_id: 'a number given by the database',
  fee_amount: 'the sandbox runs native contracts: gas is a model',
  revert_reason: 'it names places in a Cairo program',
  sequence: 'a number given by the database',
  incident_id: 'a number given by the database',
  opened_at: 'time of the wall clock',
  added_at: 'time of the wall clock',
};

export type ReadModel = Readonly<Record<string, readonly Json[]>>;

/** The whole read model as JSON, masked columns blanked, null kept. */
export const readModel = async ({ sql }: TestDatabase): Promise<ReadModel> => {
  await requireEveryTable({ sql });
  const tables: Record<string, readonly Json[]> = {};
  for (const [table, order] of Object.entries(TABLES)) {
    const rows = await sql.unsafe(`select to_jsonb(t)::text as row from ${table} t order by ${order}`);
    tables[table] = rows.map(({ row }) => mask(JSON.parse(row as string) as Record<string, Json>));
  }
  return tables;
};

/** A table that nobody compares would be a gap that nobody sees. */
const requireEveryTable = async ({ sql }: Pick<TestDatabase, 'sql'>): Promise<void> => {
  const rows = await sql`
    select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`;
  const unknown = rows
    .map(({ name }) => name as string)
    .filter((name) => !(name in TABLES || name in LEFT_OUT));
  if (unknown.length > 0) throw new Error(`neither compared nor left out: ${unknown.join(', ')}`);
};

const mask = (row: Record<string, Json>): Json =>
  Object.fromEntries(
    Object.entries(row).map(([column, value]) => [
      column,
      column in MASKED_COLUMNS && value !== null ? '(masked)' : maskPayload(column, value),
    ]),
  );

/** A fact of a use holds what the columns of the use hold. */
const maskPayload = (column: string, value: Json): Json => {
  if (column !== 'payload' || typeof value !== 'object' || value === null || !('fee' in value)) return value;
  const { fee, revertReason } = value as { readonly fee: object; readonly revertReason: Json };
  const reason = revertReason === null ? null : '(masked)';
  return { ...value, fee: { ...fee, amount: '(masked)' }, revertReason: reason };
};

export const emptyTables = (model: ReadModel): readonly string[] =>
  Object.entries(model).flatMap(([table, rows]) => (rows.length === 0 ? [table] : []));
