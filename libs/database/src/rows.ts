import type { Generated, GeneratedAlways, Insertable, JSONColumnType, Selectable } from 'kysely';
import type {
  ApiKeysTable,
  AuditEntriesTable,
  AuditHeadsTable,
  DeployerSearchesTable,
  DeploymentsTable,
  FollowRulesTable,
  FollowsTable,
  GroupMembersTable,
  GroupsTable,
  MembersTable,
  OrganisationsTable,
  RateLeasesTable,
  SignInChallengesTable,
  UnfollowsTable,
} from './rows.access.ts';
import type { ExportsTable, RowReviewsTable, TokensTable } from './rows.finance.ts';
import type {
  AccountMonthsTable,
  AccountRecordsView,
  ApprovalsTable,
  DebitsTable,
  MovementsTable,
} from './rows.spending.ts';
import type { AlertsTable, BackfillJobsTable, WebhookDeliveriesTable } from './rows.work.ts';

/**
 * Row types of migrations/. How values cross the wire:
 * felt -> string as printed by feltToHex; numeric (uint64, uint256) -> bigint; bigint and integer -> number.
 */
export type FeltText = string;
export type Finality = 'ACCEPTED_ON_L2' | 'ACCEPTED_ON_L1';
export type Json = JSONColumnType<object, object, never>;
export type Defaulted<T> = Generated<T>;

export interface NetworksTable {
  network_id: GeneratedAlways<number>;
  chain_id: FeltText;
  genesis_hash: FeltText;
  label: string;
  first_block: number | null;
  alerts_from_block: number | null;
  searched_from_genesis: Defaulted<boolean>;
  accepts_reorg_below_finality: Defaulted<boolean>;
  created_at: Defaulted<Date>;
}

export interface BlocksTable {
  network_id: number;
  block_hash: FeltText;
  block_number: number;
  parent_hash: FeltText;
  timestamp_seconds: bigint;
  finality: Finality;
  canonical: boolean;
}

export interface CursorsTable {
  network_id: number;
  block_number: number;
  block_hash: FeltText;
  updated_at: Defaulted<Date>;
  generation: Defaulted<number>;
}

export interface FactsTable {
  network_id: number;
  block_hash: FeltText;
  transaction_index: number;
  event_index: number;
  block_number: number;
  transaction_hash: FeltText | null;
  account: FeltText;
  kind: string;
  session_key: FeltText | null;
  token: FeltText | null;
  payload: Json;
}

export interface FactTalliesTable {
  network_id: number;
  block_hash: FeltText;
  block_number: number;
  fact_count: number;
  checksum: bigint;
  changed_in: Defaulted<string>;
}

export interface DeadLettersTable {
  network_id: number;
  block_hash: FeltText;
  transaction_index: number;
  event_index: number;
  block_number: number;
  transaction_hash: FeltText | null;
  account: FeltText;
  code: string;
  reason: string;
  raw: Json;
  recorded_at: Defaulted<Date>;
}

export type IncidentKind =
  | 'ATTRIBUTION_FAILED'
  | 'FINALITY_VIOLATION'
  | 'DRIFT'
  | 'INCOMPLETE_EVENTS'
  | 'DIGEST_MISMATCH';

export interface IncidentsTable {
  incident_id: Generated<number>;
  network_id: number;
  kind: IncidentKind;
  account: FeltText | null;
  block_number: number | null;
  block_hash: FeltText | null;
  details: Json;
  opened_at: Defaulted<Date>;
  occurrences: Defaulted<number>;
  resolved_at: Date | null;
  resolution: string | null;
}

export type CoverageKind = 'EVENTS' | 'STATE';

export interface CoverageTable {
  network_id: number;
  account: FeltText;
  kind: CoverageKind;
  from_block: number;
  to_block: number | null;
}

export interface ClassesTable {
  network_id: number;
  class_hash: FeltText;
  capabilities: Json;
  probed_at: Defaulted<Date>;
}

export type AccountSource = 'WATCH' | 'DISCOVERY' | 'READ';
export type AccountStatus = 'PENDING' | 'FOLLOWED' | 'REJECTED';

export interface AccountsTable {
  network_id: number;
  address: FeltText;
  source: AccountSource;
  label: string | null;
  status: AccountStatus;
  reason_code: string | null;
  requested_at: Defaulted<Date>;
  followed_from_block: number | null;
  recorded_from_block: number | null;
  attempts: Defaulted<number>;
  next_try_at: Defaulted<Date>;
  attribution: Defaulted<'EXACT' | 'QUARANTINED'>;
}

export interface AccountVersionsTable {
  network_id: number;
  account: FeltText;
  valid_from_block: number;
  valid_to_block: number | null;
  class_hash: FeltText | null;
  public_key: FeltText | null;
  signature_mode: number | null;
}

export interface SessionKeysTable {
  network_id: number;
  account: FeltText;
  session_key: FeltText;
  slot_base: FeltText;
  entrypoints_base: FeltText;
}

export interface SessionVersionsTable {
  network_id: number;
  account: FeltText;
  session_key: FeltText;
  valid_from_block: number;
  valid_to_block: number | null;
  valid_until_seconds: bigint;
  max_calls: number;
  calls_used: number;
  allowed_entrypoints: Defaulted<FeltText[]>;
  /** As stored on chain; the list itself may be unknown. */
  allowed_entrypoints_len: number;
  entrypoints_known: boolean;
  lifecycle: 'REGISTERED' | 'REVOKED';
  lifecycle_block: number;
  lifecycle_tx: FeltText | null;
}

export interface PolicyKeysTable {
  network_id: number;
  account: FeltText;
  session_key: FeltText;
  token: FeltText;
  slot_base: FeltText;
}

export interface PolicyVersionsTable {
  network_id: number;
  account: FeltText;
  session_key: FeltText;
  token: FeltText;
  valid_from_block: number;
  valid_to_block: number | null;
  max_per_call: bigint;
  max_per_window: bigint;
  window_seconds: bigint;
  spent_in_window: bigint;
  window_start_seconds: bigint;
  lifecycle: 'SET' | 'REMOVED';
  lifecycle_block: number;
  lifecycle_tx: FeltText | null;
}

export interface UsesTable {
  network_id: number;
  account: FeltText;
  block_number: number;
  transaction_index: number;
  event_index: number;
  block_hash: FeltText;
  transaction_hash: FeltText | null;
  session_key: FeltText;
  outcome: 'SUCCEEDED' | 'REVERTED' | 'FAILED_INSIDE' | 'UNATTRIBUTED';
  calls_burned: number;
  path: 'INVOKE' | 'OUTSIDE_EXECUTION' | null;
  attribution: 'REPLAY' | 'TRACE' | null;
  sender: FeltText | null;
  top_level: boolean | null;
  signature_valid_until_seconds: bigint | null;
  outside_nonce: FeltText | null;
  outside_caller: FeltText | null;
  calls: Json | null;
  calls_used_before: number | null;
  calls_used_after: number | null;
  max_calls: number | null;
  debits: Json | null;
  refusal: Json | null;
  revert_reason: string | null;
  fee_amount: bigint | null;
  fee_unit: string | null;
  fee_payer: FeltText | null;
  fee_shared: boolean | null;
  unattributed: Json | null;
}

export interface Database {
  networks: NetworksTable;
  blocks: BlocksTable;
  cursors: CursorsTable;
  facts: FactsTable;
  fact_tallies: FactTalliesTable;
  dead_letters: DeadLettersTable;
  incidents: IncidentsTable;
  coverage: CoverageTable;
  backfill_jobs: BackfillJobsTable;
  classes: ClassesTable;
  accounts: AccountsTable;
  account_versions: AccountVersionsTable;
  session_keys: SessionKeysTable;
  session_versions: SessionVersionsTable;
  policy_keys: PolicyKeysTable;
  policy_versions: PolicyVersionsTable;
  uses: UsesTable;
  debits: DebitsTable;
  movements: MovementsTable;
  approvals: ApprovalsTable;
  account_months: AccountMonthsTable;
  account_records: AccountRecordsView;
  tokens: TokensTable;
  alerts: AlertsTable;
  webhook_deliveries: WebhookDeliveriesTable;
  organisations: OrganisationsTable;
  follows: FollowsTable;
  follow_rules: FollowRulesTable;
  unfollows: UnfollowsTable;
  groups: GroupsTable;
  group_members: GroupMembersTable;
  deployments: DeploymentsTable;
  deployer_searches: DeployerSearchesTable;
  members: MembersTable;
  sign_in_challenges: SignInChallengesTable;
  rate_leases: RateLeasesTable;
  api_keys: ApiKeysTable;
  audit_heads: AuditHeadsTable;
  audit_entries: AuditEntriesTable;
  row_reviews: RowReviewsTable;
  exports: ExportsTable;
}

export type Row<Table extends keyof Database> = Selectable<Database[Table]>;
export type NewRow<Table extends keyof Database> = Insertable<Database[Table]>;
