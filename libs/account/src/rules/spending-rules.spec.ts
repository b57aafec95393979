import { describe, expect, it } from '@jest/globals';
import { splitU256, U128_MAX, U256_MAX, U64_MAX } from '#libs/felt';
import type { Address } from '#libs/felt';
import fc from 'fast-check';
import {
  aCall,
  ACCOUNT,
  aPolicy,
  aTransfer,
  FAMILIES,
  NOW,
  SETTING_ANCHORED,
  SHOP,
  SPEND_ANCHORED,
  TOKEN,
} from '../../spec/account.builder.ts';
import type { Call } from '../account.types.ts';
import { NO_POLICY } from '../slots/spending-policy.ts';
import type { SpendingPolicy } from '../slots/spending-policy.ts';
import { debitCalls } from './spending-rules.ts';
import type { WindowRule } from './window.ts';

type Policies = Readonly<Record<string, SpendingPolicy>>;
const on = (policy: SpendingPolicy, token: Address = TOKEN): Policies => ({ [String(token)]: policy });

const given = (policies: Policies, windowRule: WindowRule, nowSeconds = NOW) => ({
  when: (...calls: Call[]) =>
    debitCalls({ windowRule, nowSeconds, calls, policyOf: (token) => policies[String(token)] }),
});
const refusalOf = (result: ReturnType<typeof debitCalls>) =>
  result.kind === 'REFUSED' ? result.refusal : undefined;
const spentOf = (result: ReturnType<typeof debitCalls>, token = TOKEN) =>
  result.kind === 'DEBITED' ? result.policies.get(token)?.spentInWindow : undefined;

describe.each(FAMILIES)('debits, %s', (_, rule) => {
  it('takes the amount of a transfer from the window', () => {
    const result = given(on(aPolicy({ spentInWindow: 40n })), rule).when(aTransfer(100n));
    expect(spentOf(result)).toBe(140n);
    expect(result).toMatchObject({
      debits: [
        {
          callIndex: 0,
          token: TOKEN,
          amount: 100n,
          spentBefore: 40n,
          spentAfter: 140n,
          windowStarted: false,
        },
      ],
    });
  });

  it.each(['transfer', 'approve', 'increase_allowance', 'increaseAllowance'])('counts %s', (name) => {
    const result = given(on(aPolicy()), rule).when(aCall(name, TOKEN, [SHOP, 7n, 0n]));
    expect(spentOf(result)).toBe(7n);
  });

  it.each(['transfer_from', 'transferFrom', 'swap', 'permit'])('does not count %s', (name) => {
    const result = given(on(aPolicy()), rule).when(aCall(name, TOKEN, [SHOP, ACCOUNT, 10n ** 9n, 0n]));
    expect(result).toEqual({ kind: 'DEBITED', policies: new Map(), debits: [] });
  });

  it('counts nothing of a token without a policy: it is unlimited', () => {
    expect(given({}, rule).when(aTransfer(U256_MAX))).toMatchObject({ kind: 'DEBITED', debits: [] });
    expect(given(on(NO_POLICY), rule).when(aTransfer(U256_MAX))).toMatchObject({
      kind: 'DEBITED',
      debits: [],
    });
  });

  it('takes max_per_window 0 as unlimited, the opposite of a block, even with a per-call cap', () => {
    const result = given(on(aPolicy({ maxPerWindow: 0n, maxPerCall: 1n })), rule).when(aTransfer(U256_MAX));
    expect(result).toMatchObject({ kind: 'DEBITED', debits: [] });
  });

  it('blocks every counted call above 0 with max_per_call 0', () => {
    const blocked = given(on(aPolicy({ maxPerCall: 0n })), rule);
    expect(refusalOf(blocked.when(aTransfer(1n)))?.code).toBe('SPENDING_PER_CALL_EXCEEDED');
    expect(spentOf(blocked.when(aTransfer(0n)))).toBe(0n);
  });

  it('lets a call take the cap and not one unit more', () => {
    expect(spentOf(given(on(aPolicy()), rule).when(aTransfer(100n)))).toBe(100n);
    expect(refusalOf(given(on(aPolicy()), rule).when(aTransfer(101n)))).toEqual({
      code: 'SPENDING_PER_CALL_EXCEEDED',
      rule: 'PER_CALL',
      panicText: 'Spending: exceeds per-call',
      callIndex: 0,
      details: { amount: 101n, maxPerCall: 100n },
    });
  });

  it('lets the window fill up and not one unit more', () => {
    const almost = given(on(aPolicy({ spentInWindow: 200n })), rule);
    expect(spentOf(almost.when(aTransfer(50n)))).toBe(250n);
    expect(refusalOf(almost.when(aTransfer(51n)))).toEqual({
      code: 'SPENDING_WINDOW_EXCEEDED',
      rule: 'WINDOW',
      panicText: 'Spending: exceeds window limit',
      callIndex: 0,
      details: { amount: 51n, effectiveSpent: 200n, maxPerWindow: 250n },
    });
  });

  it('makes the counted calls of one transaction share the window, one after the other', () => {
    const policies = given(on(aPolicy()), rule);
    expect(
      spentOf(policies.when(aTransfer(100n), aCall('swap', SHOP), aTransfer(100n), aTransfer(50n))),
    ).toBe(250n);
    const refused = refusalOf(policies.when(aTransfer(100n), aTransfer(100n), aTransfer(51n)));
    expect(refused).toMatchObject({
      code: 'SPENDING_WINDOW_EXCEEDED',
      callIndex: 2,
      details: { effectiveSpent: 200n },
    });
  });

  it('keeps tokens apart', () => {
    const policies = { ...on(aPolicy()), ...on(aPolicy({ maxPerCall: 5n }), SHOP) };
    const result = given(policies, rule).when(aTransfer(100n), aTransfer(5n, SHOP), aTransfer(7n));
    expect([spentOf(result), spentOf(result, SHOP)]).toEqual([107n, 5n]);
  });

  it('panics with fewer than three felts, and looks at no felt after them', () => {
    const short = refusalOf(
      given(on(aPolicy()), rule).when(aTransfer(1n), aCall('approve', TOKEN, [SHOP, 1n])),
    );
    expect(short).toMatchObject({
      code: 'INVALID_CALL',
      panicText: 'Spending: calldata too short',
      callIndex: 1,
    });
    expect(given({}, rule).when(aCall('transfer', TOKEN, []))).toMatchObject({ kind: 'DEBITED' });
    expect(spentOf(given(on(aPolicy()), rule).when(aCall('transfer', TOKEN, [SHOP, 9n, 0n, 5n, 6n])))).toBe(
      9n,
    );
  });

  it('panics where a half of the amount is beyond u128', () => {
    const half = (low: bigint, high: bigint) =>
      refusalOf(given(on(aPolicy()), rule).when(aCall('transfer', TOKEN, [SHOP, low, high])))?.panicText;
    expect(half(U128_MAX + 1n, 0n)).toBe('Spending: invalid amount');
    expect(half(0n, U128_MAX + 1n)).toBe('Spending: invalid amount');
    expect(half(0n, 1n)).toBe('Spending: exceeds per-call');
  });

  it('panics for good where window_start + window_seconds is beyond u64', () => {
    const bricked = given(on(aPolicy({ windowSeconds: U64_MAX })), rule);
    expect(refusalOf(bricked.when(aTransfer(0n)))).toMatchObject({
      code: 'SPENDING_OVERFLOW',
      rule: 'WINDOW_END_OVERFLOW',
      panicText: 'u64_add Overflow',
    });
    expect(spentOf(given(on(aPolicy({ windowSeconds: U64_MAX - NOW })), rule).when(aTransfer(1n)))).toBe(1n);
  });

  it('looks at the per-call cap before it adds anything', () => {
    const bricked = given(on(aPolicy({ windowSeconds: U64_MAX })), rule);
    expect(refusalOf(bricked.when(aTransfer(101n)))?.rule).toBe('PER_CALL');
  });

  it('panics where spent + amount is beyond u256', () => {
    const open = aPolicy({ maxPerCall: U256_MAX, maxPerWindow: U256_MAX, spentInWindow: 1n });
    expect(refusalOf(given(on(open), rule).when(aTransfer(U256_MAX)))).toMatchObject({
      code: 'SPENDING_OVERFLOW',
      rule: 'SPENT_OVERFLOW',
      panicText: 'u256_add Overflow',
    });
    expect(spentOf(given(on(open), rule).when(aTransfer(U256_MAX - 1n)))).toBe(U256_MAX);
  });

  it('spends two full windows back to back: the window is fixed, not rolling', () => {
    const full = aPolicy({ spentInWindow: 250n, maxPerCall: 250n });
    const lastSecond = NOW + 3599n;
    expect(refusalOf(given(on(full), rule, lastSecond).when(aTransfer(1n)))?.rule).toBe('WINDOW');
    const after = given(on(full), rule, NOW + 3601n).when(aTransfer(250n));
    expect(after).toMatchObject({
      kind: 'DEBITED',
      debits: [{ windowStarted: true, spentBefore: 0n, spentAfter: 250n }],
    });
  });

  it('anchors the new window at the spend, once a transaction', () => {
    const now = NOW + 10_000n;
    const result = given(on(aPolicy({ spentInWindow: 250n })), rule, now).when(
      aTransfer(60n),
      aTransfer(40n),
    );
    expect(result).toMatchObject({
      debits: [
        { windowStarted: true, windowStartSeconds: now, spentAfter: 60n },
        { windowStarted: false, windowStartSeconds: now, spentAfter: 100n },
      ],
    });
  });

  it('debits nothing of a transaction that is refused', () => {
    const result = given(on(aPolicy()), rule).when(aTransfer(100n), aTransfer(101n));
    expect(Object.keys(result)).toEqual(['kind', 'refusal']);
  });

  it('never exceeds a cap, whatever the calls, and adds up', () => {
    fc.assert(
      fc.property(
        fc.array(fc.bigInt(0n, 120n), { maxLength: 6 }),
        fc.bigInt(0n, 250n),
        fc.nat(8000),
        (amounts, spent, later) => {
          const policy = aPolicy({ spentInWindow: spent });
          const result = given(on(policy), rule, NOW + BigInt(later)).when(
            ...amounts.map((amount) => aTransfer(amount)),
          );
          if (result.kind === 'REFUSED') return;
          const total = amounts.reduce((sum, amount) => sum + amount, 0n);
          const first = result.debits[0];
          expect(amounts.every((amount) => amount <= policy.maxPerCall)).toBe(true);
          if (first === undefined) return;
          expect(spentOf(result)).toBe(first.spentBefore + total);
          expect(spentOf(result)!).toBeLessThanOrEqual(policy.maxPerWindow);
        },
      ),
    );
  });
});

describe('debits at the edge of a window', () => {
  const full = aPolicy({ spentInWindow: 250n });

  it('at now = start + window one family starts afresh and the other refuses', () => {
    const end = NOW + 3600n;
    expect(spentOf(given(on(full), SETTING_ANCHORED, end).when(aTransfer(5n)))).toBe(5n);
    expect(refusalOf(given(on(full), SPEND_ANCHORED, end).when(aTransfer(5n)))?.rule).toBe('WINDOW');
  });

  it('the first spend anchors the window of a spend anchored class', () => {
    const fresh = aPolicy({ windowStartSeconds: 0n });
    const result = given(on(fresh), SPEND_ANCHORED).when(aTransfer(5n));
    expect(result).toMatchObject({ debits: [{ windowStarted: true, windowStartSeconds: NOW }] });
  });

  it('the largest window does not brick a spend anchored class before its first spend, only after', () => {
    const fresh = aPolicy({ windowStartSeconds: 0n, windowSeconds: U64_MAX });
    const first = given(on(fresh), SPEND_ANCHORED).when(aTransfer(5n));
    expect(spentOf(first)).toBe(5n);
    const stored = first.kind === 'DEBITED' ? first.policies.get(TOKEN) : undefined;
    expect(refusalOf(given(on(stored ?? fresh), SPEND_ANCHORED).when(aTransfer(5n)))?.rule).toBe(
      'WINDOW_END_OVERFLOW',
    );
    expect(refusalOf(given(on(fresh), SPEND_ANCHORED).when(aTransfer(5n), aTransfer(5n)))?.callIndex).toBe(1);
  });

  it('reads both halves of an amount', () => {
    const wide = aPolicy({ maxPerCall: U256_MAX, maxPerWindow: U256_MAX });
    const amount = 3n * 2n ** 128n + 9n;
    expect(splitU256(amount)).toEqual([9n, 3n]);
    expect(spentOf(given(on(wide), SETTING_ANCHORED).when(aTransfer(amount)))).toBe(amount);
  });
});
