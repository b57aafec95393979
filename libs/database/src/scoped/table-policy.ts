import type { Database } from '../rows.ts';

export type Verb = 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE';

/**
 * How the rows of a table are kept from whom they do not concern.
 * - ORGANISATION: belong to one. Row-level security, forced.
 * - GATED: are told of an account. Row-level security lets the API's role see those of followed accounts.
 * - CHAIN: are told of an account and many. No policy, which would be a look-up for each row: statements join follows.
 * - SHARED: name no account.
 * - INTERNAL: nothing for the API.
 */
export type TableKind = 'ORGANISATION' | 'GATED' | 'CHAIN' | 'SHARED' | 'INTERNAL';

export interface TableRule {
  readonly kind: TableKind;
  /** What purser_api may do with every column. */
  readonly api: readonly Verb[];
  /** What it may do with some columns only. */
  readonly apiColumns?: { readonly [V in Verb]?: readonly string[] };
  /** What purser_indexer may do. */
  readonly indexer: readonly Verb[];
}

const READ: readonly Verb[] = ['SELECT'];
const ADD_AND_CHANGE: readonly Verb[] = ['SELECT', 'INSERT', 'UPDATE'];
const ADD_AND_REMOVE: readonly Verb[] = ['SELECT', 'INSERT', 'DELETE'];
const EVERYTHING: readonly Verb[] = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'];

const shared = { kind: 'SHARED', api: READ, indexer: EVERYTHING } as const;
const chain = { kind: 'CHAIN', api: READ, indexer: EVERYTHING } as const;
const gated = { kind: 'GATED', api: READ, indexer: EVERYTHING } as const;
const internal = { kind: 'INTERNAL', api: [], indexer: EVERYTHING } as const;

/** A table without a rule does not compile, and one that differs from the catalogue does not start. */
export const TABLE_POLICY = {
  networks: shared,
  blocks: shared,
  cursors: shared,
  classes: shared,
  fact_tallies: shared,
  tokens: shared,
  schema_migrations: { kind: 'SHARED', api: READ, indexer: READ },

  facts: chain,
  coverage: chain,
  account_versions: chain,
  session_keys: chain,
  session_versions: chain,
  policy_keys: chain,
  policy_versions: chain,
  uses: chain,
  debits: chain,
  movements: chain,
  approvals: chain,
  account_months: chain,
  account_records: { kind: 'CHAIN', api: READ, indexer: [] },

  accounts: gated,
  backfill_jobs: gated,
  dead_letters: gated,
  incidents: gated,

  alerts: internal,
  webhook_deliveries: internal,
  deployments: internal,
  deployer_searches: internal,
  sign_in_challenges: { kind: 'INTERNAL', api: [], indexer: [] },
  rate_leases: { kind: 'INTERNAL', api: [], indexer: [] },

  organisations: {
    kind: 'ORGANISATION',
    api: READ,
    apiColumns: { UPDATE: ['name', 'time_zone'] },
    indexer: [],
  },
  follows: { kind: 'ORGANISATION', api: EVERYTHING, indexer: READ },
  follow_rules: { kind: 'ORGANISATION', api: EVERYTHING, indexer: READ },
  unfollows: { kind: 'ORGANISATION', api: ADD_AND_REMOVE, indexer: [] },
  groups: { kind: 'ORGANISATION', api: EVERYTHING, indexer: [] },
  group_members: { kind: 'ORGANISATION', api: ADD_AND_REMOVE, indexer: [] },
  members: { kind: 'ORGANISATION', api: ADD_AND_CHANGE, indexer: [] },
  api_keys: {
    kind: 'ORGANISATION',
    api: ['INSERT'],
    apiColumns: {
      SELECT: [
        ...[
          'key_id',
          'organisation_id',
          'kind',
          'member_id',
          'name',
          'role',
          'scope_accounts',
          'scope_labels',
        ],
        ...['created_at', 'created_by', 'expires_at', 'last_used_at', 'revoked_at', 'replaced_by'],
        'units_per_minute',
      ],
      UPDATE: ['name', 'expires_at', 'revoked_at', 'replaced_by'],
    },
    indexer: [],
  },
  audit_heads: { kind: 'ORGANISATION', api: READ, indexer: [] },
  audit_entries: { kind: 'ORGANISATION', api: READ, indexer: [] },
  row_reviews: { kind: 'ORGANISATION', api: EVERYTHING, indexer: [] },
  exports: {
    kind: 'ORGANISATION',
    api: ['INSERT'],
    apiColumns: {
      SELECT: [
        ...[
          'organisation_id',
          'export_id',
          'network_id',
          'format',
          'filter',
          'scope',
          'created_by',
          'creator_name',
        ],
        ...['created_at', 'expires_at', 'revoked_at'],
      ],
      UPDATE: ['revoked_at'],
    },
    indexer: [],
  },
} as const satisfies Record<keyof Database | 'schema_migrations', TableRule>;

/** Functions that run with the rights of the owner, and whether the API's role may call them itself. */
export const DEFINER_FUNCTIONS: Readonly<Record<string, { readonly api: boolean }>> = {
  follow_everything: { api: false },
  follow_class: { api: false },
  follow_deployed: { api: false },
  apply_follow_rule: { api: true },
  request_accounts: { api: true },
  find_api_key: { api: true },
  touch_api_keys: { api: true },
  open_challenge: { api: true },
  use_challenge: { api: true },
  give_back_challenge: { api: true },
  find_memberships_by_account: { api: true },
  find_memberships_by_subject: { api: true },
  find_organisation: { api: true },
  remove_ended_sign_in_keys: { api: true },
  ensure_personal_organisation: { api: true },
  take_units: { api: true },
  audit_append: { api: true },
  audit_append_all: { api: true },
  find_export_link: { api: true },
};
