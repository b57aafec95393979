import { describe, expect, it } from '@jest/globals';
import { ScriptedBlock } from '../../spec/replayed-block.builder.ts';
import {
  CLASS,
  FIRST_SPEND,
  keyOf,
  NOW,
  pay,
  profileWith,
  RELAYER,
  SETTING,
  TOKEN,
} from '../../spec/replayed-block.parts.ts';

const KEY = keyOf(0);
const OTHER = keyOf(1);
const TERMS = { maxPerCall: 50n, maxPerWindow: 100n, windowSeconds: 3600n };

const given = (windowRule = SETTING) =>
  new ScriptedBlock(windowRule).hold(KEY, 10n, 2n).hold(OTHER, 10n).limit(KEY, TERMS).begin();

describe('a replayed block', () => {
  it('needs no trace where calldata and receipts explain it', () => {
    const block = given();
    block.invoke(KEY, [pay(10n)]);
    block.sponsor([{ key: KEY, calls: [pay(20n)] }]);
    block.invoke(OTHER, [pay(999n)]);
    const { uses, unexplained } = block.replay();
    expect(block.asked).toEqual([]);
    expect(unexplained).toEqual([]);
    expect(uses).toMatchObject([
      { sessionKey: KEY, path: 'INVOKE', callsUsedBefore: 2n, callsUsedAfter: 3n, maxCalls: 10n },
      { sessionKey: KEY, path: 'OUTSIDE_EXECUTION', callsUsedBefore: 3n, topLevel: true, caller: RELAYER },
      { sessionKey: OTHER, callsUsedBefore: 0n, debits: [] },
    ]);
    expect(uses.map(({ attribution }) => attribution)).toEqual(['REPLAY', 'REPLAY', 'REPLAY']);
  });

  it('debits one use after the other from the same window', () => {
    const block = given();
    block.invoke(KEY, [pay(10n), pay(5n)]);
    block.invoke(KEY, [pay(20n)]);
    const spent = block.replay().uses.map(({ debits }) => debits?.map(({ spentAfter }) => spentAfter));
    expect(spent).toEqual([[10n, 15n], [35n]]);
  });

  it('burns a call of a reverted invoke and names the rule on the state before it, not before the block', () => {
    const block = given();
    block.invoke(KEY, [pay(50n)]);
    block.invoke(KEY, [pay(45n)]);
    block.invoke(KEY, [pay(10n)]);
    const [, , last] = block.replay().uses;
    expect(last).toMatchObject({
      outcome: 'REVERTED',
      burned: true,
      debits: [],
      refusal: {
        kind: 'REFUSED',
        confirmed: false,
        refusal: { code: 'SPENDING_WINDOW_EXCEEDED', details: { effectiveSpent: 95n } },
      },
    });
  });

  it('confirms the rule by the text, where the chain gives it', () => {
    const block = given();
    block.invoke(KEY, [pay(51n)]);
    expect(block.replay().uses).toMatchObject([
      { refusal: { confirmed: true, refusal: { code: 'SPENDING_PER_CALL_EXCEEDED', callIndex: 0 } } },
    ]);
  });

  it('follows use, re-grant and use, of which the diff shows nothing', () => {
    const block = new ScriptedBlock().hold(KEY, 10n, 1n).begin();
    block.invoke(KEY, [pay(1n)]);
    block.grant(KEY, 10n);
    block.invoke(KEY, [pay(2n)]);
    const { uses, unexplained } = block.replay();
    expect(unexplained).toEqual([]);
    expect(uses.map(({ callsUsedBefore }) => callsUsedBefore)).toEqual([1n, 0n]);
  });

  it('looks at the trace of a sponsored use of a key that is granted in the block: its failure would not show', () => {
    const block = given();
    block.sponsor([{ key: KEY, calls: [pay(1n)], fails: true }]);
    block.grant(KEY, 5n);
    const { uses } = block.replay();
    expect(block.asked).toHaveLength(1);
    expect(uses).toMatchObject([
      { outcome: 'FAILED_INSIDE', burned: false, callsUsedBefore: 2n, callsUsedAfter: 2n },
    ]);
  });

  it('finds the request that was taken back where a relayer goes on after it', () => {
    const block = given();
    block.sponsor([
      { key: KEY, calls: [pay(51n)] },
      { key: KEY, calls: [pay(5n)] },
    ]);
    const { uses, unexplained } = block.replay();
    expect(unexplained).toEqual([]);
    expect(uses).toMatchObject([
      { ordinal: 0, outcome: 'FAILED_INSIDE', refusal: { refusal: { code: 'INVALID_SIGNATURE' } } },
      { ordinal: 1, outcome: 'SUCCEEDED', attribution: 'TRACE', calls: [{ failed: false }] },
    ]);
  });

  it('attributes two uses in one transaction through a contract', () => {
    const block = given();
    block.sponsor(
      [
        { key: KEY, calls: [pay(5n)] },
        { key: OTHER, calls: [pay(6n)] },
      ],
      { nested: true },
    );
    expect(block.replay().uses).toMatchObject([
      { sessionKey: KEY, topLevel: false, attribution: 'TRACE', callsUsedAfter: 3n },
      { sessionKey: OTHER, topLevel: false, attribution: 'TRACE', callsUsedAfter: 1n },
    ]);
  });

  it('keeps a sponsored transaction that reverted as denied, also through a contract', () => {
    for (const nested of [false, true]) {
      const block = given();
      block.sponsor([{ key: KEY, calls: [pay(1n)] }], { nested, reverts: true });
      expect(block.replay().uses).toMatchObject([
        { outcome: 'REVERTED', burned: false, topLevel: !nested, refusal: { kind: 'REFUSED' } },
      ]);
      expect(block.asked).toEqual([]);
    }
  });

  it('searches the block for a use that no calldata names', () => {
    const block = given();
    block.hideInContract(KEY, [pay(7n)]);
    const { uses, unexplained } = block.replay();
    expect(unexplained).toEqual([]);
    expect(uses).toMatchObject([{ topLevel: false, attribution: 'TRACE', debits: [{ amount: 7n }] }]);
  });

  it('says how much is not explained, and takes back what it cannot know of the key', () => {
    const block = given();
    block.invoke(KEY, [pay(1n)]);
    block.hide(KEY);
    block.hide(KEY);
    const { uses, unexplained } = block.replay();
    expect(unexplained).toMatchObject([
      { sessionKey: KEY, delta: 2n, reason: 'NO_TRANSACTION_EXPLAINS', callsUsedAfter: 5n, tokens: [] },
    ]);
    expect(uses).toMatchObject([{ path: 'INVOKE', burned: true }]);
    expect(uses[0]?.callsUsedBefore).toBeUndefined();
    expect(uses[0]?.debits).toBeUndefined();
  });

  it('does not count a sponsored use whose trace is wanted and cannot be had', () => {
    const block = given();
    block.sponsor([{ key: KEY, calls: [pay(5n)] }], { nested: true });
    block.traces.clear();
    const { uses, unexplained } = block.replay();
    expect(uses).toEqual([]);
    expect(unexplained).toMatchObject([
      { delta: 1n, reason: 'TRACE_UNAVAILABLE', transactionHashes: [0x7000n] },
    ]);
  });

  it('says so too where the words agree but the trace was needed to believe them', () => {
    const block = given();
    block.grant(KEY, 5n);
    block.sponsor([{ key: KEY, calls: [pay(51n)] }]);
    block.traces.clear();
    expect(block.replay().unexplained).toMatchObject([{ delta: 0n, reason: 'TRACE_UNAVAILABLE' }]);
  });

  it('notices a policy that is not as the debits leave it', () => {
    const block = given();
    block.invoke(KEY, [pay(1n)]);
    const [id, entry] = [...block.policies][0]!;
    block.policies.set(id, { ...entry, policy: { ...entry.policy, spentInWindow: 99n } });
    expect(block.replay().unexplained).toMatchObject([{ delta: 0n, tokens: [TOKEN] }]);
  });

  it('claims no debits where nobody has shown the window rule, and still counts', () => {
    const block = given();
    block.profile = profileWith(undefined);
    block.invoke(KEY, [pay(1n)]);
    block.invoke(KEY, [pay(51n)]);
    const { uses, unexplained } = block.replay();
    expect(unexplained).toEqual([]);
    expect(uses[0]?.debits).toBeUndefined();
    expect(uses[0]?.callsUsedAfter).toBe(3n);
    expect(uses[1]?.refusal).toMatchObject({ kind: 'UNKNOWN', reasons: ['policy'] });
  });

  it('is certain of a refusal that every window rule gives', () => {
    const block = given();
    block.profile = profileWith(undefined);
    block.invoke(KEY, [pay(51n)]);
    expect(block.replay().uses).toMatchObject([{ refusal: { refusal: { rule: 'PER_CALL' } } }]);
  });

  it('is not certain of one that the window rules differ in', () => {
    const block = new ScriptedBlock(FIRST_SPEND).hold(KEY, 10n);
    const atTheEnd = { spentInWindow: 100n, windowStartSeconds: NOW - 10n, windowSeconds: 10n };
    block.limit(KEY, TERMS);
    const [id, entry] = [...block.policies][0]!;
    block.policies.set(id, { ...entry, policy: { ...entry.policy, ...atTheEnd } });
    block.begin().profile = profileWith(undefined);
    block.invoke(KEY, [pay(1n)]);
    expect(block.replay().uses).toMatchObject([
      { outcome: 'REVERTED', refusal: { kind: 'UNKNOWN', reasons: ['windowRule'] } },
    ]);
  });

  it('counts nothing of a request that succeeded inside a call that was taken back', () => {
    const block = given();
    block.sponsor([{ key: KEY, calls: [pay(5n)] }], { nested: true, undone: true });
    const { uses, unexplained } = block.replay();
    expect(unexplained).toEqual([]);
    expect(uses).toMatchObject([{ outcome: 'FAILED_INSIDE', burned: false, topLevel: false }]);
  });

  it('looks at the trace where the class changes in the transaction of a sponsored use', () => {
    const block = given();
    block.sponsor([{ key: KEY, calls: [pay(5n)] }]);
    block.alsoEmits({ kind: 'Upgraded', classHash: CLASS });
    expect(block.replay().unexplained).toEqual([]);
    expect(block.asked).toHaveLength(1);
  });

  it('takes failed inner calls from events where the class emits them, and claims nothing elsewhere', () => {
    const failures = (profile: ReturnType<typeof profileWith>) => {
      const block = given();
      block.profile = profile;
      block.invoke(KEY, [pay(1n), pay(2n)], profile.emitsCallFailed?.value === true ? [1] : []);
      return block.replay().uses[0]?.calls?.map(({ failed }) => failed);
    };
    expect(failures(profileWith(SETTING, true))).toEqual([false, true]);
    expect(failures(profileWith(SETTING, false))).toEqual([undefined, undefined]);
    expect(failures(profileWith(SETTING))).toEqual([undefined, undefined]);
  });

  it('switches to the rules of another class at its event', () => {
    const block = given();
    block.invoke(KEY, [pay(51n)]);
    block.upgrade(0x999n);
    block.invoke(KEY, [pay(52n)]);
    const codes = block.replay().uses.map(({ refusal }) => refusal?.kind);
    expect(codes).toEqual(['REFUSED', 'REFUSED']);
    const unknown = given();
    unknown.upgrade(0x999n);
    unknown.invoke(KEY, [pay(1n)]);
    expect(unknown.replay().uses[0]?.debits).toBeUndefined();
  });

  it('reads the time of execution off a window that began, where it is not the time of the block', () => {
    const block = given(FIRST_SPEND);
    block.nowSeconds = NOW - 5n;
    block.invoke(KEY, [pay(1n)]);
    block.nowSeconds = NOW;
    const { uses, unexplained } = block.replay();
    expect(unexplained).toEqual([]);
    expect(uses).toMatchObject([{ debits: [{ windowStartSeconds: NOW - 5n, windowStarted: true }] }]);
  });

  it('takes the owner’s signature for no use', () => {
    const block = given();
    block.setPolicy(KEY, { ...TERMS, maxPerWindow: 7n });
    block.removePolicy(KEY);
    block.revoke(OTHER);
    expect(block.replay()).toMatchObject({ uses: [], unexplained: [] });
  });
});
