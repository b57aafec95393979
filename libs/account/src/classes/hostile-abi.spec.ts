import { describe, expect, it } from '@jest/globals';
import { selectorOf } from '#libs/felt';
import {
  cairo2Abi,
  enumEvent,
  sessionEvents,
  sessionFunctions,
  structEvent,
  structs,
} from '../../spec/abi.builder.ts';
import { codeOf } from '../../spec/account.builder.ts';
import { capabilitiesToJson } from './capabilities-json.ts';
import { probeAbi } from './probe-abi.ts';

const LEVELS = 7;
const FAN_OUT = 40;
const fan = (type: string) => Array.from({ length: FAN_OUT }, (_, index) => ({ name: `m${index}`, type }));

/** Structs that each hold the next one many times: 40^7 members in 7 short entries. */
const fanOfStructs = (last: string) =>
  Array.from({ length: LEVELS }, (_, level) => ({
    type: 'struct',
    name: `S${level}`,
    members: fan(level + 1 < LEVELS ? `S${level + 1}` : last),
  }));
const fanOfEnums = (last: string) =>
  Array.from({ length: LEVELS }, (_, level) => ({
    ...enumEvent(`E${level}`, {}),
    variants: fan(level + 1 < LEVELS ? `E${level + 1}` : last),
  }));

describe('an ABI written to do harm', () => {
  it('is refused at once where structs hold each other many times over', () => {
    const event = structEvent('AgentIdSet', { id: 'S0' });
    expect(codeOf(() => probeAbi([...fanOfStructs('core::felt252'), event]))).toBe('INVALID_ABI');
  });

  it('is read at once where such structs end in something without a layout', () => {
    const event = structEvent('SessionKeyRevoked', { key: 'S0' });
    expect(probeAbi([...fanOfStructs('nothing'), event]).missing).toContain(
      'event SessionKeyRevoked (a member has no fixed layout)',
    );
  });

  it('is refused at once where enums hold each other many times over', () => {
    const revoked = enumEvent('Last', { SessionKeyRevoked: 'Revoked' });
    const abi = [...fanOfEnums('Last'), revoked, structEvent('Revoked', { '#key': 'core::felt252' })];
    expect(codeOf(() => probeAbi(abi))).toBe('INVALID_ABI');
  });

  it('is read at once where such enums hold no event of ours', () =>
    expect(probeAbi(fanOfEnums('nothing')).eventShapes.shapes).toEqual([]));

  it('is refused with entries without end', () =>
    expect(codeOf(() => probeAbi(Array.from({ length: 10_001 }, () => ({ type: 'event' }))))).toBe(
      'INVALID_ABI',
    ));

  it('is refused with events of ours without end', () => {
    const events = Array.from({ length: 301 }, () => structEvent('SessionKeyRevoked', {}));
    expect(codeOf(() => probeAbi(events))).toBe('INVALID_ABI');
  });

  it('is refused with arguments without end', () => {
    const inputs = Array.from({ length: 301 }, () => ({ name: 'a', type: 'felt' }));
    const abi = [{ type: 'function', name: 'revoke_session_key', inputs }];
    expect(codeOf(() => probeAbi(abi))).toBe('INVALID_ABI');
  });

  it('is refused with structs or enums inside each other without end', () => {
    const chain = Array.from({ length: 5_000 }, (_, level) => ({
      type: 'struct',
      name: `S${level}`,
      members: [{ name: 'm', type: `S${level + 1}` }],
    }));
    expect(codeOf(() => probeAbi([...chain, structEvent('AgentIdSet', { id: 'S0' })]))).toBe('INVALID_ABI');
    const enums = chain.map(({ name, members }) => ({ ...enumEvent(name, {}), variants: members }));
    expect(codeOf(() => probeAbi(enums))).toBe('INVALID_ABI');
  });

  it.each([
    ['a NUL', 'agent\u0000id'],
    ['half a surrogate pair', 'agent\ud800'],
    ['a line break', 'agent\nid'],
    ['no end', 'a'.repeat(201)],
    ['nothing', ''],
    ['the name of a prototype', '__proto__'],
  ])('has no readable event where a member is named with %s', (_, member) => {
    const abi = [structEvent('SessionKeyRevoked', { '#session_key': 'felt' })];
    abi[0]!.members.push({ name: member, type: 'felt', kind: 'data' });
    const capabilities = probeAbi(abi);
    expect(capabilities.missing).toContain('event SessionKeyRevoked (a member has no proper name)');
    const stored = JSON.stringify(capabilitiesToJson(capabilities));
    expect(stored).not.toMatch(/\\u/);
    expect(stored).not.toContain('aaa');
  });

  it('is refused where a component around our events is named with what no database takes', () => {
    const wrapped = (name: string) => [
      ...sessionEvents,
      enumEvent('account::Event', { [name]: 'account::SessionComponent::Event' }),
    ];
    expect(codeOf(() => probeAbi(wrapped('Session\u0000')))).toBe('INVALID_ABI');
    expect(codeOf(() => probeAbi(wrapped('Session\udfff')))).toBe('INVALID_ABI');
    expect(probeAbi(wrapped('Session')).eventShapes.selectors).toEqual([selectorOf('Session')]);
  });

  it.each(['constructor', 'toString', '__proto__', 'a::hasOwnProperty'])(
    'has no layout for a member of type %s',
    (type) =>
      expect(probeAbi([structEvent('SessionKeyRevoked', { key: type })]).missing).toContain(
        'event SessionKeyRevoked (a member has no fixed layout)',
      ),
  );
});

describe('a real ABI', () => {
  it('names one struct in many places and is read as before', () => {
    const abi = [...structs, ...sessionFunctions, ...cairo2Abi('nested')];
    expect(probeAbi(abi)).toMatchObject({ sessions: true, policies: true, missing: [] });
  });

  it('has flat variants of structs: the name before them tells the event', () => {
    const abi = [
      structEvent('Inner', { '#session_key': 'felt' }),
      enumEvent('Kinds', { '~Whatever': 'Inner' }),
      enumEvent('Event', { SessionKeyRevoked: 'Kinds', Other: 'Kinds' }),
    ];
    expect(probeAbi(abi).eventShapes.shapes).toMatchObject([
      { kind: 'SessionKeyRevoked', path: ['SessionKeyRevoked'] },
    ]);
  });
});
