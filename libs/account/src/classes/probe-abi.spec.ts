import { describe, expect, it } from '@jest/globals';
import { selectorOf, toFelt, U64_MAX } from '#libs/felt';
import {
  cairo0Abi,
  cairo1Abi,
  cairo2Abi,
  enumEvent,
  sessionEvents,
  sessionFunctions,
  structEvent,
  structs,
} from '../../spec/abi.builder.ts';
import { ACCOUNT, codeOf, KEY, TOKEN } from '../../spec/account.builder.ts';
import { decodeAccountEvent } from '../events/decode-account-event.ts';
import { capabilitiesFromJson, capabilitiesToJson } from './capabilities-json.ts';
import { probeAbi } from './probe-abi.ts';

const decode = (abi: unknown, names: readonly string[], keys: readonly bigint[], data: readonly bigint[]) =>
  decodeAccountEvent(
    { fromAddress: ACCOUNT, keys: [...names.map(selectorOf), ...keys.map(toFelt)], data: data.map(toFelt) },
    probeAbi(abi).eventShapes,
  );
const grant = { kind: 'SessionKeyAdded', sessionKey: KEY, validUntilSeconds: 9n, maxCalls: 5n };

describe('probe of an ABI', () => {
  it('finds sessions and policies inside interfaces, as JSON and as text', () => {
    const capabilities = probeAbi(cairo2Abi('flat'));
    expect(capabilities).toMatchObject({
      sessions: true,
      policies: true,
      fourWordSessionData: true,
      missing: [],
    });
    expect(probeAbi(JSON.stringify(cairo2Abi('flat')))).toEqual(capabilities);
  });

  it('says what is missing', () => {
    const withoutPolicies = cairo2Abi('flat').filter((item) => item.name !== 'policy::IPolicy');
    const { sessions, policies, missing } = probeAbi(withoutPolicies);
    expect([sessions, policies]).toEqual([true, false]);
    expect(missing).toEqual(['set_spending_policy', 'remove_spending_policy', 'get_spending_policy']);
    expect(probeAbi([])).toMatchObject({ sessions: false, policies: false, outsideExecutionV2: false });
    expect(probeAbi([]).missing).toContain('event SessionKeyAdded');
  });

  it('does not take a name for a shape: other arguments and other answers are missing', () => {
    const [grantFunction, ...rest] = sessionFunctions;
    const otherArguments = [...structs, { ...grantFunction, inputs: [] }, ...rest, ...sessionEvents];
    expect(probeAbi(otherArguments).missing).toContain('add_or_update_session_key (other arguments)');
    const otherAnswer = cairo2Abi('flat').map((item) =>
      item.name === 'account::SessionData'
        ? { ...item, members: [{ name: 'active', type: 'core::bool' }] }
        : item,
    );
    expect(probeAbi(otherAnswer)).toMatchObject({ sessions: false, fourWordSessionData: false });
    expect(probeAbi(otherAnswer).missing).toEqual(['get_session_data (other answer)']);
  });

  it('tells nothing about rules', () => {
    const names = Object.keys(probeAbi(cairo2Abi('flat')));
    for (const rule of ['windowRule', 'adminGuard', 'selfCallGuard']) expect(names).not.toContain(rule);
  });

  it.each([
    ['text', 'not json'],
    ['an object', {}],
    ['nothing', null],
    ['a number', 5],
  ])('refuses %s', (_, abi) => expect(codeOf(() => probeAbi(abi))).toBe('INVALID_ABI'));

  it('survives items that are none', () =>
    expect(
      probeAbi([null, 5, { type: 'event' }, { type: 'function', name: 7 }, { type: 'interface' }]).sessions,
    ).toBe(false));

  it('comes back from storage as it went in', () => {
    for (const abi of [cairo2Abi('nested'), cairo1Abi, cairo0Abi]) {
      const capabilities = probeAbi(abi);
      const stored: unknown = JSON.parse(JSON.stringify(capabilitiesToJson(capabilities)));
      expect(capabilitiesFromJson(stored)).toEqual(capabilities);
    }
    expect(codeOf(() => capabilitiesFromJson({}))).toBe('INVALID_CAPABILITIES');
  });
});

describe('event shapes of an ABI', () => {
  it('Cairo 2, flat component: the selector of the event alone', () => {
    expect(decode(cairo2Abi('flat'), ['SessionKeyAdded'], [KEY], [9n, 5n])).toEqual(grant);
    expect(decode(cairo2Abi('flat'), ['SpendingPolicyRemoved'], [KEY, TOKEN], [])).toMatchObject({
      token: TOKEN,
    });
  });

  it('Cairo 2, nested component: the selector of the component stands before it', () => {
    const abi = cairo2Abi('nested');
    expect(decode(abi, ['SessionEvent', 'SessionKeyAdded'], [KEY], [9n, 5n])).toEqual(grant);
    expect(decode(abi, ['SessionKeyAdded'], [KEY], [9n, 5n])).toBeUndefined();
    expect(probeAbi(abi).eventShapes.selectors).toEqual(['SessionEvent', 'PolicyEvent'].map(selectorOf));
  });

  it('Cairo 2: the name of the variant is hashed, not that of the struct', () => {
    const abi = [
      structEvent('old::Granted', {
        '#session_key': 'core::felt252',
        valid_until: 'core::integer::u64',
        max_calls: 'core::integer::u32',
      }),
      enumEvent('old::Event', { SessionKeyAdded: 'old::Granted' }),
    ];
    expect(decode(abi, ['SessionKeyAdded'], [KEY], [9n, 5n])).toEqual(grant);
    expect(decode(abi, ['Granted'], [KEY], [9n, 5n])).toBeUndefined();
  });

  it('Cairo 1: an older relative with everything in data, more members, another name', () => {
    expect(decode(cairo1Abi, ['SessionKeyRegistered'], [], [KEY, 1n, 9n, 5n])).toEqual(grant);
    expect(decode(cairo1Abi, ['SessionKeyRevoked'], [], [KEY])).toEqual({
      kind: 'SessionKeyRevoked',
      sessionKey: KEY,
    });
    expect(probeAbi(cairo1Abi)).toMatchObject({ sessions: true, policies: false });
  });

  it('Cairo 1: its own layout is strict too, members nobody asked for included', () => {
    const tooBig = [KEY, U64_MAX + 1n, 9n, 5n];
    expect(codeOf(() => decode(cairo1Abi, ['SessionKeyRegistered'], [], tooBig))).toBe('EVENT_MALFORMED');
    expect(codeOf(() => decode(cairo1Abi, ['SessionKeyRegistered'], [KEY], [1n, 9n, 5n]))).toBe(
      'EVENT_MALFORMED',
    );
  });

  it('Cairo 0: keys and data, untyped felts still checked as the standard types them', () => {
    expect(decode(cairo0Abi, ['SessionKeyAdded'], [], [KEY, 9n, 5n])).toEqual(grant);
    expect(decode(cairo0Abi, ['SessionKeyRevoked'], [KEY], [])).toMatchObject({ sessionKey: KEY });
    expect(codeOf(() => decode(cairo0Abi, ['SessionKeyAdded'], [], [KEY, U64_MAX + 1n, 5n]))).toBe(
      'EVENT_MALFORMED',
    );
  });

  it('members by name, whatever their order', () => {
    const abi = [
      structEvent('SessionKeyAdded', { max_calls: 'u32', valid_until: 'u64', '#session_key': 'felt252' }),
    ];
    expect(decode(abi, ['SessionKeyAdded'], [KEY], [5n, 9n])).toEqual(grant);
  });

  it('an event of ours that cannot be read is malformed, and the class is refused for it', () => {
    const abi = [
      ...structs,
      ...sessionFunctions,
      {
        type: 'event',
        name: 'SessionKeyRegistered',
        inputs: [
          { name: 'key', type: 'felt' },
          { name: 'valid_until', type: 'felt' },
        ],
      },
      {
        type: 'event',
        name: 'SessionKeyRevoked',
        inputs: [{ name: 'key', type: '(core::felt252, core::felt252)' }],
      },
    ];
    expect(probeAbi(abi).sessions).toBe(false);
    expect(probeAbi(abi).missing).toEqual(
      expect.arrayContaining([
        'event SessionKeyAdded (no member for maxCalls)',
        'event SessionKeyRevoked (a member has no fixed layout)',
      ]),
    );
    expect(codeOf(() => decode(abi, ['SessionKeyRegistered'], [], [KEY, 9n]))).toBe('EVENT_MALFORMED');
  });

  it('structs inside events are laid out member by member', () => {
    const abi = [
      {
        type: 'struct',
        name: 'Id',
        members: [
          { name: 'low', type: 'felt' },
          { name: 'list', type: 'core::array::Span::<core::felt252>' },
        ],
      },
      structEvent('AgentIdSet', { '#agent_id': 'Id' }),
    ];
    expect(decode(abi, ['AgentIdSet'], [7n, 2n, 8n, 9n], [])).toEqual({
      kind: 'AgentIdSet',
      members: { 'agent_id.low': 7n, 'agent_id.list': [8n, 9n] },
    });
  });

  it('ends on an ABI that names itself', () => {
    const loop = [
      enumEvent('a::Event', { ABC: 'b::Event' }),
      enumEvent('b::Event', { ABC: 'b::Event', SessionKeyRevoked: 'missing' }),
    ];
    expect(probeAbi(loop).sessions).toBe(false);
  });
});
