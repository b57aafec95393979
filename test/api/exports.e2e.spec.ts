import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { headerOf, hexOf, withDatabase } from '#libs/testing';
import { ACCOUNTS, BLOCKS, KEYS, type LedgerWorld, TOKENS } from '../../libs/spending/spec/finance-world.ts';
import { type Asker, CREATE, withExports } from './with-exports.ts';
import { at, listAt } from './with-server.ts';

const LIST = `{ exports { nodes { id creatorName revokedAt } } }`;

describe('exports', () => {
  const database = withDatabase();
  const served = withExports(database);
  const { create, lines, open, spec } = served;
  let world: LedgerWorld;

  beforeAll(() => {
    ({ world } = served);
  });

  it('are every row of both ledgers once, in the order of the chain, with totals that add up', async () => {
    const records = await lines({});
    const rows = records.filter(({ type }) => type === 'debit' || type === 'movement');
    expect(rows).toHaveLength(world.debits.length + world.movements.length);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
    const blocks = rows.map(({ block_number: block }) => Number(block));
    expect(blocks).toEqual(blocks.toSorted((a, b) => a - b));
    const totals = records.filter(({ type }) => type === 'total');
    const sum = (token: string, column: string) =>
      rows
        .filter((row) => row['token'] === token)
        .reduce((all, row) => all + BigInt(row[column] ?? 0), 0n)
        .toString();
    expect(totals).toHaveLength(2);
    for (const total of totals) {
      const token = String(total['token']);
      for (const column of ['debited_raw', 'moved_raw', 'received_raw'])
        expect(total[column]).toBe(sum(token, column));
      expect(total['rows']).toBe(rows.filter((row) => row['token'] === token).length);
      const debits = world.debits
        .filter((row) => row.token === token)
        .reduce((all, row) => all + row.amount, 0n);
      expect(total['debited_raw']).toBe(debits.toString());
    }
    expect(records.at(-1)).toMatchObject({
      type: 'end',
      rows: rows.length,
      block_number: BLOCKS,
      network: 'sepolia',
    });
  });

  it('name the chain, the block, the transaction and the label of each row, amounts raw and whole', async () => {
    const [first] = (await lines({})).filter(
      ({ type, token }) => type === 'debit' && token === hexOf(TOKENS[0]!),
    );
    const stored = world.debits.find(
      (row) => row.token === first?.['token'] && row.transaction_hash === first['transaction_hash'],
    )!;
    expect(first).toMatchObject({
      chain_id: hexOf(spec.status.chainId),
      block_hash: hexOf(headerOf(stored.block_number, 0n).blockHash),
      timestamp: String(world.times.get(stored.block_number)),
      time: new Date(world.times.get(stored.block_number)! * 1_000).toISOString(),
      transaction_hash: stored.transaction_hash,
      account: stored.account,
      debited_raw: stored.amount.toString(),
      decimals: 6,
      moved_raw: null,
      finality: 'ACCEPTED_ON_L2',
    });
    const unknown = (await lines({})).find(
      ({ token, type }) => type === 'debit' && token === hexOf(TOKENS[1]!),
    );
    expect(unknown).toMatchObject({ decimals: null, debited: null });
  });

  it('name the groups of each account, as a list and in one cell', async () => {
    const groups = ['=two', 'one'].map((name) => ({
      ...{ organisation_id: 1, group_id: `grp_${name}`, name },
    }));
    await database.db.insertInto('groups').values(groups).execute();
    await database.db
      .insertInto('group_members')
      .values(
        groups.map(({ organisation_id, group_id }) => ({
          ...{ organisation_id, group_id, network_id: spec.networkId, account: hexOf(ACCOUNTS[1]!) },
        })),
      )
      .execute();
    const rows = (await lines({})).filter(({ type }) => type === 'debit' || type === 'movement');
    const of = (account: bigint) => rows.filter((row) => row['account'] === hexOf(account));
    expect(of(ACCOUNTS[1]!).length).toBeGreaterThan(0);
    for (const row of of(ACCOUNTS[1]!)) expect(row['groups']).toEqual(['=two', 'one']);
    for (const row of of(ACCOUNTS[0]!)) expect(row['groups']).toEqual([]);
    expect(rows).toHaveLength(world.debits.length + world.movements.length);
    const text = (await open((await create({ format: 'CSV' })).path)).body;
    await database.sql`delete from groups`;
    expect(text).toContain(`"'=two; one"`);
  });

  it('end with the hash of every byte before it, in CSV too, and run nothing in a spreadsheet', async () => {
    const answer = await open((await create({ format: 'CSV' })).path);
    expect(answer.headers).toMatchObject({
      'content-type': expect.stringContaining('text/csv') as unknown,
      'content-disposition': expect.stringMatching(
        /^attachment; filename="purser-exp_[0-9a-f]{32}\.csv"$/,
      ) as unknown,
      'cache-control': 'no-store',
    });
    const text = answer.body;
    const end = text.lastIndexOf('\r\nend,') + 2;
    const sha256 = createHash('sha256').update(text.slice(0, end)).digest('hex');
    expect(text.slice(end).trimEnd().split(',').at(-1)).toBe(sha256);
    expect(text).toContain(`"'=HYPERLINK(""https://evil.example"",""x"")"`);
    expect(text).toContain(`"'\u200b＝1+1"`);
    expect(text).not.toMatch(/(^|,)"?\s*[=＝]/mu);
  });

  it('are of the period and of the rows that were asked for', async () => {
    const period = { from: '2026-10-25', to: '2026-10-26', timeZone: 'Europe/Berlin' };
    const rows = (
      await lines({ period, filter: { account: hexOf(ACCOUNTS[0]!), token: hexOf(TOKENS[0]!) } })
    ).filter(({ type }) => type === 'debit');
    const day = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Berlin' });
    const expected = world.debits.filter(
      (row) =>
        row.account === hexOf(ACCOUNTS[0]!) &&
        row.token === hexOf(TOKENS[0]!) &&
        day.format(world.times.get(row.block_number)! * 1_000) === '2026-10-25',
    );
    expect(rows.map(({ transaction_hash: hash }) => hash)).toEqual(
      expected.map((row) => row.transaction_hash),
    );
    const none = await lines({ filter: { team: 'nobody' } });
    expect(none).toMatchObject([{ type: 'end', rows: 0, block_number: BLOCKS }]);
  });

  it('have what keys did beside the ledgers where it is asked for, and its fees once', async () => {
    const { networkId: network_id } = spec;
    const block = 7;
    const place = {
      ...{ network_id, account: hexOf(ACCOUNTS[0]!), block_number: block, transaction_index: 9 },
      ...{ block_hash: hexOf(headerOf(block, 0n).blockHash), session_key: hexOf(KEYS[0]!) },
    };
    const fee = { fee_amount: 2_500_000_000_000_000_000n, fee_unit: 'FRI', fee_payer: hexOf(ACCOUNTS[0]!) };
    const done = {
      transaction_hash: '0x99',
      calls_burned: 2,
      path: 'INVOKE',
      attribution: 'REPLAY',
    } as const;
    await database.db
      .insertInto('uses')
      .values([
        { ...place, ...done, ...fee, event_index: 0, outcome: 'SUCCEEDED', fee_shared: false },
        { ...place, ...done, ...fee, event_index: 1, outcome: 'REVERTED', fee_shared: true },
        {
          ...{ ...place, event_index: 2, outcome: 'UNATTRIBUTED', calls_burned: 1 },
          unattributed: { reason: 'NO_TRANSACTION', tokens: [], transactionHashes: [] },
        },
      ] as never)
      .execute();
    const ofUses = (records: readonly Record<string, unknown>[]) =>
      records.filter(({ type }) => type === 'use');
    expect(ofUses(await lines({}))).toEqual([]);
    const all = await lines({ contents: ['USES', 'LEDGERS'] });
    expect(all.filter(({ type }) => type === 'debit')).toHaveLength(world.debits.length);
    const only = await lines({ contents: ['USES'] });
    expect(only).toHaveLength(5);
    expect(ofUses(only)).toEqual(ofUses(all));
    expect(only).toMatchObject([
      {
        ...{ type: 'use', outcome: 'SUCCEEDED', calls_burned: 2, transaction_hash: '0x99', token: null },
        ...{ fee_raw: '2500000000000000000', fee: '2.5', fee_unit: 'FRI', fee_payer: hexOf(ACCOUNTS[0]!) },
      },
      { type: 'use', outcome: 'REVERTED', fee_raw: null, fee_unit: null, fee_payer: null },
      { type: 'use', outcome: 'UNATTRIBUTED', transaction_hash: null },
      { type: 'total', token: null, fee_raw: '2500000000000000000', fee: '2.5', fee_unit: 'FRI', rows: 1 },
      { type: 'end', rows: 3 },
    ]);
    const ids = ofUses(only).map(({ id }) => id);
    const { data, errors } = await spec.ask(
      'query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Use { outcome } } }',
      { ids },
    );
    expect(errors).toEqual([]);
    expect(listAt(data, 'nodes').map((node) => at(node, 'outcome'))).toEqual([
      ...['SUCCEEDED', 'REVERTED', 'UNATTRIBUTED'],
    ]);
    expect(ofUses(await lines({ contents: ['USES'], filter: { token: hexOf(TOKENS[0]!) } }))).toEqual([]);
    expect(
      (await spec.ask(CREATE, { input: { format: 'CSV', contents: [] } }, { as: 'FINANCE' })).codes,
    ).toEqual(['BAD_INPUT']);
    await database.db.deleteFrom('uses').execute();
  });

  it('are what whoever made them could see, whoever opens them', async () => {
    const other = await database.organisation('other');
    await other.follow(spec.networkId, ACCOUNTS[1]!, { label: 'theirs' });
    const accounts = async (as: Asker) =>
      new Set((await lines({}, as)).flatMap(({ type, account }) => (type === 'debit' ? [account] : [])));
    const theirs = { as: { key: (await spec.access.makeKey(other.id, { role: 'FINANCE' })).text } };
    expect(await accounts(theirs)).toEqual(new Set([hexOf(ACCOUNTS[1]!)]));
    const scope = { accounts: [`${spec.networkId}/${hexOf(ACCOUNTS[2]!)}`], labels: [] };
    const limited = { as: { key: (await spec.access.makeKey(1, { role: 'AUDITOR', scope })).text } };
    expect(await accounts(limited)).toEqual(new Set([hexOf(ACCOUNTS[2]!)]));
    const listed = await spec.ask(LIST, {}, theirs);
    expect(listAt(listed.data, 'exports', 'nodes')).toHaveLength(1);
  });
});
