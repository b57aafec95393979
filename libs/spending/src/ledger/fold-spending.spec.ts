import { describe, expect, it } from '@jest/globals';
import { U256_MAX } from '#libs/felt';
import fc from 'fast-check';
import {
  ACCOUNT,
  KEY,
  movedFact,
  OTHER,
  OTHER_KEY,
  RELAYER,
  SEQUENCER,
  SHOP,
  TOKEN,
  useFact,
} from '../../spec/facts.builder.ts';
import { SpendingError } from '../spending.error.ts';
import { foldSpending } from './fold-spending.ts';
import type { PlacedFact } from './parse-facts.ts';

const fold = (...facts: PlacedFact[]) => foldSpending(ACCOUNT, facts);
const causes = (...facts: PlacedFact[]) => {
  const { debits, movements } = fold(...facts);
  return [debits.map(({ cause }) => cause), movements.map(({ cause }) => cause)];
};
const APPROVE = { name: 'approve' } as const;
const SWAP = { name: 'swap', to: OTHER, counted: false } as const;

describe('a debit', () => {
  it('is matched with the movement that it counted', () => {
    const { debits, movements } = fold(useFact([{}]), movedFact(0));
    expect(debits).toMatchObject([
      { cause: 'MATCHED', movedAmount: 10n, counterparty: SHOP, sessionKey: KEY },
    ]);
    expect(movements).toMatchObject([
      { cause: 'MATCHED', sessionKey: KEY, useIndex: 1_000_000, callIndex: 0 },
    ]);
  });
  it('takes each of several equal movements once', () => {
    expect(causes(useFact([{}, {}]), movedFact(0), movedFact(1))).toEqual([
      ['MATCHED', 'MATCHED'],
      ['MATCHED', 'MATCHED'],
    ]);
    expect(causes(useFact([{}, { failed: null }]), movedFact(0))).toEqual([
      ['MATCHED', 'NO_TRANSFER_SEEN'],
      ['MATCHED'],
    ]);
  });
  it('of a failed inner call moved nothing, and leaves the movement of its twin alone', () => {
    expect(causes(useFact([{ failed: true }]))).toEqual([['FAILED_INNER_CALL'], []]);
    expect(causes(useFact([{ failed: true }, {}]), movedFact(0))).toEqual([
      ['FAILED_INNER_CALL', 'MATCHED'],
      ['MATCHED'],
    ]);
  });
  it('of an approval only allows', () => {
    expect(causes(useFact([APPROVE, { name: 'increase_allowance' }]))).toEqual([
      ['APPROVE_ONLY', 'APPROVE_ONLY'],
      [],
    ]);
    expect(causes(useFact([{ ...APPROVE, failed: true }]))[0]).toEqual(['FAILED_INNER_CALL']);
  });
  it('or an approval that no budget counted is kept with its spender, unless the call failed', () => {
    const free = { ...APPROVE, counted: false };
    const { approvals } = fold(
      useFact([APPROVE, free, { ...free, failed: true }, { ...free, failed: null }]),
    );
    expect(approvals).toMatchObject(
      [0, 1, 3].map((callIndex) => ({ callIndex, token: TOKEN, spender: SHOP })),
    );
  });
  it('of nothing is matched where the token tells of it, and needs no movement where not', () => {
    expect(causes(useFact([{ amount: 0n }]))[0]).toEqual(['ZERO_AMOUNT']);
    expect(causes(useFact([{ amount: 0n }]), movedFact(0, { amount: 0n }))[0]).toEqual(['MATCHED']);
  });
  it('of a token with a fee on transfers has what moved, the fee included', () => {
    const { debits, movements } = fold(
      useFact([{}]),
      movedFact(0, { amount: 9n }),
      movedFact(1, { amount: 1n, to: OTHER }),
    );
    expect(debits).toMatchObject([{ cause: 'NOT_STANDARD_TRANSFER', movedAmount: 10n }]);
    expect(movements.map(({ cause }) => cause)).toEqual(['NOT_STANDARD_TRANSFER', 'NOT_STANDARD_TRANSFER']);
  });
  it('takes no other amount where a swap of the same transaction may have moved it', () => {
    expect(causes(useFact([{ failed: null }, SWAP]), movedFact(0, { amount: 9n }))).toEqual([
      ['NO_TRANSFER_SEEN'],
      ['UNCOUNTED_SELECTOR'],
    ]);
  });
  it('that moved nothing although the call went well is of a token that is not standard', () => {
    expect(causes(useFact([{}]))[0]).toEqual(['NOT_STANDARD_TRANSFER']);
  });
  it('to the account itself keeps the tokens', () => {
    expect(causes(useFact([{ recipient: ACCOUNT }]), movedFact(0, { to: ACCOUNT }))).toEqual([
      ['SELF_TRANSFER'],
      ['SELF_TRANSFER'],
    ]);
  });
});

describe('a movement without a debit', () => {
  it('is of a key without a policy', () => {
    const { movements } = fold(useFact([{ counted: false }]), movedFact(0));
    expect(movements).toMatchObject([{ cause: 'NO_POLICY', sessionKey: KEY, callIndex: 0 }]);
  });
  it('is not said to be uncounted where the rule of the class is not known', () => {
    expect(causes(useFact([{}], { debits: null }), movedFact(0))).toEqual([[], ['DEBIT_UNKNOWN']]);
  });
  it('came by transferFrom or by a call that no budget counts', () => {
    const from = { name: 'transferFrom', counted: false, calldata: [ACCOUNT, SHOP, 10n, 0n] } as const;
    expect(causes(useFact([from]), movedFact(0))).toEqual([[], ['UNCOUNTED_SELECTOR']]);
    const { movements } = fold(useFact([SWAP]), movedFact(0, { to: OTHER }));
    expect(movements).toMatchObject([{ cause: 'UNCOUNTED_SELECTOR', sessionKey: KEY, callIndex: 0 }]);
  });
  it('names no key where the calls of two keys can have moved it', () => {
    const two = [useFact([SWAP]), useFact([SWAP], { eventIndex: 1_000_001, sessionKey: OTHER_KEY })];
    expect(fold(...two, movedFact(0)).movements).toMatchObject([
      { cause: 'UNCOUNTED_SELECTOR', sessionKey: undefined, useIndex: undefined },
    ]);
    const same = [useFact([SWAP]), useFact([SWAP], { eventIndex: 1_000_001 })];
    expect(fold(...same, movedFact(0)).movements).toMatchObject([{ sessionKey: KEY, useIndex: undefined }]);
  });
  it('repays who sent the call from outside', () => {
    const relays = { to: RELAYER, relays: [RELAYER] };
    const paid = useFact([{ counted: false, recipient: RELAYER }]);
    expect(causes(paid, movedFact(0, relays))[1]).toEqual(['PAYMASTER_REPAYMENT']);
    expect(causes(useFact([{ recipient: RELAYER }]), movedFact(0, relays))[1]).toEqual(['MATCHED']);
    expect(causes(useFact([APPROVE]), movedFact(0, relays))[1]).toEqual(['PAYMASTER_REPAYMENT']);
  });
  it('is of a key without a policy, also to the sequencer, whatever it pays', () => {
    expect(
      causes(useFact([{ counted: false, recipient: SEQUENCER }]), movedFact(0, { to: SEQUENCER }))[1],
    ).toEqual(['NO_POLICY']);
  });
  it('is the owner’s, or drawn from an allowance, or unexplained, where no key was used', () => {
    expect(causes(movedFact(0, { authorities: ['OWNER'] }))[1]).toEqual(['OWNER']);
    expect(causes(movedFact(0, { authorities: [] }))[1]).toEqual(['ALLOWANCE_DRAWN']);
    expect(causes(movedFact(0, { authorities: ['UNCLEAR'] }))[1]).toEqual(['UNEXPLAINED']);
    expect(causes(movedFact(0, { authorities: ['SESSION'] }))[1]).toEqual(['UNEXPLAINED']);
    expect(causes(movedFact(0, { authorities: ['OWNER', 'SESSION'] }))[1]).toEqual(['UNEXPLAINED']);
  });
  it('is unexplained where a use cannot have moved it', () => {
    expect(causes(useFact([{}]), movedFact(0), movedFact(1, { to: OTHER, amount: 3n }))[1]).toEqual([
      'MATCHED',
      'UNEXPLAINED',
    ]);
    const both = movedFact(0, { authorities: ['OWNER', 'SESSION'] });
    expect(causes(useFact([SWAP]), both)[1]).toEqual(['UNEXPLAINED']);
  });
  it('is the account’s own where it stays there', () => {
    expect(causes(movedFact(0, { to: ACCOUNT, authorities: ['OWNER'] }))[1]).toEqual(['SELF_TRANSFER']);
  });
});

describe('what came in beside it', () => {
  const incoming = (eventIndex: number, from: bigint, relays: bigint[] = []) =>
    movedFact(eventIndex, { from, to: ACCOUNT, relays });
  it('is a refund from who got that token before, or from a relay', () => {
    expect(causes(useFact([{}]), movedFact(0), incoming(1, SHOP))[1]).toEqual(['MATCHED', 'REFUND']);
    expect(causes(useFact([{}]), movedFact(0), incoming(1, RELAYER, [RELAYER]))[1]).toEqual([
      'MATCHED',
      'REFUND',
    ]);
  });
  it('is received from anybody else, or before', () => {
    expect(causes(useFact([{}]), movedFact(0), incoming(1, OTHER))[1]).toEqual(['MATCHED', 'RECEIVED']);
    expect(causes(useFact([{}]), incoming(0, SHOP), movedFact(1))[1]).toEqual(['RECEIVED', 'MATCHED']);
  });
});

describe('the fold', () => {
  it('keeps transactions apart', () => {
    expect(causes(useFact([{}]), movedFact(0, { transactionIndex: 4, authorities: [] }))).toEqual([
      ['NOT_STANDARD_TRANSFER'],
      ['ALLOWANCE_DRAWN'],
    ]);
  });
  it('passes over what was denied: nothing ran', () => {
    expect(causes({ ...useFact([{}]), kind: 'SessionCallDenied' })).toEqual([[], []]);
  });
  it('keeps nothing of a use that was reverted', () => {
    const reverted = useFact([{ ...APPROVE, counted: false }], { payload: { outcome: 'REVERTED' } });
    expect(fold(reverted)).toEqual({ debits: [], movements: [], approvals: [] });
  });
  it('explains nothing by a use whose calls nobody can read', () => {
    const unread = useFact([], { payload: { calls: null, debits: null } });
    expect(causes(unread, movedFact(0))).toEqual([[], ['UNEXPLAINED']]);
    const readable = useFact([SWAP], { eventIndex: 1_000_001 });
    expect(causes(unread, readable, movedFact(0))[1]).toEqual(['UNEXPLAINED']);
  });
  it.each([
    ['debits of calls that nobody can read', { calls: null }],
    ['a debit of a call that is not there', { calls: [] }],
    ['a reverted use with debits', { outcome: 'REVERTED' }],
    ['calls that are no list', { calls: 'none' }],
  ])('refuses %s', (_what, payload) => {
    expect(() => fold(useFact([{}], { payload }))).toThrow(SpendingError);
  });
  it('refuses a movement that is not of the account, and an amount beyond u256', () => {
    expect(() => fold(movedFact(0, { from: OTHER }))).toThrow(SpendingError);
    expect(() => fold(movedFact(0, { amount: U256_MAX + 1n }))).toThrow(SpendingError);
  });

  const anyCall = fc.record({
    name: fc.constantFrom('transfer', 'approve', 'swap', 'transferFrom'),
    recipient: fc.constantFrom(SHOP, OTHER, ACCOUNT, RELAYER),
    amount: fc.bigInt(0n, 3n),
    failed: fc.constantFrom(true, false, null),
  });
  const anyMoved = fc.record({
    to: fc.constantFrom(SHOP, OTHER, ACCOUNT, RELAYER),
    amount: fc.bigInt(0n, 3n),
    relays: fc.constantFrom([], [RELAYER]),
  });
  it('writes every debit and every movement once, whatever the order of the facts, and links amounts that add up', () => {
    fc.assert(
      fc.property(
        fc.array(anyCall, { maxLength: 4 }),
        fc.array(anyMoved, { maxLength: 5 }),
        (calls, moved) => {
          const specs = calls.map((call) => ({
            ...call,
            counted: ['transfer', 'approve'].includes(call.name),
          }));
          const facts = [useFact(specs), ...moved.map((spec, index) => movedFact(index, spec))];
          const entries = fold(...facts);
          const { debits, movements } = entries;
          expect(fold(...facts.toReversed())).toEqual(entries);
          expect(debits.length).toBe(specs.filter(({ counted }) => counted).length);
          expect(movements.map(({ eventIndex }) => eventIndex)).toEqual(moved.map((_, index) => index));
          for (const { callIndex, cause, movedAmount, amount } of debits) {
            const linked = movements.filter((row) => row.callIndex === callIndex);
            const sum = linked.reduce((total, row) => total + row.amount, 0n);
            expect(movedAmount).toBe(sum);
            if (cause === 'MATCHED' || cause === 'SELF_TRANSFER') expect(sum).toBe(amount);
          }
        },
      ),
    );
  });
  it('does not ask for anything but facts of its kinds', () => {
    const grant = { ...movedFact(0), kind: 'SessionKeyAdded', payload: {}, token: TOKEN };
    expect(fold(grant)).toEqual({ debits: [], movements: [], approvals: [] });
  });
});
