import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  entrypointSlot,
  policySlotBase,
  sessionDataToFelts,
  sessionSlotBase,
  slotAt,
  spendingPolicyToFelts,
} from '#libs/account';
import {
  type Address,
  type Felt,
  selectorOf,
  type SessionKey,
  snKeccak,
  toAddress,
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
