import type { ColumnType, Generated, GeneratedAlways } from 'kysely';
import type { FeltText } from './rows.ts';

/** What a member or a key may do is said by its role. */
export type AccessRole = 'ADMIN' | 'FINANCE' | 'APPROVER' | 'AUDITOR' | 'INTEGRATOR';

export interface OrganisationsTable {
  organisation_id: GeneratedAlways<number>;
  public_id: Generated<string>;
  name: string;
  created_at: Generated<Date>;
  kind: Generated<'SHARED' | 'PERSONAL'>;
  /** With the account: whose a personal one is. */
  network_id: number | null;
  account: FeltText | null;
  /** Where its days begin, by the name of the IANA database. */
  time_zone: Generated<string>;
}

/** Through functions only. */
export interface SignInChallengesTable {
  challenge_id: Generated<string>;
  network_id: number;
  account: FeltText;
  service: string;
  nonce: FeltText;
  issued_at: Date;
  expires_at: Date;
  used_at: Date | null;
}

/** Through a function only. */
export interface RateLeasesTable {
  principal: string;
  units: number;
  filled_at: Date;
}

export type FollowSource = 'ADDED' | 'IMPORT' | 'RULE' | 'READ' | 'SIGN_IN';

export interface FollowsTable {
  organisation_id: number;
  network_id: number;
  account: FeltText;
  label: string | null;
  team: string | null;
  cost_centre: string | null;
  source: FollowSource;
  added_at: Generated<Date>;
}

export type FollowRuleKind = 'EVERYTHING' | 'CLASS' | 'DEPLOYER';

export interface FollowRulesTable {
  organisation_id: number;
  rule_id: GeneratedAlways<number>;
  /** Null: every network. */
  network_id: number | null;
  kind: FollowRuleKind;
  class_hash: FeltText | null;
  deployer: FeltText | null;
  public_id: Generated<string>;
  label: string | null;
  team: string | null;
  cost_centre: string | null;
  created_at: Generated<Date>;
}

/** Accounts that an organisation no longer wants: its rules pass them over. */
export interface UnfollowsTable {
  organisation_id: number;
  network_id: number;
  account: FeltText;
  unfollowed_at: Generated<Date>;
}

export interface GroupsTable {
  organisation_id: number;
  group_id: Generated<string>;
  name: string;
  created_at: Generated<Date>;
}

export interface GroupMembersTable {
  organisation_id: number;
  group_id: string;
  network_id: number;
  account: FeltText;
  added_at: Generated<Date>;
}

/** What deployers of rules deployed, and how far it was looked for. */
export interface DeploymentsTable {
  network_id: number;
  account: FeltText;
  deployer: FeltText;
  block_number: number;
}

export interface DeployerSearchesTable {
  network_id: number;
  deployer: FeltText;
  searched_to: number;
}

export interface MembersTable {
  organisation_id: number;
  member_id: Generated<string>;
  name: string;
  role: AccessRole;
  issuer: string | null;
  subject: string | null;
  network_id: number | null;
  account: FeltText | null;
  scope_accounts: string[] | null;
  scope_labels: string[] | null;
  disabled_at: Date | null;
  created_at: Generated<Date>;
}

export interface ApiKeysTable {
  key_id: string;
  organisation_id: number;
  kind: 'LIVE' | 'DEMO' | 'SIGN_IN';
  member_id: string | null;
  name: string;
  role: AccessRole;
  scope_accounts: string[] | null;
  scope_labels: string[] | null;
  /** 32 bytes. Written by the API's role, and never readable by it. */
  hash: Buffer;
  pepper_id: string;
  created_at: Generated<Date>;
  created_by: string;
  expires_at: Date | null;
  last_used_at: Date | null;
  revoked_at: Date | null;
  replaced_by: string | null;
  units_per_minute: number | null;
}

/** Written by the function audit_append only. */
type Written<T> = ColumnType<T, never, never>;

export interface AuditHeadsTable {
  organisation_id: Written<number>;
  sequence: Written<number>;
  hash: Written<Buffer>;
}

export interface AuditEntriesTable {
  organisation_id: Written<number>;
  sequence: Written<number>;
  at_text: Written<string>;
  actor_kind: Written<'KEY' | 'MEMBER' | 'HOST' | 'SYSTEM'>;
  actor_id: Written<string>;
  actor_name: Written<string>;
  action: Written<string>;
  object_kind: Written<string>;
  object_id: Written<string>;
  before_text: Written<string | null>;
  after_text: Written<string | null>;
  request_id: Written<string | null>;
  previous_hash: Written<Buffer>;
  hash: Written<Buffer>;
}
