import {
  ADMIN_SELECTORS,
  COUNTED_SELECTORS,
  lastUsableSeconds,
  limitsSpending,
  remainingCalls,
  SELECTORS,
  type SelfCallGuard,
  type SessionData,
  type SpendingPolicy,
  type WindowRule,
} from '#libs/account';
import type { Felt } from '#libs/felt';
import type { RiskReason } from './risk-reasons.ts';
import { windowsToExpiry } from './windows-to-expiry.ts';

/** What one spender may still draw of one token. */
export interface LiveAllowance {
  readonly spender: Felt;
  /** Undefined: the token does not say. */
  readonly amount: bigint | undefined;
}

/** One session key, one token, one account, at one block. Undefined members are not known, which is never 0. */
export interface RiskQuestion {
  /** The time of the block: nothing is spent before it. */
  readonly nowSeconds: bigint;
  readonly session: SessionData;
  /** Undefined: the list was never read. Not asked for where the stored length is 0. */
  readonly allowedEntrypoints: readonly Felt[] | undefined;
  readonly rules: {
    readonly adminGuard: boolean | undefined;
    readonly selfCallGuard: SelfCallGuard | undefined;
    readonly windowRule: WindowRule | undefined;
    readonly signsAnything: boolean | undefined;
  };
  /** As stored; nothing where the token has none. */
  readonly policy: SpendingPolicy | undefined;
  /** Of the token, held by the account. */
  readonly balance: bigint | undefined;
  /** Whom the key approved; undefined where not every use of it is known. */
  readonly allowances: readonly LiveAllowance[] | undefined;
}

/**
 * The most of one token that can still leave an account by one session key, and by allowances that are live: of what the
 * account holds now. Where no budget bounds it, what comes in later is at risk too.
 * UNBOUNDED: the key can take the account over, so all it holds and ever will is at risk.
 */
export interface MaximumAtRisk {
  readonly kind: 'BOUNDED' | 'UNBOUNDED' | 'UNKNOWN';
  /** Set where BOUNDED. */
  readonly amount: bigint | undefined;
  /** What budgets let through up to the expiry; nothing where no budget limits it. */
  readonly throughBudgets: bigint | undefined;
  /** What spenders may draw, also when the key is dead; nothing where one of them is not known. */
  readonly throughAllowances: bigint | undefined;
  /** Last second at which a block can take a transaction of the key; nothing where none can any more. */
  readonly usableUntilSeconds: bigint | undefined;
  readonly reasons: readonly RiskReason[];
}

/**
 * Never below what can be taken. Each step that nobody has shown goes to the larger side, and says so: what budgets do
 * not count is bounded by the balance alone, what could be a takeover is UNKNOWN, and with a takeover nothing bounds it.
 */
export const maximumAtRisk = (question: RiskQuestion): MaximumAtRisk => {
  const reasons: RiskReason[] = [];
  const answer = judge(question, reasons);
  return { ...answer, reasons: [...new Set(reasons)] };
};

const judge = (question: RiskQuestion, reasons: RiskReason[]): Omit<MaximumAtRisk, 'reasons'> => {
  const usable = usableUntil(question, reasons);
  const takeover = usable === undefined ? 'NO' : canTakeOver(question, reasons);
  const throughBudgets = usable === undefined ? 0n : budgets(question, usable, reasons);
  const throughAllowances = allowances(question, reasons);
  const parts = { throughBudgets, throughAllowances, usableUntilSeconds: usable };
  if (takeover !== 'NO') {
    const kind = takeover === 'YES' ? 'UNBOUNDED' : 'UNKNOWN';
    return { kind, amount: undefined, ...parts };
  }
  const limits = [sumOf(throughBudgets, throughAllowances), question.balance].filter(
    (limit) => limit !== undefined,
  );
  if (question.balance === undefined) reasons.push('BALANCE_UNKNOWN');
  const amount = limits.length === 0 ? undefined : limits.reduce((a, b) => (a < b ? a : b));
  return { kind: amount === undefined ? 'UNKNOWN' : 'BOUNDED', amount, ...parts };
};

const sumOf = (a: bigint | undefined, b: bigint | undefined): bigint | undefined =>
  a === undefined || b === undefined ? undefined : a + b;

const usableUntil = ({ session, nowSeconds }: RiskQuestion, reasons: RiskReason[]): bigint | undefined => {
  const until = lastUsableSeconds('INVOKE', session.validUntilSeconds);
  if (session.validUntilSeconds === 0n) reasons.push('KEY_NOT_REGISTERED');
  else if (remainingCalls(session) === 0n) reasons.push('NO_CALLS_LEFT');
  else if (nowSeconds > until) reasons.push('KEY_EXPIRED');
  else {
    if (nowSeconds > session.validUntilSeconds) reasons.push('USABLE_TO_END_OF_HOUR');
    return until;
  }
  return undefined;
};

/** The selectors that the key may call, or undefined where they are not known. ALL: no list. */
const listOf = ({ session, allowedEntrypoints }: RiskQuestion): readonly Felt[] | 'ALL' | undefined =>
  session.allowedEntrypointsLen === 0n ? 'ALL' : allowedEntrypoints;

const canTakeOver = (question: RiskQuestion, reasons: RiskReason[]): 'YES' | 'NO' | 'UNKNOWN' => {
  const { adminGuard, selfCallGuard } = question.rules;
  const list = listOf(question);
  const mayListAdmin =
    list === undefined || list === 'ALL' || list.some((entry) => ADMIN_SELECTORS.has(entry));
  const guards = [
    ...(mayListAdmin ? [adminGuard] : []),
    // Not every entry point that is for the account alone is an admin selector: with no list all of them are open.
    ...(list === 'ALL' ? [knownOr(selfCallGuard, (guard) => guard !== 'NONE')] : []),
    ...(mayUpgradeItself(list) ? [knownOr(selfCallGuard, (guard) => guard === 'ALWAYS')] : []),
  ];
  if (guards.includes(false)) {
    // A list that is not known may hold no admin selector.
    reasons.push(list === undefined ? 'ENTRYPOINTS_UNKNOWN' : 'NO_ADMIN_GUARD');
    return list === undefined ? 'UNKNOWN' : 'YES';
  }
  if (!guards.includes(undefined)) return 'NO';
  reasons.push('ADMIN_GUARD_UNVERIFIED');
  return 'UNKNOWN';
};

const UPGRADES: ReadonlySet<bigint> = new Set([SELECTORS.schedule_upgrade, SELECTORS.execute_upgrade]);

/** Upgrades in two steps have entry points that are no admin selectors: only the guard on self-calls stops a listed one. */
const mayUpgradeItself = (list: readonly Felt[] | 'ALL' | undefined): boolean =>
  list === undefined || (list !== 'ALL' && list.some((entry) => UPGRADES.has(entry)));

const knownOr = <T>(value: T | undefined, judge: (known: T) => boolean): boolean | undefined =>
  value === undefined ? undefined : judge(value);

/** What counted calls may take up to the expiry; nothing where a call that no budget counts may move the token. */
const budgets = (question: RiskQuestion, until: bigint, reasons: RiskReason[]): bigint | undefined => {
  const list = listOf(question);
  if (question.rules.signsAnything !== false) reasons.push('SIGNATURES_NOT_COVERED');
  if (list === undefined) reasons.push('ENTRYPOINTS_UNKNOWN');
  else if (
    list === 'ALL' ||
    list.some((entry) => !COUNTED_SELECTORS.has(entry) && !ADMIN_SELECTORS.has(entry))
  )
    reasons.push('UNCOUNTED_CALLS_ALLOWED');
  const isCountedOnly =
    !reasons.includes('ENTRYPOINTS_UNKNOWN') && !reasons.includes('UNCOUNTED_CALLS_ALLOWED');
  const capped = capToExpiry(question, until, reasons);
  return isCountedOnly ? capped : undefined;
};

const capToExpiry = (
  { policy, rules, session, nowSeconds }: RiskQuestion,
  until: bigint,
  reasons: RiskReason[],
): bigint | undefined => {
  if (!limitsSpending(policy)) {
    reasons.push('NO_POLICY');
    return undefined;
  }
  if (policy.maxPerCall === 0n) {
    reasons.push('PER_CALL_ZERO');
    return 0n;
  }
  if (rules.windowRule === undefined) {
    reasons.push('WINDOW_RULE_UNVERIFIED');
    return undefined;
  }
  const windows = windowsToExpiry(policy, rules.windowRule, nowSeconds, until);
  if (windows === 'BLOCKED') reasons.push('WINDOW_OVERFLOWS');
  if (windows === 'EVERY_CALL') reasons.push('WINDOW_OF_NO_LENGTH');
  if (windows === 'BLOCKED') return 0n;
  if (windows === 'EVERY_CALL') return undefined;
  // One transaction has one block time, so it spends in one window; it may hold any number of counted calls.
  const calls = remainingCalls(session);
  if (calls <= windows.fresh) return calls * policy.maxPerWindow;
  return windows.fresh * policy.maxPerWindow + windows.leftNow;
};

const allowances = ({ allowances: live }: RiskQuestion, reasons: RiskReason[]): bigint | undefined => {
  if (live === undefined) {
    reasons.push('APPROVALS_UNKNOWN');
    return undefined;
  }
  const amounts = live.map(({ amount }) => amount);
  if (amounts.some((amount) => amount === undefined)) {
    reasons.push('ALLOWANCE_UNKNOWN');
    return undefined;
  }
  const total = amounts.reduce<bigint>((sum, amount) => sum + (amount ?? 0n), 0n);
  if (total > 0n) reasons.push('ALLOWANCES_LIVE');
  return total;
};
