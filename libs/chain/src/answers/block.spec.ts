import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toFelt } from '#libs/felt';
import {
  blockAnswer,
  headerAnswer,
  invokeAnswer,
  otherTransactions,
  receiptAnswer,
} from '../../testing/answers.ts';
import { extend } from '../../testing/scripted-chain.ts';
import { ChainError } from '../chain.error.ts';
import type { BlockRef } from '../types.ts';
import { readBlockAnswer } from './block.ts';
import { readHeaderAnswer } from './header.ts';

const header = extend([], 8)[7]!;
const ref: BlockRef = { blockHash: header.blockHash };
const read = (answer: unknown, at: BlockRef = ref) => readBlockAnswer(answer, at, 10);
const codeOf = (run: () => unknown): string => {
  try {
    run();
    return 'nothing thrown';
  } catch (error) {
    return error instanceof ChainError ? error.code : String(error);
  }
};

describe('readBlockAnswer', () => {
  it('reads an invoke with all that its hash and its events need', () => {
    const block = read(blockAnswer(header, [invokeAnswer()], { event_count: 1 }));
    expect(block.header).toEqual({ ...header, transactionCount: 1, eventCount: 1 });
    expect(block.transactions).toEqual([
      {
        transactionHash: 0xaan,
        transactionIndex: 0,
        type: 'INVOKE',
        version: 3n,
        executionStatus: 'SUCCEEDED',
        actualFee: { amount: 0x6b655744de000n, unit: 'FRI' },
        events: [{ fromAddress: 5n, keys: [0x99n, 0n], data: [1000n, 0n] }],
        senderAddress: 0xaccn,
        calldata: [1n, 0xfeedn],
        signature: [1n, 2n],
        nonce: 5n,
        v3: {
          tip: 7n,
          l1Gas: { maxAmount: 1n, maxPricePerUnit: 2n },
          l1DataGas: { maxAmount: 3n, maxPricePerUnit: 4n },
          l2Gas: { maxAmount: 2n ** 64n - 1n, maxPricePerUnit: 2n ** 128n - 1n },
          paymasterData: [],
          accountDeploymentData: [],
          nonceDataAvailabilityMode: 'L1',
          feeDataAvailabilityMode: 'L2',
        },
      },
    ]);
  });

  it('reads every other kind of transaction', () => {
    const { transactions } = read(blockAnswer(header, otherTransactions()));
    expect(
      transactions.map(({ type, version, senderAddress, calldata, classHash, revertReason, v3 }) => [
        type,
        version,
        senderAddress,
        calldata,
        classHash,
        revertReason,
        v3 !== undefined,
      ]),
    ).toEqual([
      ['INVOKE', 0n, 0x77n, [], undefined, 'no gas', false],
      ['DEPLOY_ACCOUNT', 3n, 0xdebn, [9n], 0xc1a55n, undefined, true],
      ['DECLARE', 3n, 0x78n, undefined, 0xc2n, undefined, true],
      ['L1_HANDLER', 0n, undefined, [3n], undefined, undefined, false],
    ]);
  });

  it('accepts a header without counts, or with zeros as old blocks have', () => {
    const items = [invokeAnswer()];
    expect(read({ ...headerAnswer(header), transactions: items }).header).toEqual(header);
    const zeros = blockAnswer(header, items, { transaction_count: 0, event_count: 0 });
    expect(read(zeros).transactions).toHaveLength(1);
  });

  it.each([
    ['a lost transaction', blockAnswer(header, [invokeAnswer()], { transaction_count: 2 })],
    ['a lost event', blockAnswer(header, [invokeAnswer()], { event_count: 2 })],
    ['a transaction twice', blockAnswer(header, [invokeAnswer(), invokeAnswer()])],
    [
      'a receipt of another kind',
      blockAnswer(header, [{ ...invokeAnswer(), receipt: receiptAnswer('DECLARE', '0x1') }]),
    ],
  ])('refuses %s', (_, answer) => expect(codeOf(() => read(answer))).toBe('ANSWER_MISMATCH'));

  it('refuses a block that was not asked for', () => {
    const answer = blockAnswer(header, []);
    expect(codeOf(() => read(answer, { blockHash: toFelt(1) }))).toBe('ANSWER_MISMATCH');
    expect(codeOf(() => read(answer, { blockNumber: 6 }))).toBe('ANSWER_MISMATCH');
    expect(codeOf(() => read(answer, 'l1_accepted'))).toBe('ANSWER_MISMATCH');
    expect(read(answer, { blockNumber: 7 }).header.blockHash).toBe(header.blockHash);
    expect(read(answer, 'latest').header.blockHash).toBe(header.blockHash);
    expect(
      codeOf(() => readHeaderAnswer(blockAnswer(header, ['0x1'], { transaction_count: 5 }), 'latest')),
    ).toBe('ANSWER_MISMATCH');
  });

  it.each([
    ['no receipt', { transaction: invokeAnswer()['transaction'] }],
    ['no events', { ...invokeAnswer(), receipt: receiptAnswer('INVOKE', '0x1', { events: undefined }) }],
    ['a felt beyond the field', invokeAnswer('0xaa', { calldata: [`0x${'f'.repeat(64)}`] })],
    ['a felt without 0x', invokeAnswer('0xaa', { nonce: '12' })],
    ['a number for a felt', invokeAnswer('0xaa', { nonce: 12 })],
    ['address 0', invokeAnswer('0xaa', { sender_address: '0x0' })],
    ['an unknown kind', { ...invokeAnswer(), transaction: { type: 'NEW' } }],
    [
      'an unknown status',
      { ...invokeAnswer(), receipt: receiptAnswer('INVOKE', '0x1', { execution_status: 'X' }) },
    ],
  ])('calls %s malformed', (_, item) =>
    expect(codeOf(() => read(blockAnswer(header, [item])))).toBe('RPC_MALFORMED'),
  );

  it('calls a pre-confirmed block malformed: it is not one of the chain', () => {
    const answer = { ...blockAnswer(header, []), status: 'PRE_CONFIRMED' };
    expect(codeOf(() => read(answer, 'latest'))).toBe('RPC_MALFORMED');
  });

  it('throws nothing but ChainError, whatever is broken', () => {
    const whole = JSON.stringify(blockAnswer(header, [invokeAnswer(), ...otherTransactions()]));
    fc.assert(
      fc.property(
        fc.nat(whole.length - 1),
        fc.constantFrom('', '0', '"', '[]', '-1', 'null'),
        (at, patch) => {
          const text = whole.slice(0, at) + patch + whole.slice(at + 1);
          let answer: unknown;
          try {
            answer = JSON.parse(text);
          } catch {
            return;
          }
          expect(['nothing thrown', 'RPC_MALFORMED', 'ANSWER_MISMATCH']).toContain(
            codeOf(() => read(answer)),
          );
        },
      ),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(codeOf(() => read(value))).toBe('RPC_MALFORMED');
      }),
    );
  });
});
