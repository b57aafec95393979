import { describe, expect, it } from '@jest/globals';
import { ChainError, type ChainSource, type TransactionReceipt, type TransactionTrace } from '#libs/chain';
import { toAddress, toFelt } from '#libs/felt';
import { createScriptedChain, headerOf } from '#libs/testing';
import { fetchTraces } from './fetch-traces.ts';
import type { IndexedBlock } from './indexed-block.ts';

const HASH = toFelt(0xaa);
const SENDER = toAddress(0x5en);
const header = headerOf(5, 100n);
const transaction: TransactionReceipt = {
  transactionHash: HASH,
  transactionIndex: 0,
  type: 'INVOKE',
  version: 3n,
  executionStatus: 'SUCCEEDED',
  actualFee: { amount: 1n, unit: 'FRI' },
  events: [],
  senderAddress: SENDER,
};
const block = { header, transactions: [transaction] } as unknown as IndexedBlock;
const call = { contractAddress: SENDER } as unknown as NonNullable<TransactionTrace['execute']>;
const TRACE: TransactionTrace = { transactionHash: HASH, type: 'INVOKE', execute: call };

/** Gives these answers in turn, the last one again and again. */
const tracing = (...answers: readonly (TransactionTrace | ChainError)[]) => {
  const chain = createScriptedChain(header);
  let asked = 0;
  const traceTransaction: ChainSource['traceTransaction'] = () => {
    const answer = answers[Math.min(asked, answers.length - 1)]!;
    asked += 1;
    return answer instanceof ChainError ? Promise.reject(answer) : Promise.resolve(answer);
  };
  return { chain, source: { ...chain.source, traceTransaction }, asked: () => asked };
};

const failure = (code: ChainError['code']) => new ChainError(code, 'no');

describe('fetching traces', () => {
  it('gives them by transaction, each asked for once', async () => {
    const { source, asked } = tracing(TRACE);
    expect([...(await fetchTraces(source, block, [HASH, HASH]))]).toEqual([[HASH, TRACE]]);
    expect(asked()).toBe(1);
  });

  it.each(['TRACE_UNAVAILABLE', 'RPC_METHOD_NOT_FOUND'] as const)(
    'does without at once where a node says %s',
    async (code) => {
      const { source, asked } = tracing(failure(code));
      expect((await fetchTraces(source, block, [HASH])).get(HASH)).toBe('UNAVAILABLE');
      expect(asked()).toBe(1);
    },
  );

  it('waits by the clock it is given, and no longer than it is wanted', async () => {
    const stop = new AbortController();
    const pauses: number[] = [];
    const clock = {
      nowMs: () => 0,
      turn: () => Promise.resolve(),
      sleep: (durationMs: number) => {
        pauses.push(durationMs);
        if (pauses.length === 2) stop.abort();
        return Promise.resolve();
      },
    };
    const { source, asked } = tracing(failure('TRANSACTION_NOT_FOUND'));
    const reading = fetchTraces(source, block, [HASH], { clock, signal: stop.signal });
    await expect(reading).rejects.toMatchObject({ code: 'ABORTED' });
    expect([pauses, asked()]).toEqual([[100, 400], 2]);
  });

  it('asks again where the node may only be behind, and not for ever', async () => {
    const late = tracing(failure('TRANSACTION_NOT_FOUND'), TRACE);
    expect((await fetchTraces(late.source, block, [HASH])).get(HASH)).toBe(TRACE);
    const never = tracing(failure('TRANSACTION_NOT_FOUND'));
    expect((await fetchTraces(never.source, block, [HASH])).get(HASH)).toBe('UNAVAILABLE');
    expect(never.asked()).toBe(3);
  });

  it.each<[string, TransactionTrace]>([
    ['another type', { transactionHash: HASH, type: 'DECLARE' }],
    ['a revert of what succeeded', { transactionHash: HASH, type: 'INVOKE', revertReason: 'no' }],
    ['another sender', { ...TRACE, execute: { ...call, contractAddress: toAddress(1n) } }],
  ])('takes no trace of %s', async (_, other) => {
    const { source } = tracing(other);
    expect((await fetchTraces(source, block, [HASH])).get(HASH)).toBe('UNAVAILABLE');
  });

  it('fails where the block is no longer on the chain: the trace may be of another', async () => {
    const { chain, source } = tracing(TRACE);
    chain.head = { ...header, blockHash: toFelt(0xdead) };
    await expect(fetchTraces(source, block, [HASH])).rejects.toMatchObject({
      code: 'CHAIN_MOVED',
      retryable: true,
    });
  });

  it('fails where the node was on another branch for a moment, which has no such transaction', async () => {
    const { source } = tracing(failure('TRANSACTION_NOT_FOUND'));
    const elsewhere = { ...header, blockHash: toFelt(0xdead) };
    const told = [elsewhere];
    const away = { ...source, header: () => Promise.resolve(told.shift() ?? header) };
    await expect(fetchTraces(away, block, [HASH])).rejects.toMatchObject({ code: 'CHAIN_MOVED' });
  });

  it('fails where the node answers nothing at all', async () => {
    const { chain, source } = tracing(failure('RPC_UNAVAILABLE'));
    chain.failure = failure('RPC_UNAVAILABLE');
    await expect(fetchTraces(source, block, [HASH])).rejects.toMatchObject({ code: 'RPC_UNAVAILABLE' });
  });
});
