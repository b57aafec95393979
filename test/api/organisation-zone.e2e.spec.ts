import { beforeAll, describe, expect, it } from '@jest/globals';
import { toAddress } from '#libs/felt';
import { headerOf, hexOf, withDatabase } from '#libs/testing';
import fc from 'fast-check';
import { at, listAt, withServer } from './with-server.ts';

const UPDATE = `mutation ($input: OrganisationInput!) { updateOrganisation(input: $input) { name timeZone } }`;
const SPENDING = `query ($input: SpendingInput!) {
  spending(input: $input) { rows { periodStart debited } period { from to timeZone } }
}`;
const TOP = `query ($token: Address!, $period: PeriodInput) {
  topKeys(by: SPEND, period: $period, filter: { token: $token }) { nodes { amount } }
}`;
const CREATE = `mutation ($input: ExportInput!) { createExport(input: $input) { path } }`;

const [ACCOUNT, TOKEN] = [toAddress(0xa1n), toAddress(0x70n)];
/** A second before and at each midnight of Berlin, on the day that has 25 hours there, and of the day before and behind. */
const TIMES = [
  '2026-10-23T21:59:59Z',
  '2026-10-23T22:00:00Z',
  '2026-10-24T21:59:59Z',
  '2026-10-24T22:00:00Z',
  '2026-10-25T22:00:00Z',
  '2026-10-25T22:59:59Z',
  '2026-10-25T23:00:00Z',
];
const PERIOD = { from: '2026-10-24', to: '2026-10-27' };

describe('the time zone of an organisation', () => {
  const database = withDatabase();
  const spec = withServer(database);

  beforeAll(async () => {
    const { rows, networkId } = spec;
    await rows.account(networkId, ACCOUNT, { row: { followed_from_block: 1 } });
    for (const [at, time] of TIMES.entries()) {
      const header = headerOf(at + 1, BigInt(Date.parse(time) / 1_000));
      await rows.head(networkId, header);
      await database.db
        .insertInto('debits')
        .values({
          ...{ network_id: networkId, account: hexOf(ACCOUNT), token: hexOf(TOKEN), block_number: at + 1 },
          ...{ transaction_index: 0, use_index: 1, call_index: 0, block_hash: hexOf(header.blockHash) },
          ...{
            transaction_hash: hexOf(BigInt(at + 1)),
            session_key: '0x5',
            selector: '0x1',
            counterparty: '0x2',
          },
          // A digit of its own for each, so that a sum says which ones are in it.
          ...{ amount: 10n ** BigInt(at), spent_before: 0n, spent_after: 1n, window_start_seconds: 0n },
          ...{ window_started: false, cause: 'MATCHED', moved_amount: 0n },
        })
        .execute();
    }
  });

  type Asker = Parameters<typeof spec.ask>[2];
  const set = (timeZone: string | null, as?: Asker) => spec.ask(UPDATE, { input: { timeZone } }, as);
  const byDay = async (period: object, as?: Asker) => {
    const { data, codes } = await spec.ask(SPENDING, { input: { period, groupBy: ['DAY'] } }, as);
    expect(codes).toEqual([]);
    const rows = listAt(data, 'spending', 'rows').map((row) => [at(row, 'periodStart'), at(row, 'debited')]);
    return { rows, timeZone: at(data, 'spending', 'period', 'timeZone') };
  };

  it('is UTC until somebody says otherwise', async () => {
    const { data } = await spec.ask('{ viewer { organisation { timeZone } } }');
    expect(at(data, 'viewer', 'organisation', 'timeZone')).toBe('UTC');
    expect(await byDay(PERIOD)).toEqual({
      timeZone: 'UTC',
      rows: [
        ['2026-10-24', '1100'],
        ['2026-10-25', '1110000'],
      ],
    });
  });

  it('is where days begin that are asked for without a zone, over the end of the summer time too', async () => {
    expect(at((await set('europe/berlin')).data, 'updateOrganisation', 'timeZone')).toBe('Europe/Berlin');
    const berlin = {
      timeZone: 'Europe/Berlin',
      rows: [
        ['2026-10-24', '110'],
        ['2026-10-25', '111000'],
        ['2026-10-26', '1000000'],
      ],
    };
    expect(await byDay(PERIOD)).toEqual(berlin);
    expect((await byDay({ ...PERIOD, timeZone: 'UTC' })).timeZone).toBe('UTC');
    const day = { from: '2026-10-25', to: '2026-10-26' };
    const top = await spec.ask(TOP, { token: hexOf(TOKEN), period: day });
    expect(listAt(top.data, 'topKeys', 'nodes')).toEqual([{ amount: '111000' }]);
  });

  it('is that of an export for good, whatever it becomes later', async () => {
    await set('Europe/Berlin');
    const day = { from: '2026-10-25', to: '2026-10-26' };
    const made = await spec.ask(CREATE, { input: { format: 'JSONL', period: day } });
    await set(null);
    const path = String(at(made.data, 'createExport', 'path'));
    const { body } = await spec.server.app.inject({ method: 'GET', url: path });
    const lines = body
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.filter(({ type }) => type === 'debit').map((row) => row['debited_raw'])).toEqual([
      '1000',
      '10000',
      '100000',
    ]);
    expect((await byDay(PERIOD)).timeZone).toBe('UTC');
  });

  it('gives the days that are given where the zone is named, in every zone', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...Intl.supportedValuesOf('timeZone')), async (timeZone) => {
        expect((await set(timeZone)).codes).toEqual([]);
        expect(await byDay(PERIOD)).toEqual(await byDay({ ...PERIOD, timeZone }));
      }),
      { numRuns: 25 },
    );
    await set(null);
  });

  it('is written down with what it was, once', async () => {
    const changes = () => database.sql<{ before_text: string; after_text: string }[]>`
      select before_text, after_text from audit_entries where action = 'ORGANISATION_CHANGED' order by sequence desc`;
    const before = (await changes()).length;
    await set('Asia/Tokyo');
    await set('Asia/Tokyo');
    const after = await changes();
    expect(after).toHaveLength(before + 1);
    expect(after[0]).toEqual({
      before_text: '{"timeZone": "UTC"}',
      after_text: '{"timeZone": "Asia/Tokyo"}',
    });
    await set(null);
  });

  it('is for an admin to say, and of his organisation alone', async () => {
    for (const role of ['FINANCE', 'APPROVER', 'AUDITOR', 'INTEGRATOR'] as const)
      expect((await set('Asia/Tokyo', { as: role })).codes).toEqual(['FORBIDDEN']);
    const other = await database.organisation('other');
    const { text: key } = await spec.access.makeKey(other.id, { role: 'ADMIN' });
    expect((await set('Asia/Tokyo', { as: { key } })).codes).toEqual([]);
    expect((await byDay(PERIOD)).timeZone).toBe('UTC');
    expect((await byDay(PERIOD, { as: { key } })).timeZone).toBe('Asia/Tokyo');
  });

  it.each([['CET'], ['+02:00'], ['Mars/Olympus'], ['']])('is refused where it is none: %j', async (zone) => {
    expect((await set(zone)).codes).toEqual(['BAD_INPUT']);
    expect((await spec.ask(UPDATE, { input: {} })).codes).toEqual(['BAD_INPUT']);
    expect((await byDay(PERIOD)).timeZone).toBe('UTC');
  });
});
