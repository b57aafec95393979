import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sandbox } from '../index.ts';
import { openSandbox } from './open-sandbox.ts';

describe('a chain that outlives its process', () => {
  let directory: string;
  let now: number;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'sandbox-'));
    now = 1_900_000_000;
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  const logPath = (): string => join(directory, 'deeper', 'chain.log');
  const open = (seed = 0): Sandbox =>
    openSandbox({ seed, accounts: 1, clock: { nowSeconds: () => now }, logPath: logPath() });
  const lived = (): Sandbox => {
    const sandbox = open();
    sandbox.request('devnet_mint', { address: '0x5', amount: 3 });
    sandbox.createBlock();
    sandbox.request('devnet_increaseTime', { time: 500 });
    sandbox.abortFrom(3);
    sandbox.request('devnet_mint', { address: '0x5', amount: 4 });
    sandbox.acceptOnL1(1);
    return sandbox;
  };
  const answers = (sandbox: Sandbox): unknown =>
    [
      ...[0, 1, 2, 3].map(
        (block_number) => ['starknet_getBlockWithReceipts', { block_id: { block_number } }] as const,
      ),
      ['starknet_getStateUpdate', { block_id: 'latest' }] as const,
      ['devnet_getAccountBalance', { address: '0x5' }] as const,
      ['starknet_getBlockWithTxHashes', { block_id: 'l1_accepted' }] as const,
    ].map(([method, params]) => sandbox.request(method, params));

  it('resumes block for block, although nothing was closed, and goes on alike', () => {
    const before = lived();
    const expected = answers(before);
    now += 1000;
    const after = open();
    expect(answers(after)).toEqual(expected);
    expect(after.createBlock()).toEqual(before.createBlock());
    expect(after.latest.timestampSeconds).toBe(now + 500);
  });

  it('loses nothing but a line that was never finished', async () => {
    const sandbox = lived();
    const expected = answers(sandbox);
    await sandbox.close();
    appendFileSync(logPath(), '{"kind":"BLOCK","block":{"number":4');
    const resumed = open();
    expect(answers(resumed)).toEqual(expected);
    resumed.createBlock();
    expect(open().latest.number).toBe(4);
  });

  it.each([
    ['another seed', () => open(1)],
    [
      'a damaged line',
      () => {
        writeFileSync(logPath(), readFileSync(logPath(), 'utf8').replace('"kind":"BLOCK"', '"kind":"BL'));
        return open();
      },
    ],
  ])('refuses %s', (_, act) => {
    lived();
    expect(act).toThrow(expect.objectContaining({ code: 'SNAPSHOT_INVALID' }));
  });
});
