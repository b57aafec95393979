import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Account } from 'starknet';
import { grant, HOUR, outside, policy, SpecStage, textIn, transfer, via } from '../spec/stage.builder.ts';

describe('execute_from_outside_v2', () => {
  let stage: SpecStage;
  let account: Account;
  let token: string;
  let forwarder: string;

  beforeAll(async () => {
    stage = await SpecStage.open();
    token = await stage.deployToken();
    forwarder = await stage.deployForwarder();
    account = await stage.deployAccount('session_account_setting');
    await stage.send(stage.deployer, [transfer(token, 100_000, account.address)]);
    await stage.send(account, [
      policy(account, token, 1000, 100_000, 100),
      grant(account, HOUR + 1000, 100, ['transfer', 'mint']),
    ]);
  });
  afterAll(() => stage.close());

  const sendOutside = (call: Parameters<typeof stage.send>[1][number]) => stage.send(stage.deployer, [call]);

  it('counts a use that somebody else sent and paid', async () => {
    const receipt = await sendOutside(outside(account, [transfer(token, 5)], { nonce: 1 }));
    expect(receipt['execution_status']).toBe('SUCCEEDED');
    expect(stage.callsUsed(account)).toBe(1n);
    const last = (receipt['events'] as { keys: string[] }[]).at(-1);
    expect(BigInt(last!.keys[1]!)).toBe(BigInt(stage.deployer.address));
  });

  it('counts a use from inside a forwarder, where it is not the outermost call', async () => {
    await sendOutside(via(forwarder, 'forward', outside(account, [transfer(token, 5)], { nonce: 2 })));
    expect(stage.callsUsed(account)).toBe(2n);
    expect(stage.spent(account, token)).toBe(10n);
  });

  it('rolls count, budget and nonce back where a caller swallows the failure, and the transaction succeeds', async () => {
    const tooMuch = outside(account, [transfer(token, 1001)], { nonce: 3 });
    const receipt = await sendOutside(via(forwarder, 'try_forward', tooMuch));
    expect(receipt['execution_status']).toBe('SUCCEEDED');
    expect(stage.callsUsed(account)).toBe(2n);
    expect(stage.view(account.address, 'is_valid_outside_execution_nonce', ['0x3'])).toEqual([1n]);
    const again = await sendOutside(outside(account, [transfer(token, 5)], { nonce: 3 }));
    expect(again['execution_status']).toBe('SUCCEEDED');
  });

  it.each([
    ['SRC9: duplicated nonce', () => outside(account, [transfer(token, 5)], { nonce: 1 })],
    ['SRC9: now >= execute_before', () => outside(account, [transfer(token, 5)], { nonce: 9, before: HOUR })],
    [
      'Session: valid_until exceeded',
      () => outside(account, [transfer(token, 5)], { nonce: 9, validUntil: HOUR + 1001 }),
    ],
    [
      'SRC9: invalid signature',
      () => outside(account, [transfer(token, 5)], { nonce: 9, validUntil: HOUR - 1 }),
    ],
    [
      'Session: unauthorized selector',
      () => outside(account, [{ ...transfer(token, 5), entrypoint: 'approve' }], { nonce: 9 }),
    ],
    ['Spending: exceeds per-call', () => outside(account, [transfer(token, 1001)], { nonce: 9 })],
  ])('reverts with %s', async (text, call) => {
    const used = stage.callsUsed(account);
    const receipt = await sendOutside(call());
    expect(receipt['execution_status']).toBe('REVERTED');
    expect(textIn(receipt)).toBe(text);
    expect(stage.callsUsed(account)).toBe(used);
  });

  it('shows the use in the trace, under the forwarder', async () => {
    const call = via(forwarder, 'forward', outside(account, [transfer(token, 5)], { nonce: 20 }));
    const { transaction_hash } = await sendOutside(call);
    const trace = stage.ask('starknet_traceTransaction', { transaction_hash: transaction_hash as string });
    const addresses: string[] = [];
    const walk = (invocation: { contract_address: string; calls: never[] }): void => {
      addresses.push(invocation.contract_address);
      invocation.calls.forEach(walk);
    };
    walk(trace['execute_invocation'] as never);
    const [, second, third] = addresses.map(BigInt);
    expect([second, third]).toEqual([BigInt(forwarder), BigInt(account.address)]);
  });
});
