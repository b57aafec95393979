import { describe, expect, it } from '@jest/globals';
import { feltToHex } from '#libs/felt';
import type { JsonObject } from './index.ts';
import { createSandbox, type Sandbox, STRK_ADDRESS } from './index.ts';
import { balanceSlot } from './contracts/erc20.ts';

const SECONDS = 1_900_000_000;
const STRK = feltToHex(STRK_ADDRESS);

const open = (options: Parameters<typeof createSandbox>[0] = {}): Sandbox =>
  createSandbox({ accounts: 1, clock: { nowSeconds: () => SECONDS }, ...options });

const ask = (sandbox: Sandbox, method: string, params: JsonObject = {}): JsonObject =>
  sandbox.request(method, params) as JsonObject;

const mint = (sandbox: Sandbox): JsonObject => ask(sandbox, 'devnet_mint', { address: '0x5', amount: 1 });

describe('blocks', () => {
  it('are the same for the same seed, clock and commands', () => {
    const hashes = [0, 0, 1].map((seed) => {
      const sandbox = open({ seed });
      mint(sandbox);
      return sandbox.createBlock().hash;
    });
    expect(hashes[0]).toBe(hashes[1]);
    expect(hashes[0]).not.toBe(hashes[2]);
  });

  it('state how many transactions, events and changes they hold', () => {
    const sandbox = open();
    mint(sandbox);
    expect(ask(sandbox, 'starknet_getBlockWithTxHashes', { block_id: 'latest' })).toMatchObject({
      transaction_count: 1,
      event_count: 2,
      state_diff_length: 6,
      new_root: '0x0',
    });
  });

  it('write the hash of the block ten before into contract 0x1', () => {
    const sandbox = open();
    for (let i = 0; i < 10; i += 1) sandbox.createBlock();
    const { state_diff } = ask(sandbox, 'starknet_getStateUpdate', { block_id: 'latest' });
    const genesis = ask(sandbox, 'starknet_getBlockWithTxHashes', { block_id: { block_number: 0 } });
    expect(state_diff).toHaveProperty('storage_diffs', [
      { address: '0x1', storage_entries: [{ key: '0x0', value: genesis['block_hash'] }] },
    ]);
  });

  it('wait for a command on demand: until then a transaction is pre-confirmed and latest does not see it', () => {
    const sandbox = open({ blockGeneration: 'DEMAND' });
    const { tx_hash: transaction_hash } = mint(sandbox);
    const key = feltToHex(balanceSlot(5n));
    const storage = (block_id: string) =>
      sandbox.request('starknet_getStorageAt', { contract_address: STRK, key, block_id });
    expect([storage('latest'), storage('pre_confirmed')]).toEqual(['0x0', '0x1']);
    const receipt = ask(sandbox, 'starknet_getTransactionReceipt', { transaction_hash: transaction_hash! });
    expect(receipt).toMatchObject({ finality_status: 'PRE_CONFIRMED', block_number: 1 });
    expect(receipt).not.toHaveProperty('block_hash');
    sandbox.createBlock();
    expect(storage('latest')).toBe('0x1');
  });

  it('tell when a slot was written last, and 0 for never', () => {
    const sandbox = open();
    mint(sandbox);
    sandbox.createBlock();
    const at = (key: string, number: number) =>
      sandbox.request('starknet_getStorageAt', {
        contract_address: STRK,
        key,
        block_id: { block_number: number },
        response_flags: ['INCLUDE_LAST_UPDATE_BLOCK'],
      });
    const key = feltToHex(balanceSlot(5n));
    expect(at(key, 2)).toEqual({ value: '0x1', last_update_block: 1 });
    expect(at('0x123', 2)).toEqual({ value: '0x0', last_update_block: 0 });
  });

  it('leave a slot out of the diff that ended where the block began, unlike devnet', () => {
    const lengths = (['STARKNET', 'DEVNET'] as const).map((behaviour) => {
      const sandbox = open({ blockGeneration: 'DEMAND', behaviour });
      const { chain } = sandbox;
      const there = { ...empty(), storage: new Map([[7n, new Map([[1n, 5n]])]]) };
      const back = { ...empty(), storage: new Map([[7n, new Map([[1n, 0n]])]]) };
      chain.pending.parts.push(there, back);
      return sandbox.createBlock().diff.storage_diffs.length;
    });
    expect(lengths).toEqual([0, 1]);
  });

  it('take the time they are told, and go on from there', () => {
    let now = SECONDS;
    const sandbox = open({ clock: { nowSeconds: () => now } });
    ask(sandbox, 'devnet_setTime', { time: 2_000_000_000 });
    expect(sandbox.latest.timestampSeconds).toBe(2_000_000_000);
    now += 30;
    expect(sandbox.createBlock().timestampSeconds).toBe(2_000_000_030);
    ask(sandbox, 'devnet_increaseTime', { time: 100 });
    expect(sandbox.latest.timestampSeconds).toBe(2_000_000_130);
    ask(sandbox, 'devnet_setTime', { time: 5, generate_block: false });
    mint(sandbox);
    expect(sandbox.latest.timestampSeconds).toBe(5);
  });
});

const empty = () => ({
  storage: new Map<bigint, Map<bigint, bigint>>(),
  nonces: new Map<bigint, bigint>(),
  deployed: new Map<bigint, bigint>(),
  replaced: new Map<bigint, bigint>(),
  declared: new Map<bigint, bigint>(),
});
