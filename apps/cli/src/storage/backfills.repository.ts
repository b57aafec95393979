import type { ProfileRegistry } from '#libs/account';
import { type Db, inTransaction } from '#libs/database';
import {
  type BackfillJob,
  finishBackfill,
  listBackfills,
  requestBackfills,
  resumeBackfill,
} from '#libs/facts';
import { type Address, feltToHex, parseAddress } from '#libs/felt';
import { planFromIndex, type PlanOutcome, requestAccounts } from '#libs/indexing';
import { CliError } from '../cli.error.ts';
import { EXIT } from '../exit-codes.ts';
import { requireNetwork } from './require-network.ts';

/** Which accounts, and how far back. */
export interface BackfillWish {
  /** Undefined: every account that is followed. */
  readonly account: Address | undefined;
  readonly network: string | undefined;
  readonly fromBlock: number;
  readonly everyBlock: boolean;
}

/** Asks for the histories; an account that is not followed yet is asked for too. @returns the jobs that are open now. */
export const addBackfills = async (db: Db, wish: BackfillWish): Promise<BackfillJob[]> => {
  const { networkId } = await requireNetwork(db, wish.network);
  const accounts = await accountsOf(db, networkId, wish);
  const { fromBlock, everyBlock } = wish;
  await inTransaction(db, async (trx) => {
    if (wish.account !== undefined) await requestAccounts(trx, networkId, 'WATCH', [wish.account]);
    await requestBackfills(
      trx,
      networkId,
      accounts.map((account) => ({ account, fromBlock, everyBlock })),
    );
  });
  const open = await listBackfills(db, networkId, { onlyOpen: true, limit: accounts.length + 1_000 });
  const wanted = new Set<bigint>(accounts);
  return open.filter(({ account }) => wanted.has(account));
};

const accountsOf = async (db: Db, networkId: number, wish: BackfillWish): Promise<Address[]> => {
  if (wish.account !== undefined) return [wish.account];
  const rows = await db
    .selectFrom('coverage')
    .select('account')
    .where('network_id', '=', networkId)
    .where('kind', '=', 'STATE')
    .where('to_block', 'is', null)
    .where('from_block', '>', wish.fromBlock)
    .orderBy('account')
    .execute();
  return rows.map(({ account }) => parseAddress(account));
};

/** A plan of one account, for a node that tells the block of the last update and for one that does not. */
export interface PlannedAccount {
  readonly account: string;
  readonly withUpdateBlock: PlanOutcome;
  readonly without: PlanOutcome;
}

export const planBackfills = async (
  db: Db,
  wish: BackfillWish,
  profiles: ProfileRegistry,
): Promise<PlannedAccount[]> => {
  const { networkId } = await requireNetwork(db, wish.network);
  const { fromBlock, everyBlock } = wish;
  const planned: PlannedAccount[] = [];
  for (const account of await accountsOf(db, networkId, wish)) {
    const question = { networkId, account, fromBlock, everyBlock, profiles };
    planned.push({
      account: feltToHex(account),
      withUpdateBlock: await planFromIndex(db, { ...question, updateBlock: true }),
      without: await planFromIndex(db, { ...question, updateBlock: false }),
    });
  }
  return planned;
};

export const listJobs = async (
  db: Db,
  { network, all }: { readonly network: string | undefined; readonly all: boolean },
): Promise<BackfillJob[]> => {
  const { networkId } = await requireNetwork(db, network);
  return await listBackfills(db, networkId, { onlyOpen: !all, limit: 1_000 });
};

/** @throws CliError BACKFILL_NOT_OPEN */
export const cancelJob = (db: Db, jobId: number): Promise<void> =>
  inTransaction(db, async (trx) => {
    if (!(await finishBackfill(trx, jobId, 'CANCELLED')))
      throw refused('BACKFILL_NOT_OPEN', `job ${jobId} is not waiting and not running`);
  });

/** @throws CliError BACKFILL_NOT_RESUMABLE */
export const resumeJob = (db: Db, jobId: number): Promise<void> =>
  inTransaction(db, async (trx) => {
    if (!(await resumeBackfill(trx, jobId)))
      throw refused(
        'BACKFILL_NOT_RESUMABLE',
        `job ${jobId} was neither cancelled nor left incomplete, or another one of its account is open`,
      );
  });

const refused = (code: 'BACKFILL_NOT_OPEN' | 'BACKFILL_NOT_RESUMABLE', message: string): CliError =>
  new CliError(code, message, { exitCode: EXIT.REFUSED, hint: 'purser backfill list --all shows them' });
