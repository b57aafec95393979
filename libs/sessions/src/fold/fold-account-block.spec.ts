import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  compileEventShapes,
  entrypointSlot,
  type EventMember,
  type EventShapes,
  policySlotBase,
  sessionDataToFelts,
  sessionSlotBase,
  slotAt,
  spendingPolicyToFelts,
  STANDARD_EVENT_SHAPES,
} from '#libs/account';
import {
  type Address,
  type Felt,
  selectorOf,
  type SessionKey,
  snKeccak,
  toAddress,
  toClassHash,
  toFelt,
  toSessionKey,
} from '#libs/felt';
import type { AccountBlock, AccountChanges, LocatedEvent } from './account-block.ts';
import { type AccountState, allowedEntrypointsOf, policyIdOf } from './account-state.ts';
import { emptyAccountState } from './account-states.repository.ts';
import { applyChanges, foldAccountBlock } from './fold-account-block.ts';

const ACCOUNT = toAddress(0xacc0n);
const KEY = toSessionKey(0x5e55n);
const TOKEN = toAddress(0x70ce4n);
const TRANSFER = selectorOf('transfer');
const APPROVE = selectorOf('approve');

const event = (name: string, keys: bigint[], data: bigint[], at = 0): LocatedEvent => ({
  fromAddress: ACCOUNT,
  keys: [snKeccak(name), ...keys.map(toFelt)],
  data: data.map(toFelt),
  transactionIndex: at,
  transactionHash: toFelt(0x1000n + BigInt(at)),
  eventIndex: 0,
});

const added = (validUntil: bigint, maxCalls: bigint, at = 0) =>
  event('SessionKeyAdded', [KEY], [validUntil, maxCalls], at);
const revoked = (at = 0) => event('SessionKeyRevoked', [KEY], [], at);
const policySet = (perCall: bigint, perWindow: bigint, window: bigint) =>
  event('SpendingPolicySet', [KEY, TOKEN], [perCall, 0n, perWindow, 0n, window]);

const words = (base: Felt, felts: readonly (bigint | undefined)[]): [bigint, Felt][] =>
  felts.flatMap((felt, offset) => (felt === undefined ? [] : [[slotAt(base, offset), toFelt(felt)]]));

const sessionDiff = (key: SessionKey, ...felts: (bigint | undefined)[]) => words(sessionSlotBase(key), felts);
const policyDiff = (...felts: (bigint | undefined)[]) => words(policySlotBase(KEY, TOKEN), felts);
const list = (...entries: bigint[]): [bigint, Felt][] =>
  entries.map((entry, index) => [entrypointSlot(KEY, index), toFelt(entry)]);

describe('folding a block over an account', () => {
  let state: AccountState;
  let blockNumber: number;

  beforeEach(() => {
    state = emptyAccountState(ACCOUNT);
    blockNumber = 0;
  });

  const fold = (
    events: LocatedEvent[],
    diff: [bigint, Felt][],
    more: Partial<AccountBlock> = {},
  ): AccountChanges => {
    blockNumber += 1;
    const storage = new Map(diff);
    const changes = foldAccountBlock(state, {
      blockNumber,
      events,
      storage,
      ownerGrants: [],
      newClass: undefined,
      ...more,
    });
    state = applyChanges(state, changes);
    return changes;
  };
  const session = () => state.sessions.get(KEY);
  const grant = () =>
    fold([added(100n, 3n)], [...sessionDiff(KEY, 100n, 3n, undefined, 2n), ...list(TRANSFER, APPROVE)]);

  it('takes a granted key from its event and its words from the diff', () => {
    const { facts } = grant();
    expect(sessionDataToFelts(session()!.data)).toEqual([100n, 3n, 0n, 2n]);
    expect(allowedEntrypointsOf(session()!)).toEqual([TRANSFER, APPROVE]);
    expect(session()!.lifecycle).toBe('REGISTERED');
    expect(facts.map(({ kind }) => kind)).toEqual(['SessionKeyAdded', 'SessionStateChanged']);
  });

  it('counts uses that no event tells of', () => {
    grant();
    const changes = fold([], sessionDiff(KEY, undefined, undefined, 2n));
    expect(session()!.data.callsUsed).toBe(2n);
    expect(allowedEntrypointsOf(session()!)).toEqual([TRANSFER, APPROVE]);
    expect(changes.facts).toMatchObject([
      {
        kind: 'SessionStateChanged',
        payload: { before: ['100', '3', '0', '2'], after: ['100', '3', '2', '2'] },
      },
    ]);
  });

  it('keeps the uses where a use, a grant and a use leave the counter as it was', () => {
    grant();
    fold([], sessionDiff(KEY, undefined, undefined, 1n));
    const changes = fold([added(100n, 3n)], []);
    expect(session()!.data.callsUsed).toBe(1n);
    expect(allowedEntrypointsOf(session()!)).toEqual([TRANSFER, APPROVE]);
    expect(changes.deadLetters).toEqual([]);
  });

  it('keeps a revoked key, with nothing left', () => {
    grant();
    fold([revoked()], [...sessionDiff(KEY, 0n, 0n, 0n, 0n), ...list(0n, 0n)]);
    expect(sessionDataToFelts(session()!.data)).toEqual([0n, 0n, 0n, 0n]);
    expect(session()!.lifecycle).toBe('REVOKED');
    expect(allowedEntrypointsOf(session()!)).toEqual([]);
  });

  it('knows a key that is granted and revoked in one block', () => {
    fold([added(100n, 3n, 0), revoked(1)], []);
    expect(session()!.lifecycle).toBe('REVOKED');
    expect(session()!.data.validUntilSeconds).toBe(0n);
  });

  it('keeps list entries that a new grant did not change', () => {
    grant();
    fold([added(200n, 9n)], [...sessionDiff(KEY, 200n, 9n), [entrypointSlot(KEY, 1), TRANSFER]]);
    expect(allowedEntrypointsOf(session()!)).toEqual([TRANSFER, TRANSFER]);
  });

  it('says that a list is unknown rather than guess an entry', () => {
    grant();
    fold([added(200n, 9n)], sessionDiff(KEY, 200n, 9n, undefined, 3n));
    expect(allowedEntrypointsOf(session()!)).toBeUndefined();
    expect(session()!.data.allowedEntrypointsLen).toBe(3n);
  });

  it('takes a list that storage says is absurdly long as unknown', () => {
    fold([added(100n, 3n)], sessionDiff(KEY, 100n, 3n, 0n, 4_294_967_295n));
    expect(allowedEntrypointsOf(session()!)).toBeUndefined();
  });

  it('computes no slot for a list that the diff cannot fill', () => {
    fold([added(100n, 3n)], sessionDiff(KEY, 100n, 3n, 0n, 900n));
    expect(session()!.entrypointSlots).toEqual([]);
    expect(allowedEntrypointsOf(session()!)).toBeUndefined();
    expect(session()!.data.allowedEntrypointsLen).toBe(900n);
  });

  it('computes no slot of an unknown list in a block without a grant', () => {
    grant();
    const unread = { ...session()!, entrypoints: [], entrypointSlots: [] };
    state = { ...state, sessions: new Map([[KEY, unread]]) };
    fold([], sessionDiff(KEY, undefined, undefined, 1n));
    expect(session()!.entrypointSlots).toEqual([]);
    expect(session()!.data.callsUsed).toBe(1n);
  });

  it('looks up so many entries in one block, whatever the number of keys', () => {
    const keys = [1n, 2n, 3n, 4n].map(toSessionKey);
    const other = Array.from({ length: 600 }, (_, index): [bigint, Felt] => [BigInt(index), toFelt(1)]);
    fold(
      keys.map((key) => event('SessionKeyAdded', [key], [100n, 3n])),
      [...keys.flatMap((key) => sessionDiff(key, 100n, 3n, 0n, 600n)), ...other],
    );
    expect(keys.map((key) => state.sessions.get(key)!.entrypointSlots.length)).toEqual([600, 600, 600, 0]);
    expect(allowedEntrypointsOf(state.sessions.get(keys[3]!)!)).toBeUndefined();
  });

  describe('where the class changes', () => {
    const keyed: EventMember = { name: 'sessionKey', type: 'felt' };
    const shapesNamed = (name: string): EventShapes =>
      compileEventShapes([{ kind: 'SessionKeyRevoked', path: [name], keys: [keyed], data: [] }]);
    const newClass = { classHash: toClassHash(0xbn), eventShapes: shapesNamed('Closed') };

    it('reads events of the class before, of the class after, and the standard’s for one between', () => {
      state = { ...state, classHash: toClassHash(0xan), eventShapes: shapesNamed('Ended') };
      const events = ['Ended', 'Closed', 'SessionKeyRevoked'].map((name, at) => event(name, [KEY], [], at));
      const { facts, deadLetters } = fold(events, [], { newClass });
      expect(facts.filter(({ kind }) => kind === 'SessionKeyRevoked')).toHaveLength(3);
      expect(deadLetters).toEqual([]);
    });

    it('reads an event of a new account by its class before the standard’s', () => {
      const swapped = compileEventShapes([
        {
          kind: 'SessionKeyAdded',
          path: ['SessionKeyAdded'],
          keys: [keyed],
          data: [
            { name: 'maxCalls', type: 'u32' },
            { name: 'validUntilSeconds', type: 'u64' },
          ],
        },
      ]);
      const classOf = { classHash: toClassHash(0xbn), eventShapes: swapped };
      const { deadLetters } = fold([added(3n, 100n)], sessionDiff(KEY, 100n, 3n), { newClass: classOf });
      expect(deadLetters).toEqual([]);
    });

    it('keeps to the shapes of a known class that stays', () => {
      state = { ...state, classHash: toClassHash(0xan), eventShapes: shapesNamed('Ended') };
      expect(STANDARD_EVENT_SHAPES.selectors).toContain(selectorOf('SessionKeyRevoked'));
      expect(fold([revoked()], []).facts).toEqual([]);
    });
  });

  it('keeps the members of an event whose layout differs from class to class', () => {
    const members: EventMember[] = [
      { name: 'agent_id.low', type: 'u128' },
      { name: 'list', type: 'felts' },
      { name: 'token', type: 'felt' },
    ];
    const eventShapes = compileEventShapes([
      { kind: 'AgentIdSet', path: ['AgentIdSet'], keys: [], data: members },
    ]);
    state = { ...state, eventShapes };
    expect(fold([event('AgentIdSet', [], [26n, 2n, 1n, 255n, 7n])], []).facts).toMatchObject([
      {
        kind: 'AgentIdSet',
        payload: { 'agent_id.low': '0x1a', list: ['0x1', '0xff'], token: '0x7' },
      },
    ]);
  });

  it('follows a policy through set, spend and removal', () => {
    const policy = () => spendingPolicyToFelts(state.policies.get(policyIdOf(KEY, TOKEN))!.policy);
    fold(
      [policySet(5n, 20n, 3600n)],
      policyDiff(5n, undefined, 20n, undefined, 3600n, undefined, undefined, 77n),
    );
    expect(policy()).toEqual([5n, 0n, 20n, 0n, 3600n, 0n, 0n, 77n]);
    fold([], policyDiff(undefined, undefined, undefined, undefined, undefined, 4n));
    expect(policy()).toEqual([5n, 0n, 20n, 0n, 3600n, 4n, 0n, 77n]);
    fold([event('SpendingPolicyRemoved', [KEY, TOKEN], [])], policyDiff(0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n));
    expect(policy()).toEqual([0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n]);
    expect(state.policies.get(policyIdOf(KEY, TOKEN))!.lifecycle).toBe('REMOVED');
  });

  it('sets aside an event of the right name and the wrong shape, and folds nothing of it', () => {
    const changes = fold([event('SessionKeyAdded', [KEY], [100n])], []);
    expect(changes.deadLetters).toMatchObject([{ code: 'EVENT_MALFORMED' }]);
    expect(state.sessions.size).toBe(0);
  });

  it('believes the diff over the event, and says that they differ', () => {
    const changes = fold([added(100n, 3n)], sessionDiff(KEY, 100n, 4n));
    expect(session()!.data.maxCalls).toBe(4n);
    expect(changes.deadLetters).toMatchObject([{ code: 'EVENT_STATE_MISMATCH' }]);
  });

  it('refuses words beyond their type without touching what was known', () => {
    grant();
    const changes = fold([], sessionDiff(KEY, undefined, 2n ** 32n));
    expect(changes.deadLetters).toMatchObject([{ code: 'SESSION_INVALID_RESPONSE', event: undefined }]);
    expect(session()!.data.maxCalls).toBe(3n);
  });

  it('names the list of a grant from the owner calldata of that transaction', () => {
    const grants = [{ transactionIndex: 0, sessionKey: KEY, allowedEntrypoints: [TRANSFER] }];
    const { facts } = fold([added(9n, 1n)], sessionDiff(KEY, 9n, 1n, 0n, 0n), { ownerGrants: grants });
    expect(facts[0]).toMatchObject({ payload: { allowedEntrypoints: [`0x${TRANSFER.toString(16)}`] } });
  });

  it('gives the same state when the blocks are folded a second time from the start', () => {
    const once = () => {
      state = emptyAccountState(ACCOUNT);
      blockNumber = 0;
      grant();
      fold([], sessionDiff(KEY, undefined, undefined, 1n));
      fold([revoked()], [...sessionDiff(KEY, 0n, 0n, 0n, 0n), ...list(0n, 0n)]);
      return state;
    };
    expect(once()).toEqual(once());
  });

  it('ignores slots that are nobody’s', () => {
    grant();
    expect(fold([], [[12345n, toFelt(1n)]]).facts).toEqual([]);
    const address: Address = state.address;
    expect(address).toBe(ACCOUNT);
  });
});
