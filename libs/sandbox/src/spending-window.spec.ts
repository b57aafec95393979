import { afterEach, describe, expect, it } from '@jest/globals';
import type { Account } from 'starknet';
import { grant, HOUR, policy, SESSION_KEY, SpecStage, textIn, transfer } from '../spec/stage.builder.ts';

const WINDOW = 100;

describe('the spending window', () => {
  let stage: SpecStage;
  let account: Account;
  let token: string;

  const open = async (className: 'session_account_setting' | 'session_account_spend') => {
    stage = await SpecStage.open();
    token = await stage.deployToken();
    account = await stage.deployAccount(className);
    await stage.send(account, [policy(account, token, 1000, 1000, WINDOW), grant(account, HOUR + 3000, 100)]);
  };
  afterEach(() => stage.close());

  const spendAt = async (offset: number, amount: number): Promise<string | undefined> => {
    stage.clock.seconds = HOUR + offset;
    return textIn(await stage.send(stage.session(account, HOUR + 3000), [transfer(token, amount)]));
  };

  it('opens when it is set and ends at start + window in the family anchored at the setting', async () => {
    await open('session_account_setting');
    expect(await spendAt(40, 1000)).toBeUndefined();
    expect(await spendAt(WINDOW - 1, 1)).toBe('Spending: exceeds window limit');
    expect(await spendAt(WINDOW, 1)).toBeUndefined();
    expect(stage.spent(account, token)).toBe(1n);
  });

  it('opens at the first spend and ends after start + window in the family anchored at the spend', async () => {
    await open('session_account_spend');
    expect(await spendAt(40, 1000)).toBeUndefined();
    expect(await spendAt(40 + WINDOW, 1)).toBe('Spending: exceeds window limit');
    expect(await spendAt(40 + WINDOW + 1, 1)).toBeUndefined();
    expect(stage.spent(account, token)).toBe(1n);
  });

  it('bricks a key by a window beyond u64', async () => {
    await open('session_account_setting');
    const huge = policy(account, token, 1000, 1000, 0);
    await stage.send(account, [
      { ...huge, calldata: [...(huge.calldata as string[]).slice(0, 6), '0xffffffffffffffff'] },
    ]);
    expect(await spendAt(1, 1)).toBe('u64_add Overflow');
  });

  it('sees the time of its own block, which is the time of the header', async () => {
    await open('session_account_setting');
    await spendAt(WINDOW + 7, 1);
    const start = stage.view(account.address, 'get_spending_policy', [SESSION_KEY, token])[7];
    expect(start).toBe(BigInt(stage.sandbox.latest.timestampSeconds));
  });
});
