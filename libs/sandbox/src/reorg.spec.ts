import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { JsonObject } from './index.ts';
import { createSandbox, type ListeningSandbox, type Sandbox } from './index.ts';

const SECONDS = 1_900_000_000;

describe('a reorg', () => {
  let sandbox: Sandbox;
  let server: ListeningSandbox;

  beforeEach(async () => {
    sandbox = createSandbox({ clock: { nowSeconds: () => SECONDS }, accounts: 1 });
    server = await sandbox.listen({ port: 0 });
  });
  afterEach(() => sandbox.close());

  const mint = (amount: number): string =>
    (sandbox.request('devnet_mint', { address: '0x5', amount }) as JsonObject)['tx_hash'] as string;
  const balanceAt = (block_id: object | string): string =>
    (
      sandbox.request('devnet_getAccountBalance', {
        address: '0x5',
        block_id: block_id as string,
      }) as JsonObject
    )['amount'] as string;

  it('never gives a rebuilt block the hash of the one it replaces, even with equal content and time', () => {
    const aborted = sandbox.createBlock();
    sandbox.request('devnet_abortBlocks', { starting_block_id: 'latest' });
    expect(sandbox.createBlock()).toMatchObject({ number: aborted.number, parentHash: aborted.parentHash });
    expect(sandbox.latest.hash).not.toBe(aborted.hash);
  });

  it('takes state, blocks and transactions back, and lets the chain go on', () => {
    const kept = mint(3);
    const lost = mint(4);
    const lostHash = sandbox.latest.hash;
    expect(balanceAt('latest')).toBe('7');
    const answer = sandbox.request('devnet_abortBlocks', { starting_block_id: 'latest' });
    expect(answer).toEqual({ aborted: [lostHash] });
    expect(balanceAt('latest')).toBe('3');
    expect(() => sandbox.request('starknet_getTransactionReceipt', { transaction_hash: lost })).toThrow(
      expect.objectContaining({ code: 29 }),
    );
    expect(() => sandbox.request('starknet_getBlockWithTxs', { block_id: { block_hash: lostHash } })).toThrow(
      expect.objectContaining({ code: 24 }),
    );
    expect(sandbox.request('starknet_getTransactionStatus', { transaction_hash: kept })).toMatchObject({
      finality_status: 'ACCEPTED_ON_L2',
    });
    mint(10);
    expect(balanceAt('latest')).toBe('13');
    expect(balanceAt({ block_number: 1 })).toBe('3');
  });

  it('lets the very same transaction come back in a later block', () => {
    const first = mint(3);
    sandbox.abortFrom(1);
    sandbox.createBlock();
    expect(mint(3)).toBe(first);
    const receipt = sandbox.request('starknet_getTransactionReceipt', { transaction_hash: first });
    expect(receipt).toMatchObject({ block_number: 2 });
  });

  it('refuses to abort block 0', () => {
    expect(() => sandbox.request('devnet_abortBlocks', { starting_block_id: { block_number: 0 } })).toThrow(
      expect.objectContaining({ code: -1, message: "Genesis block can't be aborted" }),
    );
  });

  it('tells subscribers of new heads, and of the branch that is gone', async () => {
    const socket = new WebSocket(server.webSocketUrl);
    const messages: { method?: string; params?: { result: JsonObject } }[] = [];
    socket.on('message', (data: Buffer) => messages.push(JSON.parse(data.toString('utf8')) as never));
    await new Promise((resolve) => socket.once('open', resolve));
    socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'starknet_subscribeNewHeads' }));
    while (messages.length === 0) await delay(5);
    const [first, second] = [sandbox.createBlock(), sandbox.createBlock()];
    sandbox.abortFrom(first.number);
    sandbox.createBlock();
    while (messages.length < 5) await delay(5);
    const news = messages.slice(1).map(({ method, params }) => [method, params?.result]);
    expect(news).toEqual([
      ['starknet_subscriptionNewHeads', expect.objectContaining({ block_hash: first.hash, block_number: 1 })],
      ['starknet_subscriptionNewHeads', expect.objectContaining({ block_hash: second.hash })],
      [
        'starknet_subscriptionReorg',
        {
          starting_block_hash: first.hash,
          starting_block_number: 1,
          ending_block_hash: second.hash,
          ending_block_number: 2,
        },
      ],
      ['starknet_subscriptionNewHeads', expect.objectContaining({ block_hash: sandbox.latest.hash })],
    ]);
    socket.close();
  });
});

describe('finality', () => {
  it('goes from a block to all before it, and l1_accepted names the last', () => {
    const sandbox = createSandbox({ accounts: 0 });
    for (let i = 0; i < 3; i += 1) sandbox.createBlock();
    const header = (block_id: object | string) =>
      sandbox.request('starknet_getBlockWithTxHashes', { block_id: block_id as string }) as JsonObject;
    expect(() => header('l1_accepted')).toThrow(expect.objectContaining({ code: 24 }));
    sandbox.request('sandbox_l1Accept', { block_number: 2 });
    expect(header('l1_accepted')['block_number']).toBe(2);
    expect([0, 1, 2, 3].map((block_number) => header({ block_number })['status'])).toEqual([
      'ACCEPTED_ON_L1',
      'ACCEPTED_ON_L1',
      'ACCEPTED_ON_L1',
      'ACCEPTED_ON_L2',
    ]);
    sandbox.acceptOnL1(1);
    expect(header('l1_accepted')['block_number']).toBe(2);
  });
});
