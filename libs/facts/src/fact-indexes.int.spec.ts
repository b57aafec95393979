import { beforeAll, describe, expect, it } from '@jest/globals';
import { recordStatements } from '#libs/database';
import { withDatabase } from '#libs/testing';
import { generatedQueries } from './facts.queries.ts';

/** The statements that read what grows without end, each with the index and the conditions that must reach it. */
const READS: Readonly<Record<string, readonly [string, RegExp]>> = {
  'listFacts of an account': ['facts_by_account', /account/],
  'listFacts with every filter': ['facts_by_account', /account.*block_number.*>=.*block_number.*<=/],
  listDeadLetters: ['dead_letters_by_account', /account/],
  'listDeadLetters of a network': ['dead_letters_pkey', /network_id/],
};

describe('facts and dead letters', () => {
  const database = withDatabase();

  beforeAll(async () => {
    // 20,000 of 500 accounts in 1,000 blocks.
    const place = `1, '0x' || to_hex(i / 20 + 1), i % 20, 0, i / 20, null, '0x' || to_hex(i * 7919 % 500 + 1)`;
    await database.sql.unsafe(`
      insert into networks (chain_id, genesis_hash, label) values ('0x1', '0x1', 'spec');
      insert into blocks select 1, '0x' || to_hex(i + 1), i, '0x0', i, 'ACCEPTED_ON_L2', true from generate_series(0, 999) i;
      insert into facts select ${place}, 'A', '0x1', null, '{}' from generate_series(0, 19999) i;
      insert into dead_letters select ${place}, 'A', '', '{}' from generate_series(0, 19999) i;
      analyze networks, blocks, facts, dead_letters`);
  });

  it.each(Object.entries(READS))('have an index for %s', async (method, [index, conditions]) => {
    const sample = generatedQueries.methods[method];
    const [statement] = await recordStatements(sample!);
    const rows = await database.sql.unsafe<{ 'QUERY PLAN': string }[]>(`explain (generic_plan) ${statement}`);
    const plan = rows.map((row) => row['QUERY PLAN']);
    const at = plan.findIndex((line) => line.includes(`using ${index} on`));
    expect(plan[at + 1]).toMatch(/Index Cond/);
    expect(plan[at + 1]).toMatch(conditions);
  });
});
