import { describe, expect, it } from '@jest/globals';
import { ADDRESS_BOUND, selectorOf, splitU256, toFelt, U128_MAX, U32_MAX, U64_MAX } from '#libs/felt';
import fc from 'fast-check';
import {
  ACCOUNT,
  anyAddress,
  anyFelt,
  anySessionKey,
  anyTerms,
  anyU32,
  anyU64,
  codeOf,
  KEY,
  TOKEN,
} from '../../spec/account.builder.ts';
import { decodeAccountEvent } from './decode-account-event.ts';
import { compileEventShapes } from './event-shape.ts';
import { SESSION_EVENT_SELECTORS, STANDARD_EVENT_SHAPES } from './standard-event-shapes.ts';

const event = (name: string, keys: readonly bigint[], data: readonly bigint[] = []) => ({
  fromAddress: ACCOUNT,
  keys: [selectorOf(name), ...keys.map(toFelt)],
  data: data.map(toFelt),
});
const decode = (...parts: Parameters<typeof event>) =>
  decodeAccountEvent(event(...parts), STANDARD_EVENT_SHAPES);

describe('account events of the standard', () => {
  it('reads a grant: the whitelist is not in it', () => {
    fc.assert(
      fc.property(anySessionKey, anyU64, anyU32, (sessionKey, validUntilSeconds, maxCalls) => {
        const decoded = decode('SessionKeyAdded', [sessionKey], [validUntilSeconds, maxCalls]);
        expect(decoded).toEqual({ kind: 'SessionKeyAdded', sessionKey, validUntilSeconds, maxCalls });
      }),
    );
  });

  it('reads a revoke', () =>
    expect(decode('SessionKeyRevoked', [KEY])).toEqual({ kind: 'SessionKeyRevoked', sessionKey: KEY }));

  it('reads a policy, low halves first', () => {
    fc.assert(
      fc.property(anySessionKey, anyAddress, anyTerms, (sessionKey, token, terms) => {
        const data = [...splitU256(terms.maxPerCall), ...splitU256(terms.maxPerWindow), terms.windowSeconds];
        const decoded = decode('SpendingPolicySet', [sessionKey, token], data);
        expect(decoded).toEqual({ kind: 'SpendingPolicySet', sessionKey, token, ...terms });
      }),
    );
  });

  it('reads the removal of a policy', () =>
    expect(decode('SpendingPolicyRemoved', [KEY, TOKEN])).toEqual({
      kind: 'SpendingPolicyRemoved',
      sessionKey: KEY,
      token: TOKEN,
    }));

  it('reads a failed inner call, to nobody too', () => {
    expect(decode('CallFailed', [2n], [TOKEN, 5n])).toEqual({
      kind: 'CallFailed',
      callIndex: 2,
      to: TOKEN,
      selector: 5n,
    });
    expect(decode('CallFailed', [0n], [0n, 5n])).toMatchObject({ to: 0n });
  });

  it('reads modes, owners and upgrades', () => {
    expect(decode('SessionSignatureModeUpdated', [], [0n, 2n])).toEqual({
      kind: 'SessionSignatureModeUpdated',
      oldMode: 0n,
      newMode: 2n,
    });
    expect(decode('OwnerAdded', [9n])).toEqual({ kind: 'OwnerAdded', ownerGuid: 9n });
    expect(decode('OwnerRemoved', [9n])).toEqual({ kind: 'OwnerRemoved', ownerGuid: 9n });
    expect(decode('Upgraded', [], [9n])).toEqual({ kind: 'Upgraded', classHash: 9n });
  });

  it('leaves what is not ours to others', () => {
    expect(decode('Transfer', [1n, 2n], [3n, 0n])).toBeUndefined();
    expect(
      decodeAccountEvent({ fromAddress: ACCOUNT, keys: [], data: [toFelt(1)] }, STANDARD_EVENT_SHAPES),
    ).toBeUndefined();
    fc.assert(
      fc.property(fc.array(anyFelt, { maxLength: 4 }), fc.array(anyFelt, { maxLength: 6 }), (keys, data) =>
        expect(
          decodeAccountEvent({ fromAddress: ACCOUNT, keys, data }, STANDARD_EVENT_SHAPES),
        ).toBeUndefined(),
      ),
    );
  });

  it.each<[string, Parameters<typeof event>]>([
    ['a grant with everything in data', ['SessionKeyAdded', [], [KEY, 1n, 1n]]],
    ['a grant without max calls', ['SessionKeyAdded', [KEY], [1n]]],
    ['a grant with a felt more', ['SessionKeyAdded', [KEY], [1n, 1n, 0n]]],
    ['a grant with a key more', ['SessionKeyAdded', [KEY, 1n], [1n, 1n]]],
    ['an expiry beyond u64', ['SessionKeyAdded', [KEY], [U64_MAX + 1n, 1n]]],
    ['max calls beyond u32', ['SessionKeyAdded', [KEY], [1n, U32_MAX + 1n]]],
    ['a revoke without its key', ['SessionKeyRevoked', []]],
    ['a revoke with data', ['SessionKeyRevoked', [KEY], [1n]]],
    ['a policy on no token', ['SpendingPolicySet', [KEY], [TOKEN, 1n, 0n, 1n, 0n, 1n]]],
    ['a policy on a token out of range', ['SpendingPolicySet', [KEY, ADDRESS_BOUND], [1n, 0n, 1n, 0n, 1n]]],
    ['an amount half beyond u128', ['SpendingPolicySet', [KEY, TOKEN], [U128_MAX + 1n, 0n, 1n, 0n, 1n]]],
    ['a window beyond u64', ['SpendingPolicySet', [KEY, TOKEN], [1n, 0n, 1n, 0n, U64_MAX + 1n]]],
    ['a mode beyond u8', ['SessionSignatureModeUpdated', [], [0n, 256n]]],
  ])('calls %s malformed', (_, parts) => expect(codeOf(() => decode(...parts))).toBe('EVENT_MALFORMED'));

  it('never gives a half decoded event: cut anywhere it is malformed', () => {
    const whole = event('SpendingPolicySet', [KEY, TOKEN], [1n, 0n, 1n, 0n, 1n]);
    for (let cut = 0; cut < 5; cut += 1) {
      const part = { ...whole, data: whole.data.slice(0, cut) };
      expect(codeOf(() => decodeAccountEvent(part, STANDARD_EVENT_SHAPES))).toBe('EVENT_MALFORMED');
    }
  });

  it('names the selectors a node is asked for', () => {
    expect(SESSION_EVENT_SELECTORS).toContain(selectorOf('SpendingPolicySet'));
    expect(STANDARD_EVENT_SHAPES.selectors).toEqual(expect.arrayContaining([...SESSION_EVENT_SELECTORS]));
  });
});

describe('compiled shapes', () => {
  const member = { name: 'sessionKey', type: 'felt' } as const;

  it('calls an event malformed whose layout its class does not let us read', () => {
    const shapes = compileEventShapes([
      {
        kind: 'SessionKeyAdded',
        path: ['SessionKeyAdded'],
        keys: [],
        data: [],
        unreadable: 'no member for maxCalls',
      },
    ]);
    expect(() => decodeAccountEvent(event('SessionKeyAdded', [KEY]), shapes)).toThrow(
      'no member for maxCalls',
    );
    expect(codeOf(() => decodeAccountEvent(event('SessionKeyAdded', [KEY]), shapes))).toBe('EVENT_MALFORMED');
  });

  it('follow selectors of nested components, and know them apart from the component alone', () => {
    const shapes = compileEventShapes([
      { kind: 'SessionKeyRevoked', path: ['SessionEvent', 'SessionKeyRevoked'], keys: [member], data: [] },
    ]);
    const nested = event('SessionEvent', [selectorOf('SessionKeyRevoked'), KEY]);
    expect(decodeAccountEvent(nested, shapes)).toEqual({ kind: 'SessionKeyRevoked', sessionKey: KEY });
    expect(decodeAccountEvent(event('SessionEvent', [selectorOf('Other'), KEY]), shapes)).toBeUndefined();
    expect(decodeAccountEvent(event('SessionEvent', []), shapes)).toBeUndefined();
    expect(decodeAccountEvent(event('SessionKeyRevoked', [KEY]), shapes)).toBeUndefined();
    expect(shapes.selectors).toEqual([selectorOf('SessionEvent')]);
  });
});
