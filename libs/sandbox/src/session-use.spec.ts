import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { feltToHex, selectorOf } from '#libs/felt';
import { slotAt } from '#libs/account';
import type { Account } from 'starknet';
import { grant, HOUR, policy, SESSION_KEY, SpecStage, textIn, transfer } from '../spec/stage.builder.ts';
import { cachedSessionSlot } from './contracts/slot-cache.ts';
import type { RpcError } from './index.ts';

describe.each(['session_account_setting', 'session_account_spend'] as const)(
  'a session of %s',
  (className) => {
    let stage: SpecStage;
    let account: Account;
    let session: Account;
    let token: string;

    beforeAll(async () => {
      stage = await SpecStage.open();
      token = await stage.deployToken();
      account = await stage.deployAccount(className);
      session = stage.session(account, HOUR + 900);
      await stage.send(stage.deployer, [transfer(token, 100_000, account.address)]);
      await stage.send(account, [
        policy(account, token, 1000, 100_000, 100),
        grant(account, HOUR + 1000, 100, ['transfer', 'mint']),
      ]);
    });
    afterAll(() => stage.close());

    it('counts a call in the state diff and emits nothing about it', async () => {
      const receipt = await stage.send(session, [transfer(token, 10)]);
      expect(receipt['execution_status']).toBe('SUCCEEDED');
      const { state_diff: diff } = stage.ask('starknet_getStateUpdate', {
        block_id: 'latest',
        contract_addresses: [account.address],
      }) as unknown as {
        state_diff: { storage_diffs: { storage_entries: { key: string; value: string }[] }[] };
      };
      const used = feltToHex(slotAt(cachedSessionSlot(BigInt(SESSION_KEY)), 2));
      expect(diff.storage_diffs[0]?.storage_entries).toContainEqual({ key: used, value: '0x1' });
      const events = receipt['events'] as { from_address: string }[];
      expect(events.map((event) => BigInt(event.from_address))).not.toContain(BigInt(account.address));
    });

    it('burns a call and no budget when the transaction reverts', async () => {
      const [used, spent] = [stage.callsUsed(account), stage.spent(account, token)];
      const receipt = await stage.send(session, [transfer(token, 1001)]);
      expect(receipt['execution_status']).toBe('REVERTED');
      expect(textIn(receipt)).toBe('Spending: exceeds per-call');
      expect(stage.callsUsed(account)).toBe(used! + 1n);
      expect(stage.spent(account, token)).toBe(spent);
    });

    it('charges the fee in a reverted transaction, as its only event', async () => {
      const receipt = await stage.send(session, [transfer(token, 1001)]);
      const events = receipt['events'] as { keys: string[]; data: string[] }[];
      const fee = (receipt['actual_fee'] as { amount: string }).amount;
      expect(events).toHaveLength(1);
      expect(events[0]?.keys).toEqual([
        feltToHex(selectorOf('Transfer')),
        feltToHex(BigInt(account.address)),
        '0x1000',
      ]);
      expect(events[0]?.data).toEqual([fee, '0x0']);
    });

    it('succeeds with a failed inner call, and keeps the budget debited', async () => {
      const spent = stage.spent(account, token);
      const failing = { contractAddress: token, entrypoint: 'mint', calldata: ['0x1'] };
      const receipt = await stage.send(session, [transfer(token, 7), failing]);
      expect(receipt['execution_status']).toBe('SUCCEEDED');
      expect(stage.spent(account, token)).toBe(spent! + 7n);
      const events = receipt['events'] as { keys: string[] }[];
      const told = events.some(({ keys }) => keys[0] === feltToHex(selectorOf('CallFailed')));
      expect(told).toBe(className === 'session_account_spend');
    });

    it('reverts as a whole when a call goes to an address without a contract', async () => {
      const nowhere = { contractAddress: '0x8888', entrypoint: 'mint', calldata: [] };
      const receipt = await stage.send(session, [transfer(token, 1), nowhere]);
      expect(receipt['execution_status']).toBe('REVERTED');
      expect(receipt['revert_reason']).toMatch(/Requested contract address 0x0+8888 is not deployed/);
    });

    it('is refused before any block for what is not on its list', async () => {
      const height = stage.sandbox.latest.number;
      const used = stage.callsUsed(account);
      const refused = stage.send(session, [{ ...transfer(token, 1), entrypoint: 'approve' }]);
      await expect(refused).rejects.toMatchObject({
        baseError: { code: 55, message: 'Account validation failed' },
      });
      expect(stage.sandbox.latest.number).toBe(height);
      expect(stage.callsUsed(account)).toBe(used);
    });

    it('signs in mode 2 once the owner has set it, and no longer in mode 1', async () => {
      await stage.send(account, [
        { contractAddress: account.address, entrypoint: 'set_session_signature_mode', calldata: ['2'] },
      ]);
      await expect(stage.send(session, [transfer(token, 1)])).rejects.toMatchObject({
        baseError: { code: 55 },
      });
      const receipt = await stage.send(stage.session(account, HOUR + 900, 'V2'), [transfer(token, 1)]);
      expect(receipt['execution_status']).toBe('SUCCEEDED');
    });

    it('is judged by the full hour on the INVOKE path: usable to the end of the hour in which it expires', async () => {
      const signed = stage.session(account, HOUR + 900, 'V2');
      stage.clock.seconds = HOUR + 3599;
      expect((await stage.send(signed, [transfer(token, 1)]))['execution_status']).toBe('SUCCEEDED');
      stage.clock.seconds = HOUR + 3600;
      await expect(stage.send(signed, [transfer(token, 1)])).rejects.toMatchObject({
        baseError: { code: 55 },
      });
      stage.clock.seconds = HOUR;
    });
  },
);

describe('where devnet differs from the network', () => {
  it('answers -1 to a refused validation when told to behave as devnet', async () => {
    const stage = await SpecStage.open({ behaviour: 'DEVNET' });
    const account = await stage.deployAccount('session_account_spend');
    const refused = stage.send(stage.session(account, HOUR + 900), [transfer('0x1', 1)]);
    await expect(refused).rejects.toMatchObject({
      baseError: {
        code: -1,
        message: 'Message("The `validate` entry point should return `VALID`. Got Retdata([0x0]).")',
      } satisfies Partial<RpcError>,
    });
    await stage.close();
  });
});
