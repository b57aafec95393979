import { describe, expect, it } from '@jest/globals';
import type { Felt } from '#libs/felt';
import { policyChangeKinds, sessionChangeKinds } from './change-kinds.ts';
import type { PolicyPoint, SessionPoint } from './changes.repository.ts';

const live = (
  change: Partial<SessionPoint['data']> = {},
  point: Partial<SessionPoint> = {},
): SessionPoint => ({
  data: { validUntilSeconds: 50n, maxCalls: 5n, callsUsed: 1n, allowedEntrypointsLen: 0n, ...change },
  allowedEntrypoints: [],
  lifecycle: 'REGISTERED',
  lifecycleBlock: 3,
  lifecycleTransaction: undefined,
  policies: [],
  ...point,
});
const revoked = (lifecycleBlock: number): SessionPoint =>
  live({ validUntilSeconds: 0n, maxCalls: 0n, callsUsed: 0n }, { lifecycle: 'REVOKED', lifecycleBlock });
const again = (change: Partial<SessionPoint['data']> = {}) => live(change, { lifecycleBlock: 9 });

const given = (before: SessionPoint | undefined, after: SessionPoint | undefined) => ({
  then: (...kinds: string[]) => {
    expect(sessionChangeKinds(before, after)).toEqual(kinds);
    expect(sessionChangeKinds(before, after)).toEqual(kinds);
  },
});

describe('what happened to a session key', () => {
  it('is nothing where nothing did', () => {
    given(live(), live()).then();
    given(revoked(3), revoked(3)).then();
    given(undefined, undefined).then();
  });

  it('is a grant, with the calls it was used for since', () => {
    given(undefined, live({ callsUsed: 0n })).then('GRANTED');
    given(undefined, live()).then('GRANTED', 'USED');
  });

  it('is a grant and a revoke where neither stands at the ends', () => {
    given(undefined, revoked(9)).then('GRANTED', 'REVOKED');
    given(revoked(3), revoked(9)).then('GRANTED_AGAIN', 'REVOKED');
    given(live(), revoked(9)).then('REVOKED');
  });

  it('is a grant again, with what it changed', () => {
    given(revoked(3), again({ callsUsed: 0n })).then('GRANTED_AGAIN');
    given(live(), again({ callsUsed: 0n })).then('GRANTED_AGAIN');
    given(live(), again({ callsUsed: 1n, maxCalls: 9n, validUntilSeconds: 60n })).then(
      'GRANTED_AGAIN',
      'EXPIRY_CHANGED',
      'MAX_CALLS_CHANGED',
      'USED',
    );
  });

  it('is another list, also where only its length is known', () => {
    const list = (...entries: bigint[]) => ({ allowedEntrypoints: entries as Felt[] });
    given(live({}, list(1n)), live({}, list(1n, 2n))).then('LIST_CHANGED');
    given(live({}, list(1n, 2n)), live({}, list(2n, 1n))).then('LIST_CHANGED');
    const unknown = { allowedEntrypoints: undefined };
    given(live({ allowedEntrypointsLen: 1n }, unknown), live({ allowedEntrypointsLen: 2n }, unknown)).then(
      'LIST_CHANGED',
    );
  });

  it('is use', () => given(live(), live({ callsUsed: 2n })).then('USED'));
});

describe('what happened to a policy', () => {
  const policy = {
    maxPerCall: 1n,
    maxPerWindow: 10n,
    windowSeconds: 60n,
    spentInWindow: 0n,
    windowStartSeconds: 5n,
  };
  const set = (lifecycleBlock: number, terms: Partial<typeof policy> = {}): PolicyPoint => ({
    policy: { ...policy, ...terms },
    lifecycle: 'SET',
    lifecycleBlock,
  });
  const removed = (lifecycleBlock: number): PolicyPoint => ({
    policy: {
      maxPerCall: 0n,
      maxPerWindow: 0n,
      windowSeconds: 0n,
      spentInWindow: 0n,
      windowStartSeconds: 0n,
    },
    lifecycle: 'REMOVED',
    lifecycleBlock,
  });

  it.each([
    ['nothing', set(3), set(3), 0n, []],
    ['set', undefined, set(9), 0n, ['SET']],
    ['set after it was removed', removed(3), set(9), 0n, ['SET']],
    ['set again as it was', set(3), set(9), 0n, ['SET_AGAIN']],
    ['set again otherwise', set(3), set(9, { maxPerWindow: 11n }), 0n, ['SET_AGAIN', 'LIMITS_CHANGED']],
    ['removed', set(3), removed(9), 0n, ['REMOVED']],
    ['set and removed', undefined, removed(9), 0n, []],
    ['spent', set(3), set(3, { spentInWindow: 4n }), 4n, ['SPENT']],
    ['spent, nobody knows how much', set(3), set(9), undefined, ['SET_AGAIN']],
  ] as const)('%s', (_what, before, after, spent, kinds) =>
    expect(policyChangeKinds(before, after, spent)).toEqual(kinds),
  );
});
