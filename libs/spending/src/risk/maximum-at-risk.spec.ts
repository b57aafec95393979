import { describe, expect, it } from '@jest/globals';
import { SELECTORS, type SessionData, type SpendingPolicy, type WindowRule } from '#libs/account';
import { type Felt, toFelt, U64_MAX } from '#libs/felt';
import { maximumAtRisk, type RiskQuestion } from './maximum-at-risk.ts';

const HOUR = 1_800_000_000n;
const AT_END: WindowRule = { anchor: 'SETTING', resets: 'AT_END' };
const AFTER_END: WindowRule = { anchor: 'FIRST_SPEND', resets: 'AFTER_END' };
const RULES = {
  adminGuard: true,
  selfCallGuard: 'ALWAYS',
  windowRule: AT_END,
  signsAnything: false,
} as const;
const RICH = 10n ** 30n;
const SPENDER = toFelt(5n);

/** Asked at a full hour, 100 seconds before the expiry: 40 of 100 spent in a window of an hour that began 10 seconds ago. */
const ask = (
  overrides: Partial<Omit<RiskQuestion, 'session' | 'policy' | 'rules'>> & {
    readonly session?: Partial<SessionData>;
    readonly policy?: Partial<SpendingPolicy> | null;
    readonly rules?: Partial<RiskQuestion['rules']>;
  } = {},
) => {
  const list: readonly Felt[] = [SELECTORS.transfer];
  const policy = {
    maxPerCall: 10n,
    maxPerWindow: 100n,
    windowSeconds: 3600n,
    spentInWindow: 40n,
    windowStartSeconds: HOUR - 10n,
  };
  const session = { validUntilSeconds: HOUR + 100n, maxCalls: 9n, callsUsed: 0n, allowedEntrypointsLen: 1n };
  return maximumAtRisk({
    nowSeconds: HOUR,
    allowedEntrypoints: list,
    balance: RICH,
    allowances: [],
    ...overrides,
    session: { ...session, ...overrides.session },
    policy: overrides.policy === null ? undefined : { ...policy, ...overrides.policy },
    rules: { ...RULES, ...overrides.rules },
  });
};
const amountOf = (...args: Parameters<typeof ask>) => ask(...args).amount;

describe('what budgets let through to the expiry', () => {
  it('is what is left now and each window that still starts, to the end of the hour of the expiry', () => {
    // The window ends at HOUR + 3590, the key works to HOUR + 3599: two windows back to back.
    expect(ask()).toMatchObject({
      kind: 'BOUNDED',
      amount: 160n,
      usableUntilSeconds: HOUR + 3599n,
      reasons: [],
    });
    expect(amountOf({ policy: { windowStartSeconds: HOUR } })).toBe(60n);
  });
  it('starts at start + window in one family, and one second later in the other', () => {
    const exact = { windowStartSeconds: HOUR - 1n };
    expect(amountOf({ policy: exact })).toBe(160n);
    expect(amountOf({ policy: exact, rules: { windowRule: AFTER_END } })).toBe(60n);
  });
  it('holds as many windows as there are transactions: each is at one time', () => {
    const short = { windowSeconds: 100n, windowStartSeconds: HOUR };
    expect(amountOf({ policy: short, session: { maxCalls: 50n } })).toBe(60n + 35n * 100n);
    expect(amountOf({ policy: short, session: { maxCalls: 4n } })).toBe(400n);
  });
  it('is not bounded by calls left times the cap of a call: a transaction holds many', () => {
    expect(
      amountOf({
        session: { maxCalls: 1n },
        policy: { maxPerCall: 1n, spentInWindow: 0n, windowStartSeconds: HOUR },
      }),
    ).toBe(100n);
  });
  it('is nothing where a call may take nothing, or where every call panics', () => {
    expect(ask({ policy: { maxPerCall: 0n } })).toMatchObject({ amount: 0n, reasons: ['PER_CALL_ZERO'] });
    expect(ask({ policy: { windowSeconds: U64_MAX } })).toMatchObject({
      amount: 0n,
      reasons: ['WINDOW_OVERFLOWS'],
    });
  });
  it('counts nothing below zero where the cap was lowered under what is spent', () => {
    expect(amountOf({ policy: { spentInWindow: 500n, windowStartSeconds: HOUR } })).toBe(0n);
  });
  it('has the whole cap for a window that is over or has not begun', () => {
    expect(amountOf({ policy: { windowStartSeconds: 0n }, rules: { windowRule: AFTER_END } })).toBe(100n);
    expect(amountOf({ policy: { windowStartSeconds: HOUR - 3600n } })).toBe(100n);
  });
});

describe('where no budget bounds it', () => {
  it.each([
    ['NO_POLICY', { policy: null }],
    ['NO_POLICY', { policy: { maxPerWindow: 0n } }],
    ['WINDOW_OF_NO_LENGTH', { policy: { windowSeconds: 0n } }],
    ['WINDOW_RULE_UNVERIFIED', { rules: { windowRule: undefined } }],
    ['UNCOUNTED_CALLS_ALLOWED', { allowedEntrypoints: [SELECTORS.transfer, SELECTORS.transfer_from] }],
    ['UNCOUNTED_CALLS_ALLOWED', { session: { allowedEntrypointsLen: 0n } }],
    ['ENTRYPOINTS_UNKNOWN', { allowedEntrypoints: undefined }],
  ] as const)('is the balance: %s', (reason, overrides) => {
    const answer = ask({ ...overrides, balance: 7_777n });
    expect(answer).toMatchObject({ kind: 'BOUNDED', amount: 7_777n, throughBudgets: undefined });
    expect(answer.reasons).toContain(reason);
    expect(ask({ ...overrides, balance: undefined })).toMatchObject({ kind: 'UNKNOWN', amount: undefined });
  });
  it('is the balance at most, and the budget where the balance is not known', () => {
    expect(amountOf({ balance: 3n })).toBe(3n);
    expect(ask({ balance: undefined })).toMatchObject({ amount: 160n, reasons: ['BALANCE_UNKNOWN'] });
  });
});

describe('a key that cannot be used', () => {
  it.each([
    ['KEY_NOT_REGISTERED', { session: { validUntilSeconds: 0n } }],
    ['NO_CALLS_LEFT', { session: { callsUsed: 9n } }],
    ['KEY_EXPIRED', { nowSeconds: HOUR + 3600n }],
  ] as const)('puts nothing at risk but what spenders may draw: %s', (reason, overrides) => {
    expect(ask({ ...overrides, rules: { adminGuard: false } })).toMatchObject({
      amount: 0n,
      reasons: [reason],
    });
    const allowances = [{ spender: SPENDER, amount: 30n }];
    expect(amountOf({ ...overrides, allowances })).toBe(30n);
  });
  it('is not one that has expired inside its hour', () => {
    const late = ask({ nowSeconds: HOUR + 101n });
    expect(late).toMatchObject({ amount: 160n, reasons: ['USABLE_TO_END_OF_HOUR'] });
  });
});

describe('allowances that are live', () => {
  it('add to what budgets let through', () => {
    const allowances = [30n, 5n].map((amount) => ({ spender: SPENDER, amount }));
    expect(ask({ allowances })).toMatchObject({
      amount: 195n,
      throughAllowances: 35n,
      reasons: ['ALLOWANCES_LIVE'],
    });
  });
  it('leave the balance as the only bound where not every use of the key is known, live or dead', () => {
    expect(ask({ allowances: undefined, balance: 500n })).toMatchObject({
      amount: 500n,
      throughAllowances: undefined,
      reasons: ['APPROVALS_UNKNOWN'],
    });
    expect(amountOf({ allowances: undefined, balance: 500n, session: { callsUsed: 9n } })).toBe(500n);
  });
  it('leave the balance as the only bound where the token does not tell them', () => {
    const unknown = { allowances: [{ spender: SPENDER, amount: undefined }], balance: 500n };
    expect(ask(unknown)).toMatchObject({ amount: 500n, reasons: ['ALLOWANCE_UNKNOWN'] });
  });
});

describe('taking the account over', () => {
  const open = { session: { allowedEntrypointsLen: 0n } };
  it.each([
    ['with no list and no guard', { ...open, rules: { adminGuard: false } }],
    ['with no list and calls to the account itself', { ...open, rules: { selfCallGuard: 'NONE' } }],
    [
      'with an admin selector on the list',
      { allowedEntrypoints: [SELECTORS.upgrade], rules: { adminGuard: false } },
    ],
    [
      'with the second step of an upgrade on the list',
      { allowedEntrypoints: [SELECTORS.execute_upgrade], rules: { selfCallGuard: 'WHEN_LIST_EMPTY' } },
    ],
  ] as const)('bounds nothing %s', (_how, overrides) => {
    const answer = ask({ ...overrides, balance: 0n });
    expect(answer).toMatchObject({ kind: 'UNBOUNDED', amount: undefined });
    expect(answer.reasons).toContain('NO_ADMIN_GUARD');
  });
  it('is not ruled out, and not claimed, where the guard is not verified', () => {
    expect(ask({ ...open, rules: { adminGuard: undefined } })).toMatchObject({
      kind: 'UNKNOWN',
      amount: undefined,
    });
    expect(ask({ allowedEntrypoints: undefined, rules: { adminGuard: false } }).kind).toBe('UNKNOWN');
  });
  it('needs no guard where the list holds no admin selector', () => {
    const rules = { adminGuard: false, selfCallGuard: 'NONE' } as const;
    expect(ask({ rules })).toMatchObject({ kind: 'BOUNDED', amount: 160n });
  });
  it('warns of signatures that the class takes for anything', () => {
    expect(ask({ rules: { signsAnything: undefined } }).reasons).toEqual(['SIGNATURES_NOT_COVERED']);
  });
});
