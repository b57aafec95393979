import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { withDatabase } from '#libs/testing';
import { openWorld, type World } from '../access/matrix/world.ts';

jest.setTimeout(120_000);

const DECIMALS = 2;

/** The amount with a point before its last two digits, as text alone makes it. */
const inWholeTokens = (raw: string): string => {
  const digits = raw.padStart(DECIMALS + 1, '0');
  return `${digits.slice(0, -DECIMALS)}.${digits.slice(-DECIMALS)}`.replace(/\.?0+$/, '') || '0';
};

/** Each `xScaled` of an answer, wherever it stands, with the `x` beside it. */
const pairsOf = (answer: unknown, type: string): { field: string; raw: unknown; scaled: unknown }[] => {
  if (Array.isArray(answer)) return answer.flatMap((one) => pairsOf(one, type));
  if (typeof answer !== 'object' || answer === null) return [];
  const values = new Map(Object.entries(answer as Record<string, unknown>));
  return [...values].flatMap(([name, value]) =>
    name.endsWith('Scaled')
      ? [{ field: `${type}.${name}`, raw: values.get(name.slice(0, -'Scaled'.length)), scaled: value }]
      : pairsOf(value, name === 'nodes' ? type : name),
  );
};

describe('amounts in whole tokens', () => {
  const database = withDatabase();
  let world: World;

  beforeAll(async () => {
    world = await openWorld(database);
    const known = { network_id: world.networkId, address: world.theirs.token, symbol: null, name: null };
    await database.db
      .insertInto('tokens')
      .values({ ...known, decimals: DECIMALS, read_at_block: 1 })
      .onConflict((conflict) =>
        conflict.columns(['network_id', 'address']).doUpdateSet({ decimals: DECIMALS }),
      )
      .execute();
  }, 120_000);
  afterAll(() => world.close());

  it('stand beside what a use debited, what is at risk, what was summed, and what policies were and became', async () => {
    const { account, sessionKey } = world.theirs;
    const key = `account: "${account}", sessionKey: "${sessionKey}"`;
    const { data, codes } = await world.ask(
      'ADMIN',
      `{ uses(account: "${account}") { nodes { debits {
          amount amountScaled spentBefore spentBeforeScaled spentAfter spentAfterScaled } } }
        risk(account: "${account}") { tokens { atRisk atRiskScaled balance balanceScaled
          keys { atRisk atRiskScaled throughBudgets throughBudgetsScaled throughAllowances throughAllowancesScaled
            allowances { amount amountScaled } } } }
        policyHistory(${key}) { nodes { spentBefore spentBeforeScaled
          before { maxPerCall maxPerCallScaled maxPerWindow maxPerWindowScaled }
          after { maxPerCall maxPerCallScaled maxPerWindow maxPerWindowScaled } } }
        spendingSummary(account: "${account}") { tokens { debited debitedScaled moved movedScaled refunded refundedScaled
          received receivedScaled causes { debited debitedScaled moved movedScaled } } }
        changes(account: "${account}", from: { blockNumber: 1 }) { policies { spent spentScaled } } }`,
    );
    expect(codes).toEqual([]);
    const pairs = pairsOf(data, 'Query');
    for (const { raw, scaled } of pairs)
      expect(scaled).toBe(typeof raw === 'string' ? inWholeTokens(raw) : null);
    const told = new Set(pairs.filter(({ scaled }) => scaled !== null).map(({ field }) => field));
    expect([...told].sort()).toEqual(
      expect.arrayContaining([
        'after.maxPerCallScaled',
        'after.maxPerWindowScaled',
        'causes.debitedScaled',
        'causes.movedScaled',
        'debits.amountScaled',
        'debits.spentAfterScaled',
        'debits.spentBeforeScaled',
        'keys.atRiskScaled',
        'keys.throughAllowancesScaled',
        'keys.throughBudgetsScaled',
        'policies.spentScaled',
        'tokens.atRiskScaled',
        'tokens.balanceScaled',
        'tokens.debitedScaled',
        'tokens.movedScaled',
        'tokens.receivedScaled',
        'tokens.refundedScaled',
      ]),
    );
  });
});
