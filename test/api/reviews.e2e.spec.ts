import { beforeAll, describe, expect, it } from '@jest/globals';
import { cutSpendingAbove } from '#libs/spending';
import { hexOf, withDatabase } from '#libs/testing';
import { ACCOUNTS, type LedgerWorld, makeWorld, writeWorld } from '../../libs/spending/spec/finance-world.ts';
import { at, listAt, withServer } from './with-server.ts';

const ROWS = `query ($account: Address!, $review: ReviewFilter, $first: Int) {
  debits(account: $account, review: $review, first: $first) { nodes { id amount review { state note reviewerName } } }
  movements(account: $account, review: $review, first: $first) { nodes { id amount review { state note } } }
}`;
const REVIEW = `mutation ($ids: [ID!]!, $state: ReviewState!, $note: String) {
  reviewRows(ids: $ids, state: $state, note: $note) { id review { state note reviewedBy reviewerName reviewedAt } }
}`;

describe('reviews of rows of the ledgers', () => {
  const database = withDatabase();
  const spec = withServer(database);
  const account = hexOf(ACCOUNTS[0]!);
  let world: LedgerWorld;

  type Asker = Parameters<typeof spec.ask>[2];
  const rows = async (filter: object = {}, as: Asker = { as: 'FINANCE' }) => {
    const { data, codes } = await spec.ask(ROWS, { account, first: 100, ...filter }, as);
    expect(codes).toEqual([]);
    return { debits: listAt(data, 'debits', 'nodes'), movements: listAt(data, 'movements', 'nodes') };
  };
  const review = (ids: readonly unknown[], state: string, note?: string, as: Asker = { as: 'FINANCE' }) =>
    spec.ask(REVIEW, { ids, state, ...(note !== undefined && { note }) }, as);
  const idsOf = (nodes: readonly unknown[]) => nodes.map((node) => at(node, 'id'));
  const logged = async () => {
    const entries = await database.db
      .selectFrom('audit_entries')
      .select([
        'organisation_id',
        'actor_kind',
        'actor_name',
        'action',
        'object_id',
        'before_text',
        'after_text',
      ])
      .where('object_kind', '=', 'LEDGER_ROW')
      .orderBy('sequence')
      .execute();
    return entries;
  };

  beforeAll(async () => {
    world = makeWorld(spec.networkId, 11);
    await writeWorld(database.db, spec.rows, spec.networkId, world);
  });

  it('are of no row at first, and each row has an id of its own', async () => {
    const { debits, movements } = await rows();
    const all = [...debits, ...movements];
    expect(new Set(idsOf(all)).size).toBe(all.length);
    expect(all.every((row) => at(row, 'review') === null)).toBe(true);
    expect(await rows({ review: 'UNREVIEWED' })).toEqual({ debits, movements });
    expect(await rows({ review: 'FLAGGED' })).toEqual({ debits: [], movements: [] });
  });

  it('say who looked, when, and why, and are written into the audit log with what was said before', async () => {
    const { debits, movements } = await rows();
    const ids = [at(debits[0], 'id'), at(movements[0], 'id')];
    const { data, codes } = await review(ids, 'FLAGGED');
    expect(codes).toEqual([]);
    const flagged = { state: 'FLAGGED', note: null, reviewerName: 'finance' };
    expect(listAt(data, 'reviewRows')).toMatchObject(ids.map((id) => ({ id, review: flagged })));
    await review([ids[0]], 'EXPLAINED', ' a refund of May ', { as: 'ADMIN' });
    const after = await rows();
    expect(after.debits[0]).toMatchObject({
      id: ids[0],
      review: { state: 'EXPLAINED', note: 'a refund of May', reviewerName: 'admin' },
    });
    expect(await logged()).toMatchObject([
      {
        actor_kind: 'KEY',
        actor_name: 'finance',
        action: 'ROW_REVIEWED',
        object_id: ids[0],
        before_text: null,
      },
      { object_id: ids[1], after_text: '{"note": null, "state": "FLAGGED"}' },
      {
        actor_name: 'admin',
        before_text: '{"note": null, "state": "FLAGGED"}',
        after_text: '{"note": "a refund of May", "state": "EXPLAINED"}',
      },
    ]);
  });

  it('filter both ledgers, and what is left is what nobody looked at', async () => {
    const whole = await rows();
    const left = await rows({ review: 'UNREVIEWED' });
    expect(left.debits).toEqual(whole.debits.slice(1));
    expect(left.movements).toEqual(whole.movements.slice(1));
    expect((await rows({ review: 'EXPLAINED' })).debits).toEqual(whole.debits.slice(0, 1));
    expect((await rows({ review: 'FLAGGED' })).movements).toEqual(whole.movements.slice(0, 1));
  });

  it('are repeatable, and taken back', async () => {
    const { debits } = await rows();
    const id = at(debits[0], 'id');
    const entries = (await logged()).length;
    await review([id], 'EXPLAINED', 'a refund of May');
    expect(await logged()).toHaveLength(entries);
    await review([id], 'NONE');
    expect((await rows()).debits[0]).toMatchObject({ id, review: null });
    expect((await logged()).at(-1)).toMatchObject({ action: 'REVIEW_TAKEN_BACK', after_text: null });
  });

  it('belong to the organisation, and are of the rows that whoever asks may see', async () => {
    const other = await database.organisation('other');
    await other.follow(spec.networkId, ACCOUNTS[0]!);
    const theirs = {
      as: { key: (await spec.access.makeKey(other.id, { role: 'FINANCE', name: 'theirs' })).text },
    };
    const { movements } = await rows({}, theirs);
    expect(movements[0]).toMatchObject({ review: null });
    const [id] = idsOf(movements);
    expect((await review([id], 'REVIEWED', undefined, theirs)).codes).toEqual([]);
    expect((await rows()).movements[0]).toMatchObject({ id, review: { state: 'FLAGGED' } });
    const { movements: unseen } = await rows({ account: hexOf(ACCOUNTS[1]!) });
    expect((await review([at(unseen[0], 'id')], 'REVIEWED', undefined, theirs)).codes).toEqual(['NOT_FOUND']);
  });

  it('are refused as a whole where one row is not there', async () => {
    const { debits } = await rows();
    const id = String(at(debits[2], 'id'));
    const text = Buffer.from(id, 'base64url').toString();
    const unknown = Buffer.from(text.replace(/"0"\]$/, '"7"]')).toString('base64url');
    const { codes, errors } = await review([id, unknown], 'REVIEWED');
    expect(codes).toEqual(['NOT_FOUND']);
    expect(errors[0]?.extensions.details).toEqual({ ids: [unknown] });
    expect((await rows()).debits[2]).toMatchObject({ review: null });
  });

  it('are refused without a right, with a code', async () => {
    const { debits } = await rows();
    const [id] = idsOf(debits);
    const refused = async (state: string, note?: string, ids: readonly unknown[] = [id]) =>
      (await review(ids, state, note)).codes;
    expect(await refused('EXPLAINED')).toEqual(['BAD_INPUT']);
    expect(await refused('NONE', 'x')).toEqual(['BAD_INPUT']);
    expect(await refused('REVIEWED', 'x'.repeat(2_001))).toEqual(['BAD_INPUT']);
    expect(await refused('REVIEWED', undefined, [])).toEqual(['BAD_INPUT']);
    expect(await refused('REVIEWED', undefined, [id, id])).toEqual(['BAD_INPUT']);
    expect(await refused('REVIEWED', undefined, ['nonsense'])).toEqual(['BAD_INPUT']);
    for (const as of ['AUDITOR', 'APPROVER', 'INTEGRATOR'] as const)
      expect((await review([id], 'REVIEWED', undefined, { as })).codes).toEqual(['FORBIDDEN']);
    const filtered = await spec.ask(ROWS, { account, review: 'FLAGGED' }, { as: 'APPROVER' });
    expect(new Set(filtered.codes)).toEqual(new Set(['FORBIDDEN']));
    expect(filtered.data).toEqual({ debits: null, movements: null });
  });

  it('are there again when a reorg takes the transaction up in another block', async () => {
    const { movements } = await rows();
    const id = at(movements[0], 'id');
    const moved = world.movements.filter((row) => row.account === account).at(-1)!;
    const block = moved.block_number - 1;
    await database.commit(async (trx) => {
      await cutSpendingAbove(trx, spec.networkId, block);
      await trx
        .insertInto('movements')
        .values({ ...moved, block_number: block, transaction_index: 99 })
        .execute();
    });
    const again = (await rows()).movements.find((row) => at(row, 'id') === id);
    expect(again).toMatchObject({ id, review: { state: 'FLAGGED' } });
  });
});
