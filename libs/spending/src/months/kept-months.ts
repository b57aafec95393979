import { type RawBuilder, sql } from 'kysely';
import type { Trx } from '#libs/database';

/** A month of an account and token of which the kept sums are not those of the ledgers. Everything as text. */
export interface WrongMonth {
  readonly key: { readonly account: string; readonly month: string; readonly token: string };
  /** As the ledgers come to; null: they have no row of it. */
  readonly expected: Readonly<Record<string, string>> | null;
  /** As it is kept; null: it is not. */
  readonly found: Readonly<Record<string, string>> | null;
}

/** An account with months that are wrong: how many there are, and how many there should be. */
export interface WrongMonths {
  readonly account: string;
  readonly found: number;
  readonly expected: number;
}

interface OfAccounts {
  readonly networkId: number;
  /** Only these. Default: every account. */
  readonly accounts?: readonly string[];
}

const SUMS = ['debited', 'debits', 'moved', 'movements', 'received', 'receipts'] as const;

const columnsOf = (alias: string) => sql.join(SUMS.map((name) => sql.ref(`${alias}.${name}`)));
const textsOf = (alias: string) =>
  sql.join(SUMS.map((name) => sql`${sql.lit(name)}, ${sql.ref(`${alias}.${name}`)}::text`));

const ofAccounts = (alias: string, { networkId, accounts }: OfAccounts) => sql`
  ${sql.ref(`${alias}.network_id`)} = ${networkId}::integer
  ${accounts === undefined ? sql`` : sql`and ${sql.ref(`${alias}.account`)} = any(${accounts}::text[])`}`;

/** What both ledgers come to: what `account_months` has to hold. */
const ledgerMonths = (scope: OfAccounts): RawBuilder<unknown> => sql`
  select month_of(b.timestamp_seconds) as month, r.account, r.token, sum(r.debited) as debited, sum(r.debits)::bigint as debits,
    sum(r.moved) as moved, sum(r.movements)::bigint as movements, sum(r.received) as received, sum(r.receipts)::bigint as receipts
  from (
    select l.network_id, l.block_hash, l.account, l.token, sum(l.amount) as debited, count(*) as debits,
      0 as moved, 0 as movements, 0 as received, 0 as receipts
    from debits l where ${ofAccounts('l', scope)} group by 1, 2, 3, 4
    union all
    select l.network_id, l.block_hash, l.account, l.token, 0, 0,
      coalesce(sum(l.amount) filter (where l.direction <> 'IN'), 0), count(*) filter (where l.direction <> 'IN'),
      coalesce(sum(l.amount) filter (where l.direction = 'IN'), 0), count(*) filter (where l.direction = 'IN')
    from movements l where ${ofAccounts('l', scope)} group by 1, 2, 3, 4
  ) r
  join blocks b on b.network_id = r.network_id and b.block_hash = r.block_hash
  group by 1, 2, 3`;

const wrongMonths = (scope: OfAccounts): RawBuilder<unknown> => sql`
  from (${ledgerMonths(scope)}) e
  full join (select k.* from account_months k where ${ofAccounts('k', scope)}) k
    on k.month = e.month and k.account = e.account and k.token = e.token
  where (${columnsOf('e')}) is distinct from (${columnsOf('k')})`;

/** Months that are not what the ledgers come to, the first ones. Reads both ledgers whole. */
export const listWrongMonths = async (
  trx: Trx,
  scope: OfAccounts & { readonly limit: number },
): Promise<WrongMonth[]> => {
  const { rows } = await sql<WrongMonth>`
    select jsonb_build_object('account', coalesce(e.account, k.account), 'month', coalesce(e.month, k.month),
        'token', coalesce(e.token, k.token)) as key,
      case when e.account is not null then jsonb_build_object(${textsOf('e')}) end as expected,
      case when k.account is not null then jsonb_build_object(${textsOf('k')}) end as found
    ${wrongMonths(scope)}
    order by coalesce(e.account, k.account), coalesce(e.month, k.month), coalesce(e.token, k.token)
    limit ${scope.limit}`.execute(trx);
  return rows;
};

/** Accounts with months that are not what the ledgers come to. Reads both ledgers whole. */
export const countWrongMonths = async (trx: Trx, networkId: number): Promise<WrongMonths[]> => {
  const { rows } = await sql<WrongMonths>`
    select coalesce(e.account, k.account) as account, count(k.account) as found, count(e.account) as expected
    ${wrongMonths({ networkId })}
    group by 1 order by 1`.execute(trx);
  return rows;
};

/** Makes all months of some accounts what the ledgers come to. */
export const sumMonthsAgain = async (
  trx: Trx,
  networkId: number,
  accounts: readonly string[],
): Promise<void> => {
  if (accounts.length === 0) return;
  const scope = { networkId, accounts };
  await sql`delete from account_months k where ${ofAccounts('k', scope)}`.execute(trx);
  await sql`
    insert into account_months (network_id, month, account, token, debited, debits, moved, movements, received, receipts)
    select ${networkId}::integer, e.* from (${ledgerMonths(scope)}) e`.execute(trx);
};
