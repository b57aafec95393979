/** How much harm a finding stands for. */
export type FindingSeverity = 'CRITICAL' | 'HIGH' | 'MEDIUM' | 'LOW';

/** What the owner would sign to end it; NONE where nothing on the chain does. */
export type FindingRepair =
  | 'REVOKE_KEY'
  | 'GRANT_WITH_LIST'
  | 'SET_POLICY'
  | 'REMOVE_POLICY'
  | 'UPGRADE_CLASS'
  | 'NONE';

interface FindingKind {
  readonly severity: FindingSeverity;
  readonly repair: FindingRepair;
  readonly meaning: string;
}

/** Everything that is looked for. The meaning is what a reader of the answer is told. */
export const FINDING_KINDS = {
  ACCOUNT_TAKEOVER: {
    severity: 'CRITICAL',
    repair: 'REVOKE_KEY',
    meaning:
      'The class has no guard for admin selectors and the list lets one through: the key can add keys, change the owner or upgrade the account.',
  },
  ADMIN_GUARD_UNVERIFIED: {
    severity: 'HIGH',
    repair: 'GRANT_WITH_LIST',
    meaning:
      'The list lets admin selectors through, and there is no evidence that the class refuses them from session keys.',
  },
  SELF_CALL_UNGUARDED: {
    severity: 'HIGH',
    repair: 'GRANT_WITH_LIST',
    meaning: 'The class lets a session key call the account itself, and the list is empty.',
  },
  NAME_NOT_SELECTOR: {
    severity: 'HIGH',
    repair: 'GRANT_WITH_LIST',
    meaning: 'An entry of the list is a name stored as text, not its selector: it allows nothing.',
  },
  ADMIN_ENTRY_DEAD: {
    severity: 'LOW',
    repair: 'GRANT_WITH_LIST',
    meaning: 'An entry of the list is an admin selector, which the class refuses from session keys.',
  },
  EMPTY_LIST: {
    severity: 'MEDIUM',
    repair: 'GRANT_WITH_LIST',
    meaning: 'The list is empty: every selector that is not an admin one is allowed, on any contract.',
  },
  UNCOUNTED_SELECTOR: {
    severity: 'MEDIUM',
    repair: 'GRANT_WITH_LIST',
    meaning: 'The list allows moving tokens by a selector that no spending policy counts.',
  },
  NO_POLICY: {
    severity: 'HIGH',
    repair: 'SET_POLICY',
    meaning: 'The key may move tokens and no spending policy limits it.',
  },
  ZERO_WINDOW: {
    severity: 'HIGH',
    repair: 'REMOVE_POLICY',
    meaning: 'A policy with maxPerWindow 0 is none: the token is not limited, the opposite of a block.',
  },
  BLOCKS_EVERY_CALL: {
    severity: 'LOW',
    repair: 'SET_POLICY',
    meaning: 'maxPerCall is 0: every counted call above 0 is refused.',
  },
  CAP_ABOVE_WINDOW: {
    severity: 'LOW',
    repair: 'SET_POLICY',
    meaning: 'maxPerCall is above maxPerWindow: the window decides alone.',
  },
  WINDOW_OVERFLOWS: {
    severity: 'HIGH',
    repair: 'SET_POLICY',
    meaning:
      'The window ends beyond what the contract can count: every counted call of the token fails, for good.',
  },
  KEY_READDED: {
    severity: 'MEDIUM',
    repair: 'NONE',
    meaning: 'The key was revoked before and granted again: signatures and policies of then count again.',
  },
  POLICY_INHERITED: {
    severity: 'MEDIUM',
    repair: 'SET_POLICY',
    meaning: 'A policy is older than the grant: the key came back to its limit and to what was spent of it.',
  },
  SIGNS_OFF_CHAIN: {
    severity: 'MEDIUM',
    repair: 'UPGRADE_CLASS',
    meaning:
      'The account takes the signature of any usable session key for any hash in is_valid_signature: no list, no budget, no count.',
  },
  CLASS_UPGRADED: {
    severity: 'HIGH',
    repair: 'NONE',
    meaning: 'The account changed its class: other rules hold from that block on.',
  },
  OWNER_CHANGED: {
    severity: 'HIGH',
    repair: 'NONE',
    meaning: 'The owner of the account changed.',
  },
  CLASS_UNKNOWN: {
    severity: 'MEDIUM',
    repair: 'NONE',
    meaning: 'No rules are known of the class of the account: what depends on them is not claimed.',
  },
} as const satisfies Readonly<Record<string, FindingKind>>;

export type FindingCode = keyof typeof FINDING_KINDS;

/** One thing that somebody should look at, at the block of the answer it stands in. */
export interface Finding {
  readonly code: FindingCode;
  /** The token of the policy it is about. */
  readonly token?: bigint;
  /** The entry of the list it is about. */
  readonly selector?: bigint;
  /** The block in which it came about, where that is known. */
  readonly sinceBlock?: number;
}

const RANK: Record<FindingSeverity, number> = { CRITICAL: 0, HIGH: 1, MEDIUM: 2, LOW: 3 };

/** The gravest first; as found among equals. */
export const byGravity = (a: Finding, b: Finding): number =>
  RANK[FINDING_KINDS[a.code].severity] - RANK[FINDING_KINDS[b.code].severity];
