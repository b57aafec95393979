import { describe, expect, it } from '@jest/globals';
import { encodeCalls, encodeOutsideExecutionCall, SELECTORS } from '#libs/account';
import type { TransactionReceipt } from '#libs/chain';
import { type Felt, toFelt } from '#libs/felt';
import {
  ACCOUNT,
  fee,
  OTHER,
  receipt,
  RELAYER,
  SEQUENCER,
  SHOP,
  STRK,
  TOKEN,
  transferEvent,
} from '../../spec/facts.builder.ts';
import { tokenMovementFacts } from './token-movement-facts.ts';

const factsOf = (overrides: Partial<TransactionReceipt>, account: bigint = ACCOUNT, followed = [account]) =>
  tokenMovementFacts([receipt(overrides)], new Set(followed)).get(account as never) ?? [];
const placesOf = (overrides: Partial<TransactionReceipt>, account?: bigint, followed?: bigint[]) =>
  factsOf(overrides, account, followed).map(({ origin }) => 'eventIndex' in origin && origin.eventIndex);

const outside = (signature: bigint[], caller = 0n) =>
  encodeOutsideExecutionCall(ACCOUNT, {
    outsideExecution: {
      caller: toFelt(caller),
      nonce: toFelt(1n),
      executeAfterSeconds: 0n,
      executeBeforeSeconds: 10n,
      calls: [],
    },
    signature: signature.map(toFelt),
  });
const SESSION = [1n, 2n, 3n, 4n];
const sponsored = (calldata: Felt[]) =>
  receipt({ senderAddress: RELAYER, calldata, events: [transferEvent(ACCOUNT, SHOP, 5n), fee(RELAYER)] });

describe.each(['KEYED', 'LEGACY'] as const)('the fee of a transaction, %s', (layout) => {
  const own = fee(ACCOUNT, 9n, layout);
  it('is no movement where it is all that a transaction moved, succeeded or reverted', () => {
    expect(factsOf({ events: [own] })).toEqual([]);
    expect(factsOf({ events: [own], executionStatus: 'REVERTED' })).toEqual([]);
  });
  it('is only the last of two equal transfers to the sequencer', () => {
    expect(placesOf({ events: [own, own] })).toEqual([0]);
    expect(placesOf({ events: [own, transferEvent(ACCOUNT, SHOP, 1n), own] })).toEqual([0, 1]);
  });
  it('is not taken for one where the amount is not the fee that was charged', () => {
    expect(placesOf({ events: [fee(ACCOUNT, 8n, layout)] })).toEqual([0]);
  });
  it('is not looked for in what a sponsored transaction moved: another account pays', () => {
    const events = [transferEvent(ACCOUNT, SEQUENCER, 9n, { token: STRK, layout }), fee(RELAYER, 9n, layout)];
    expect(placesOf({ senderAddress: RELAYER, events })).toEqual([0]);
    expect(placesOf({ senderAddress: RELAYER, events: events.slice(0, 1) })).toEqual([0]);
  });
  it('is left out for a followed relayer too', () => {
    expect(factsOf({ senderAddress: RELAYER, events: [fee(RELAYER, 9n, layout)] }, RELAYER)).toEqual([]);
  });
});

it('takes a transfer of nothing for a movement where nothing was charged', () => {
  expect(placesOf({ actualFee: { amount: 0n, unit: 'FRI' }, events: [fee(ACCOUNT, 0n)] })).toEqual([0]);
});

describe('movements', () => {
  it('reads both layouts alike', () => {
    const [keyed] = factsOf({ events: [transferEvent(ACCOUNT, SHOP, 2n ** 200n), fee()] });
    const [legacy] = factsOf({
      events: [transferEvent(ACCOUNT, SHOP, 2n ** 200n, { layout: 'LEGACY' }), fee()],
    });
    expect(keyed).toMatchObject({
      token: TOKEN,
      payload: { amount: (2n ** 200n).toString(), layout: 'KEYED' },
    });
    expect(legacy).toEqual({ ...keyed, payload: { ...keyed!.payload, layout: 'LEGACY' } });
  });
  it('keeps what came in only beside what went out', () => {
    const incoming = transferEvent(SHOP, ACCOUNT, 3n);
    expect(placesOf({ events: [incoming, fee()] })).toEqual([]);
    expect(placesOf({ events: [incoming, transferEvent(ACCOUNT, SHOP, 1n), fee()] })).toEqual([0, 1]);
  });
  it('states a transfer between two followed accounts for who gave, and for the other only beside a gift of its own', () => {
    const events = [transferEvent(ACCOUNT, OTHER, 3n), fee()];
    expect(placesOf({ events }, ACCOUNT, [ACCOUNT, OTHER])).toEqual([0]);
    expect(placesOf({ events }, OTHER, [ACCOUNT, OTHER])).toEqual([]);
  });
  it('states a transfer to oneself once', () => {
    expect(placesOf({ events: [transferEvent(ACCOUNT, ACCOUNT, 3n), fee()] })).toEqual([0]);
  });
  it('sees those of transactions in which the account did nothing', () => {
    const [fact] = factsOf({
      senderAddress: RELAYER,
      events: [transferEvent(ACCOUNT, SHOP, 3n), fee(RELAYER)],
    });
    expect(fact?.payload).toMatchObject({ authorities: [], relays: [] });
  });
});

describe('who let the account act', () => {
  const mandate = (transaction: TransactionReceipt) => {
    const { payload } = tokenMovementFacts([transaction], new Set([ACCOUNT])).get(ACCOUNT)![0]!;
    return [payload['authorities'], (payload['relays'] as string[]).map(BigInt)];
  };
  const events = [transferEvent(ACCOUNT, SHOP, 5n), fee()];

  it('is said by the length of the signature of its own transaction', () => {
    expect(mandate(receipt({ events }))).toEqual([['OWNER'], []]);
    expect(mandate(receipt({ events, signature: SESSION.map(toFelt) }))).toEqual([['SESSION'], []]);
    expect(mandate(receipt({ events, signature: [toFelt(1n)] }))).toEqual([['UNCLEAR'], []]);
  });
  it('is said by the signature inside a call from outside, whose sender is a relay', () => {
    expect(mandate(sponsored(encodeCalls([outside(SESSION)])))).toEqual([['SESSION'], [RELAYER]]);
    expect(mandate(sponsored(encodeCalls([outside([1n, 2n])])))).toEqual([['OWNER'], [RELAYER]]);
  });
  it('is found inside a forwarder, which is a relay too, as is the only caller that was allowed', () => {
    const inner = outside(SESSION, 0xca11n);
    const calldata = [inner.to, inner.selector, toFelt(inner.calldata.length), ...inner.calldata];
    const call = { to: OTHER, selector: SELECTORS.forward, calldata };
    expect(mandate(sponsored(encodeCalls([call])))).toEqual([['SESSION'], [RELAYER, OTHER, 0xca11n]]);
  });
  it('is unclear where the calldata names the account and the entry point and cannot be read', () => {
    const call = {
      to: OTHER,
      selector: SELECTORS.forward,
      calldata: [SELECTORS.execute_from_outside_v2, ACCOUNT],
    };
    expect(mandate(sponsored(encodeCalls([call])))).toEqual([['UNCLEAR'], [RELAYER, OTHER]]);
  });
  it('is nobody where the calldata names the account alone', () => {
    const call = {
      to: TOKEN,
      selector: SELECTORS.transfer_from,
      calldata: [ACCOUNT, SHOP, toFelt(5n), toFelt(0n)],
    };
    expect(mandate(sponsored(encodeCalls([call])))).toEqual([[], []]);
  });
});
