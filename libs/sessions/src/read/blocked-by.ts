import type { SessionData } from '#libs/account';
import type { Address, Felt } from '#libs/felt';
import type { Lifecycle } from './records.ts';
import { type AdminGuard, describeEntrypoint } from './entrypoints.ts';
import type { BudgetStanding } from './policy-status.ts';
import { type SessionReasonCode, sessionStanding } from './session-status.ts';

export type BlockCode =
  | SessionReasonCode
  | 'SESSION_ENTRYPOINT_NOT_ALLOWED'
  | 'SPENDING_PER_CALL_EXCEEDED'
  | 'SPENDING_OVERFLOW'
  | 'SPENDING_WINDOW_EXCEEDED'
  | 'WINDOW_RULE_UNVERIFIED';

/** What takes a reason away. All but waiting are signed by the owner. */
export type Repair =
  | 'GRANT'
  | 'RENEW_EXPIRY'
  | 'RAISE_CALLS'
  | 'WIDEN_LIST'
  | 'SET_POLICY'
  | 'WAIT_FOR_WINDOW'
  | 'NONE';

/** One reason why a session key cannot do something, and what would take it away. */
export interface Block {
  readonly code: BlockCode;
  readonly message: string;
  readonly repair: Repair;
  /** Set: only counted calls of this token are refused. Undefined: every call of the key is. */
  readonly token: Address | undefined;
  /** When waiting is enough: the first second at which the budget is whole again. */
  readonly resetsAtSeconds: bigint | undefined;
}

export interface BlockQuestion {
  readonly data: SessionData;
  readonly lifecycle: Lifecycle;
  /** Undefined: the list is not known. */
  readonly allowedEntrypoints: readonly Felt[] | undefined;
  readonly adminGuard: AdminGuard;
  readonly policies: readonly TokenPolicy[];
  readonly nowSeconds: bigint;
}

interface TokenPolicy {
  readonly token: Address;
  readonly maxPerCall: bigint;
  readonly maxPerWindow: bigint;
  readonly storedSpent: bigint;
  readonly standing: BudgetStanding;
}

/**
 * Every reason why a session key is not usable, in the order of the contract's checks: registered, not expired, calls
 * left, list, then the policies of its tokens. Empty: nothing of what is stored stands in the way. A key that is not
 * registered has neither an end nor calls nor a list: one grant gives all of them, so that is one reason.
 */
export const blocksOf = (question: BlockQuestion): readonly Block[] => [
  ...sessionBlocks(question),
  ...question.policies.flatMap(policyBlocks),
];

const sessionBlocks = (question: BlockQuestion): Block[] => {
  const { data, lifecycle, nowSeconds } = question;
  if (data.validUntilSeconds === 0n) return reasonOf({ data, lifecycle }, nowSeconds, 'GRANT');
  // Each check on its own: with the others passed, the standing names this one alone.
  const callsIgnored = { ...data, callsUsed: 0n, maxCalls: 1n };
  const expiryIgnored = { ...data, validUntilSeconds: nowSeconds === 0n ? 1n : nowSeconds };
  return [
    ...reasonOf({ data: callsIgnored, lifecycle }, nowSeconds, 'RENEW_EXPIRY'),
    ...reasonOf({ data: expiryIgnored, lifecycle }, nowSeconds, 'RAISE_CALLS'),
    ...listBlocks(question),
  ];
};

const ofSession = { token: undefined, resetsAtSeconds: undefined } as const;

const reasonOf = (
  session: Pick<BlockQuestion, 'data' | 'lifecycle'>,
  nowSeconds: bigint,
  repair: Repair,
): Block[] => {
  const { reason } = sessionStanding(session, nowSeconds);
  return reason === undefined ? [] : [{ ...ofSession, ...reason, repair }];
};

/** A list whose every entry lets the key call nothing: names in place of selectors, or admin selectors. */
const listBlocks = ({ allowedEntrypoints = [], adminGuard }: BlockQuestion): Block[] => {
  const dead = allowedEntrypoints.every((entry) => describeEntrypoint(entry, adminGuard).effective === false);
  if (allowedEntrypoints.length === 0 || !dead) return [];
  const message = 'No entry of the list of allowed entry points lets the key call anything.';
  return [{ ...ofSession, code: 'SESSION_ENTRYPOINT_NOT_ALLOWED', message, repair: 'WIDEN_LIST' }];
};

/** In the order of a counted call: the cap of one call, the end of the window, what is left of it. */
const policyBlocks = (policy: TokenPolicy): Block[] => {
  const { token, standing } = policy;
  if (standing.state === 'UNLIMITED') return [];
  const block = (code: BlockCode, repair: Repair, message: string): Block => ({
    token,
    resetsAtSeconds: repair === 'WAIT_FOR_WINDOW' ? standing.resetsAtSeconds : undefined,
    code,
    message,
    repair,
  });
  const blocks: Block[] = [];
  if (policy.maxPerCall === 0n)
    blocks.push(
      block('SPENDING_PER_CALL_EXCEEDED', 'SET_POLICY', 'The policy allows 0 a call: no amount passes.'),
    );
  if (standing.blockedByOverflow)
    blocks.push(
      block(
        'SPENDING_OVERFLOW',
        'SET_POLICY',
        'Start and length of the window add up beyond u64: every counted call reverts, for good.',
      ),
    );
  else blocks.push(...windowBlocks(policy, block));
  return blocks;
};

const windowBlocks = (
  { standing, storedSpent, maxPerWindow }: TokenPolicy,
  block: (code: BlockCode, repair: Repair, message: string) => Block,
): Block[] => {
  if (standing.state === 'UNKNOWN') {
    if (storedSpent < maxPerWindow) return [];
    const message = `Storage holds ${storedSpent} of ${maxPerWindow} as spent, and whether the window is over is not known for this class.`;
    return [block('WINDOW_RULE_UNVERIFIED', 'NONE', message)];
  }
  if (standing.remaining !== 0n) return [];
  const message = `The window has spent ${standing.effectiveSpent} of its ${maxPerWindow}.`;
  const repair = standing.reset === 'AT_TIME' ? 'WAIT_FOR_WINDOW' : 'SET_POLICY';
  return [block('SPENDING_WINDOW_EXCEEDED', repair, message)];
};
