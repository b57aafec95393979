import { selectorOf } from '#libs/felt';
import type { Felt } from '#libs/felt';

const ADMIN_NAMES = [
  'upgrade',
  'add_or_update_session_key',
  'revoke_session_key',
  'set_spending_policy',
  'remove_spending_policy',
  'set_session_signature_mode',
  'set_public_key',
  'setPublicKey',
  '__execute__',
  '__validate__',
  'execute_from_outside_v2',
  'executeFromOutsideV2',
] as const;

const COUNTED_NAMES = ['transfer', 'approve', 'increase_allowance', 'increaseAllowance'] as const;

const VIEW_NAMES = [
  'get_session_data',
  'get_session_allowed_entrypoints_len',
  'get_session_allowed_entrypoint_at',
  'get_spending_policy',
  'get_session_signature_mode',
  'compute_session_message_hash',
  'is_valid_outside_execution_nonce',
  'is_valid_signature',
  'get_public_key',
  'supports_interface',
] as const;

const OTHER_NAMES = [
  '__validate_declare__',
  '__validate_deploy__',
  'constructor',
  'execute_from_outside',
  'execute_from_outside_v3',
  'schedule_upgrade',
  'execute_upgrade',
  'cancel_upgrade',
  'set_agent_id',
  'get_agent_id',
  'isValidSignature',
  'getPublicKey',
  'transfer_from',
  'transferFrom',
  'decrease_allowance',
  'decreaseAllowance',
  'balance_of',
  'balanceOf',
  'allowance',
  'total_supply',
  'totalSupply',
  'mint',
  'burn',
  'permit',
  'deposit',
  'withdraw',
  'redeem',
  'claim',
  'stake',
  'unstake',
  'swap',
  'multi_route_swap',
  'swap_exact_tokens_for_tokens',
  'safe_transfer_from',
  'safeTransferFrom',
  'set_approval_for_all',
  'setApprovalForAll',
  'forward',
  'try_forward',
  'forward_many',
] as const;

const KNOWN_NAMES = [...ADMIN_NAMES, ...COUNTED_NAMES, ...VIEW_NAMES, ...OTHER_NAMES] as const;

/** An entry point whose selector is in the table. */
export type KnownEntrypoint = (typeof KNOWN_NAMES)[number];

/** Selector by name, computed once. For a name not in the table use `selectorOf`. */
export const SELECTORS = Object.freeze(
  Object.fromEntries(KNOWN_NAMES.map((name) => [name, selectorOf(name)])) as Record<KnownEntrypoint, Felt>,
);

const nameBySelector: ReadonlyMap<bigint, KnownEntrypoint> = new Map(
  KNOWN_NAMES.map((name) => [SELECTORS[name], name]),
);

/** The name behind a selector, where it is in the table. A selector cannot be turned back otherwise. */
export const entrypointName = (selector: bigint): KnownEntrypoint | undefined => nameBySelector.get(selector);

/**
 * Selectors a session key may never call, whatever contract they go to (SNIP-163 admin blocklist; classes whose
 * profile says `adminGuard: false` do not have it).
 */
export const ADMIN_SELECTORS: ReadonlySet<bigint> = new Set(ADMIN_NAMES.map((name) => SELECTORS[name]));

/** Selectors whose amount is debited from a policy (SNIP-163 spending rules). transfer_from is not among them. */
export const COUNTED_SELECTORS: ReadonlySet<bigint> = new Set(COUNTED_NAMES.map((name) => SELECTORS[name]));
