import { describe, expect, it } from '@jest/globals';
import { ChainError } from '#libs/chain';
import { hexOf, withDatabase } from '#libs/testing';
import { ACCOUNT, KEY, OTHER_KEY, SHOP, TOKEN } from '../../libs/spending/spec/facts.builder.ts';
import { at, listAt, withServer } from './with-server.ts';
import { COIN, FOREIGN, LATE, withLedgers } from './written-ledgers.ts';

const RISK = `query ($account: Address!, $key: SessionKey, $tokens: [Address!]) {
  risk(account: $account, sessionKey: $key, tokens: $tokens) {
    tokens { token balance kind atRisk keys {
      sessionKey kind atRisk throughBudgets throughAllowances usableUntil allowances { spender amount } reasons { code }
    } }
    asOf { blockNumber }
  }
}`;

describe('what is at risk', () => {
  const database = withDatabase();
  const spec = withServer(database);
  withLedgers(database, spec);
  const variables = { account: hexOf(ACCOUNT) };

  it('says what is at risk in whole tokens of those of the account, and of others not whether they are known', async () => {
    await database.db
      .insertInto('tokens')
      .values(
        [TOKEN, COIN, FOREIGN].map((token) => ({
          ...{ network_id: spec.networkId, address: hexOf(token), symbol: null, name: null },
          ...{ decimals: 3, read_at_block: 1 },
        })),
      )
      .execute();
    const query = `query ($account: Address!, $tokens: [Address!]) {
      risk(account: $account, tokens: $tokens) { tokens { balance balanceScaled keys { atRisk atRiskScaled } } }
    }`;
    const tokens = [TOKEN, COIN, FOREIGN].map(hexOf);
    const { data, codes } = await spec.ask(query, { ...variables, tokens });
    await database.sql`delete from tokens`;
    expect(codes).toEqual([]);
    const [own, moved, foreign] = listAt(data, 'risk', 'tokens');
    expect(own).toMatchObject({ balance: '10000', balanceScaled: '10' });
    expect(moved).toMatchObject({ balance: '10000', balanceScaled: '10' });
    expect(foreign).toMatchObject({ balance: '10000', balanceScaled: null });
    expect(listAt(foreign, 'keys').map((key) => at(key, 'atRiskScaled'))).toEqual(
      listAt(foreign, 'keys').map(() => null),
    );
    expect(listAt(own, 'keys').some((key) => typeof at(key, 'atRiskScaled') === 'string')).toBe(true);
  });

  it('bounds what keys may take, with balances and allowances of the same block', async () => {
    const { data, codes } = await spec.ask(RISK, variables);
    expect(codes).toEqual([]);
    const [token, coin] = listAt(data, 'risk', 'tokens');
    // 750 are left now; the window ends at 4550 and the key works to 7199: one more window.
    expect(token).toMatchObject({ token: hexOf(TOKEN), balance: '10000', kind: 'BOUNDED', atRisk: '1775' });
    expect(listAt(token, 'keys')).toMatchObject([
      {
        sessionKey: hexOf(KEY),
        atRisk: '1775',
        throughBudgets: '1750',
        throughAllowances: '25',
        usableUntil: '7199',
        allowances: [{ spender: hexOf(SHOP), amount: '25' }],
        reasons: [{ code: 'SIGNATURES_NOT_COVERED' }, { code: 'ALLOWANCES_LIVE' }],
      },
      {
        sessionKey: hexOf(OTHER_KEY),
        atRisk: '0',
        usableUntil: null,
        reasons: [{ code: 'KEY_NOT_REGISTERED' }],
      },
    ]);
    // The coin does not say what a dead key's spender may still draw: the balance bounds it, for each key.
    expect(coin).toMatchObject({ token: hexOf(COIN), kind: 'BOUNDED', atRisk: '10000' });
    expect(listAt(coin, 'keys', 1, 'reasons')).toEqual([
      { code: 'KEY_NOT_REGISTERED' },
      { code: 'ALLOWANCE_UNKNOWN' },
    ]);
  });

  it('says what it does not know: approvals from before, tokens that say nothing, a node that does not answer', async () => {
    const late = await spec.ask(RISK, { account: hexOf(LATE), tokens: [TOKEN].map(hexOf) });
    expect(listAt(late.data, 'risk', 'tokens', 0, 'keys')).toMatchObject([
      { atRisk: '10000', throughAllowances: null, reasons: [{}, { code: 'APPROVALS_UNKNOWN' }] },
    ]);
    const silent = await spec.ask(RISK, { ...variables, key: hexOf(OTHER_KEY), tokens: ['0x51'] });
    expect(listAt(silent.data, 'risk', 'tokens')).toMatchObject([{ balance: null, atRisk: '0' }]);
    const open = await spec.ask(RISK, { ...variables, key: hexOf(KEY), tokens: ['0x51'] });
    expect(listAt(open.data, 'risk', 'tokens')).toMatchObject([
      { balance: null, kind: 'UNKNOWN', atRisk: null },
    ]);
    expect((await spec.ask(RISK, { ...variables, key: '0x99' })).codes).toEqual(['SESSION_NOT_REGISTERED']);
    const many = Array.from({ length: 21 }, (_, index) => hexOf(BigInt(index + 1)));
    expect((await spec.ask(RISK, { ...variables, tokens: many })).codes).toEqual(['BAD_INPUT']);
    spec.chain.failure = new ChainError('RPC_UNAVAILABLE', 'nobody answers');
    expect((await spec.ask(RISK, variables)).codes).toEqual(['NODE_UNAVAILABLE']);
    spec.chain.failure = undefined;
  });
});
