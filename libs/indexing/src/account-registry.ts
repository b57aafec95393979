import { sql } from 'kysely';
import type { AccountSource, Db, Trx } from '#libs/database';
import { type Address, feltToHex, parseAddress } from '#libs/felt';
import type { NewAccount } from './write-set.ts';

/** Which accounts a network follows, in memory; the table `accounts` is what counts. */
export interface Registry {
  readonly followed: Set<bigint>;
  /** Contracts that emit session events and are no session accounts. */
  readonly rejected: Set<bigint>;
}

export const loadRegistry = async (db: Db, networkId: number): Promise<Registry> => {
  const rows = await db
    .selectFrom('accounts')
    .select(['address', 'status'])
    .where('network_id', '=', networkId)
    .where('status', 'in', ['FOLLOWED', 'REJECTED'])
    .execute();
  const of = (status: string) =>
    new Set<bigint>(rows.filter((row) => row.status === status).map((row) => parseAddress(row.address)));
  return { followed: of('FOLLOWED'), rejected: of('REJECTED') };
};

/** Asks for accounts to be followed. One that is followed or waiting already stays as it is; a rejected one is tried again. */
export const requestAccounts = async (
  trx: Trx,
  networkId: number,
  source: AccountSource,
  addresses: readonly Address[],
): Promise<void> => {
  if (addresses.length === 0) return;
  const list = JSON.stringify(addresses.map(feltToHex));
  // One parameter, however long a watch list is: a statement takes 65,534 at most.
  await sql`
    insert into accounts (network_id, address, source, status)
    select ${networkId}::integer, address, ${source}, 'PENDING'
    from (select distinct jsonb_array_elements_text(${list}::text::jsonb) as address) wanted
    on conflict (network_id, address) do update
      set status = 'PENDING', source = excluded.source, reason_code = null, attempts = 0, next_try_at = now()
      where accounts.status = 'REJECTED'`.execute(trx);
};

/** The accounts whose turn has come, those that wait longest first. */
export const listDue = async (
  db: Db,
  networkId: number,
  status: 'PENDING' | 'REJECTED',
  limit: number,
): Promise<{ readonly address: Address; readonly attempts: number }[]> => {
  const rows = await db
    .selectFrom('accounts')
    .select(['address', 'attempts'])
    .where('network_id', '=', networkId)
    .where('status', '=', sql.lit(status))
    .where('next_try_at', '<=', sql<Date>`now()`)
    .orderBy('next_try_at')
    .limit(limit)
    .execute();
  return rows.map(({ address, attempts }) => ({ address: parseAddress(address), attempts }));
};

/** Holds accounts until the transaction ends, and gives those still waiting: somebody else may have seen to one meanwhile. */
export const holdPending = async (
  trx: Trx,
  networkId: number,
  addresses: readonly Address[],
): Promise<ReadonlySet<bigint>> => {
  const rows = await trx
    .selectFrom('accounts')
    .select(['address', 'status'])
    .where('network_id', '=', networkId)
    .where('address', 'in', addresses.map(feltToHex))
    .orderBy('address')
    .forUpdate()
    .execute();
  return new Set(
    rows.filter(({ status }) => status === 'PENDING').map(({ address }) => parseAddress(address)),
  );
};

/** How many accounts wait for their turn now. */
export const countDue = async (db: Db, networkId: number): Promise<number> => {
  const row = await db
    .selectFrom('accounts')
    .select((eb) => eb.fn.countAll<number>().as('waiting'))
    .where('network_id', '=', networkId)
    .where('status', '=', sql.lit('PENDING'))
    .where('next_try_at', '<=', sql<Date>`now()`)
    .executeTakeFirstOrThrow();
  return row.waiting;
};

/** Notes why an account could not be read; it is tried again after twice the time, an hour at most. */
export const postponePending = async (
  trx: Trx,
  networkId: number,
  address: Address,
  reasonCode: string,
): Promise<void> => {
  await trx
    .updateTable('accounts')
    .set({
      reason_code: reasonCode,
      attempts: sql<number>`attempts + 1`,
      next_try_at: sql<Date>`now() + least(interval '1 hour', interval '1 second' * power(2, least(attempts, 12)))`,
    })
    .where('network_id', '=', networkId)
    .where('address', '=', feltToHex(address))
    .where('status', '=', 'PENDING')
    .execute();
};

/** Looks at a rejected contract again after twice the time: its owner may have given it another class. */
export const postponeRejected = async (trx: Trx, networkId: number, address: Address): Promise<void> => {
  await trx
    .updateTable('accounts')
    .set({
      attempts: sql<number>`attempts + 1`,
      next_try_at: sql<Date>`now() + least(interval '30 days', interval '1 hour' * power(2, least(attempts, 10)))`,
    })
    .where('network_id', '=', networkId)
    .where('address', '=', feltToHex(address))
    .where('status', '=', 'REJECTED')
    .execute();
};

const IN_AN_HOUR = { attempts: 1, next_try_at: sql<Date>`now() + interval '1 hour'` };
const AT_ONCE = { attempts: 0, next_try_at: sql<Date>`now()` };

/** An account with where following it begins. */
export interface Followed extends NewAccount {
  readonly source: AccountSource;
  /** The first block whose state is known. */
  readonly stateFrom: number;
  /** The first block from which on all session events are known. Default 0. */
  readonly eventsFrom?: number;
}

/** From here on the fold takes the accounts along. */
export const markFollowed = async (
  trx: Trx,
  networkId: number,
  accounts: readonly Followed[],
): Promise<void> => {
  if (accounts.length === 0) return;
  const json = JSON.stringify(
    accounts.map(({ address, source, followedFromBlock, stateFrom, eventsFrom = 0 }) => ({
      address: feltToHex(address),
      source,
      followed_from_block: followedFromBlock,
      state_from: stateFrom,
      events_from: eventsFrom,
    })),
  );
  await sql`
    insert into accounts (network_id, address, source, status, followed_from_block)
    select ${networkId}::integer, r.address, r.source, 'FOLLOWED', r.followed_from_block
    from jsonb_to_recordset(${json}::text::jsonb) as r(address text, source text, followed_from_block bigint)
    on conflict (network_id, address)
    do update set status = 'FOLLOWED', reason_code = null, followed_from_block = excluded.followed_from_block`.execute(
    trx,
  );
  await sql`
    insert into coverage (network_id, account, kind, from_block, to_block)
    select ${networkId}::integer, r.address, k.kind, case k.kind when 'EVENTS' then r.events_from else r.state_from end, null
    from jsonb_to_recordset(${json}::text::jsonb) as r(address text, state_from bigint, events_from bigint)
    cross join (values ('EVENTS'), ('STATE')) as k(kind)
    on conflict do nothing`.execute(trx);
};

export const markRejected = async (
  trx: Trx,
  networkId: number,
  rejected: readonly { readonly address: Address; readonly reasonCode: string }[],
  source: AccountSource,
): Promise<void> => {
  for (const { address, reasonCode } of rejected) {
    const row = { status: 'REJECTED' as const, reason_code: reasonCode, ...IN_AN_HOUR };
    await trx
      .insertInto('accounts')
      .values({
        network_id: networkId,
        address: feltToHex(address),
        source,
        label: null,
        followed_from_block: null,
        ...row,
      })
      .onConflict((conflict) => conflict.columns(['network_id', 'address']).doUpdateSet(row))
      .execute();
  }
};

const followedSince = (networkId: number, block: number) => sql`
  select address from accounts
  where network_id = ${networkId}::integer and status = 'FOLLOWED' and followed_from_block >= ${block}::bigint`;

/** Histories that end with a block that a reorg took away begin again, those too that were complete. */
const restartBackfills = async (trx: Trx, networkId: number, block: number): Promise<void> => {
  const of = sql`job.network_id = ${networkId}::integer and job.account in (${followedSince(networkId, block)})`;
  await sql`
    update backfill_jobs job set covered_to = null, search = null, calls_left = null
    where job.finished_at is null and ${of}`.execute(trx);
  await sql`
    insert into backfill_jobs (network_id, account, from_block, every_block)
    select distinct on (job.account) job.network_id, job.account, job.from_block, job.every_block
    from backfill_jobs job where job.state = 'DONE' and ${of}
    order by job.account, job.from_block
    on conflict (network_id, account) where finished_at is null do nothing`.execute(trx);
};

/** Accounts that are followed from that block on or later wait for being read again: what they were read from is gone. */
export const unfollowFrom = async (trx: Trx, networkId: number, block: number): Promise<void> => {
  await restartBackfills(trx, networkId, block);
  // Without coverage no version says anything, not even one of a block that is still there.
  for (const table of ['coverage', 'session_versions', 'policy_versions', 'account_versions'] as const) {
    await sql`
      delete from ${sql.table(table)}
      where network_id = ${networkId}::integer and account in (${followedSince(networkId, block)})`.execute(
      trx,
    );
  }
  await trx
    .updateTable('accounts')
    .set({ status: 'PENDING', followed_from_block: null, recorded_from_block: null, ...AT_ONCE })
    .where('network_id', '=', networkId)
    .where('status', '=', 'FOLLOWED')
    .where('followed_from_block', '>=', block)
    .execute();
};
