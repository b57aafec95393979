import type { Db } from '#libs/database';
import { feltToHex } from '#libs/felt';
import { ACCOUNTS, type LedgerWorld, TOKENS } from '../../libs/spending/spec/finance-world.ts';
import { at } from './with-server.ts';

export type Group =
  | 'DAY'
  | 'WEEK'
  | 'MONTH'
  | 'TOKEN'
  | 'ACCOUNT'
  | 'SESSION'
  | 'RECIPIENT'
  | 'LABEL'
  | 'TEAM';
export type LedgerRow = LedgerWorld['debits'][number] | LedgerWorld['movements'][number];

/** What the organisation says of each account of the world. */
const OF_ACCOUNT: Readonly<Record<string, { label: string | null; team: string | null }>> = {
  [feltToHex(ACCOUNTS[0]!)]: { label: 'till', team: 'shop' },
  [feltToHex(ACCOUNTS[1]!)]: { label: 'desk', team: 'shop' },
  [feltToHex(ACCOUNTS[2]!)]: { label: null, team: null },
};
/** The first is in none, the second in two. */
const IN_GROUPS: Readonly<Record<string, readonly string[]>> = {
  [feltToHex(ACCOUNTS[1]!)]: ['two', 'one'],
  [feltToHex(ACCOUNTS[2]!)]: ['two'],
};
export const PERIOD = { from: '2026-10-20', to: '2026-11-03', timeZone: 'Europe/Berlin' };

/** Labels, teams, groups and the name of one token, as the report is to tell them. */
export const writeNames = async (db: Db, networkId: number): Promise<void> => {
  for (const [account, { label, team }] of Object.entries(OF_ACCOUNT))
    await db.updateTable('follows').set({ label, team }).where('account', '=', account).execute();
  await db
    .insertInto('groups')
    .values([
      { organisation_id: 1, group_id: 'grp_two', name: 'two' },
      { organisation_id: 1, group_id: 'grp_one', name: 'one' },
      { organisation_id: 1, group_id: 'grp_empty', name: 'empty' },
    ])
    .execute();
  const member = (account: bigint) => ({ network_id: networkId, account: feltToHex(account) });
  await db
    .insertInto('group_members')
    .values(
      Object.entries(IN_GROUPS).flatMap(([account, names]) =>
        names.map((name) => ({
          ...{ organisation_id: 1, group_id: `grp_${name}` },
          ...member(BigInt(account)),
        })),
      ),
    )
    .execute();
  await db
    .insertInto('tokens')
    .values({
      network_id: networkId,
      address: feltToHex(TOKENS[0]!),
      symbol: 'COIN',
      name: 'Coin',
      decimals: 6,
      read_at_block: 1,
    })
    .execute();
};

/** The report as somebody would add it up by hand, with the calendar of the runtime. */
export const byHand = (
  world: LedgerWorld,
  groups: readonly Group[],
  period: typeof PERIOD,
  months = false,
) => {
  const day = new Intl.DateTimeFormat('sv-SE', { timeZone: period.timeZone });
  const sums = new Map<
    string,
    { debited: bigint; moved: bigint; received: bigint; debits: number; movements: number }
  >();
  const add = (row: LedgerRow, kind: 'DEBIT' | 'OUT' | 'IN' | 'SELF') => {
    const date = day.format((world.times.get(row.block_number) ?? 0) * 1_000);
    if (date < period.from || date >= period.to) return;
    const { label, team } = OF_ACCOUNT[row.account]!;
    const values: Record<Group, string | null> = {
      DAY: date,
      WEEK: mondayOf(date, period.from),
      MONTH: months && date.slice(0, 7) > period.from.slice(0, 7) ? `${date.slice(0, 7)}-01` : period.from,
      TOKEN: row.token,
      ACCOUNT: row.account,
      SESSION: row.session_key ?? null,
      RECIPIENT: row.counterparty,
      LABEL: label,
      TEAM: team,
    };
    const key = JSON.stringify(groups.map((group) => values[group]));
    const sum = sums.get(key) ?? { debited: 0n, moved: 0n, received: 0n, debits: 0, movements: 0 };
    if (kind === 'DEBIT') [sum.debited, sum.debits] = [sum.debited + row.amount, sum.debits + 1];
    else if (kind === 'IN') sum.received += row.amount;
    else [sum.moved, sum.movements] = [sum.moved + row.amount, sum.movements + 1];
    sums.set(key, sum);
  };
  for (const row of world.debits) add(row, 'DEBIT');
  for (const row of world.movements) add(row, row.direction);
  return [...sums]
    .map(([key, { debited, moved, received, ...counts }]) => ({
      key,
      sum: { debited: `${debited}`, moved: `${moved}`, received: `${received}`, ...counts },
    }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
};

const mondayOf = (date: string, first: string): string => {
  const time = new Date(`${date}T00:00:00Z`);
  time.setUTCDate(time.getUTCDate() - ((time.getUTCDay() + 6) % 7));
  const monday = time.toISOString().slice(0, 10);
  return monday < first ? first : monday;
};

/** Rows by account and more, each told for every group of its account, or for none. */
export const toldByGroup = (byAccount: ReturnType<typeof byHand>): ReturnType<typeof byHand> => {
  const sums = new Map<string, (typeof byAccount)[number]['sum']>();
  for (const { key, sum } of byAccount) {
    const [account, ...rest] = JSON.parse(key) as string[];
    for (const name of IN_GROUPS[account!] ?? [null]) {
      const told = JSON.stringify([name, ...rest]);
      const before = sums.get(told);
      const add = (field: 'debited' | 'moved' | 'received') =>
        `${BigInt(sum[field]) + BigInt(before?.[field] ?? 0)}`;
      sums.set(told, {
        ...{ debited: add('debited'), moved: add('moved'), received: add('received') },
        ...{
          debits: sum.debits + (before?.debits ?? 0),
          movements: sum.movements + (before?.movements ?? 0),
        },
      });
    }
  }
  return [...sums].map(([key, sum]) => ({ key, sum })).sort((a, b) => (a.key < b.key ? -1 : 1));
};

const FIELDS: Record<Group, readonly string[]> = {
  DAY: ['periodStart'],
  WEEK: ['periodStart'],
  MONTH: ['periodStart'],
  TOKEN: ['token', 'address'],
  ACCOUNT: ['account'],
  SESSION: ['sessionKey'],
  RECIPIENT: ['recipient'],
  LABEL: ['label'],
  TEAM: ['team'],
};

/** Rows of an answer as those by hand are. */
export const asked = (rows: readonly unknown[], groups: readonly Group[]) =>
  rows
    .map((row) => ({
      key: JSON.stringify(groups.map((group) => at(row, ...FIELDS[group]))),
      sum: Object.fromEntries(
        ['debited', 'moved', 'received', 'debits', 'movements'].map((name) => [name, at(row, name)]),
      ),
    }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
