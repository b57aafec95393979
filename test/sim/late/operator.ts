import { sql } from 'kysely';
import { type Db, inTransaction } from '#libs/database';
import { finishBackfill, listNetworks, requestBackfills, resumeBackfill } from '#libs/facts';
import { type Address, parseAddress } from '#libs/felt';
import { requestAccounts } from '#libs/indexing';
import type { FaultPlan } from '../run/fault-plan.ts';
import type { VirtualClock } from '../run/virtual-clock.ts';
import { type AccountHistory, historiesOf } from './histories.ts';
import type { LateAccount, LatePlan } from './late-plan.ts';

/** In ten thousand moves of the chain with a history that is being filled. */
const CANCEL_RATE = 500;

/** Who asks for accounts and their histories, cancels and resumes them: by the commands of `purser`, whose SQL it sends. */
export class Operator {
  readonly #db: Db;
  readonly #clock: VirtualClock;
  readonly #plan: FaultPlan;
  readonly #late: LatePlan;
  #histories: readonly AccountHistory[] = [];

  constructor(db: Db, clock: VirtualClock, plan: FaultPlan, late: LatePlan) {
    this.#db = db;
    this.#clock = clock;
    this.#plan = plan;
    this.#late = late;
  }

  /** After a move of the chain. */
  async afterMove(move: number): Promise<void> {
    await this.#work(async (networkId) => {
      const { accounts } = this.#late;
      await this.#ask(
        networkId,
        accounts.filter(({ askedAtMove }) => askedAtMove <= move),
        accounts.filter(({ filledAtMove }) => filledAtMove <= move),
      );
      for (const history of this.#histories) await this.#disturb(history);
    });
  }

  /** What a reorg to the common ancestor at that height does to the histories that were being filled at the last look. */
  noteReorg(ancestorHeight: number): void {
    for (const { isOpen, end, coveredTo, account } of this.#histories) {
      if (!isOpen || end === undefined) continue;
      const where =
        ancestorHeight >= end
          ? 'above its end'
          : ancestorHeight >= (coveredTo ?? end)
            ? 'below its end'
            : 'below what is filled';
      this.#plan.note(`reorg while a history is filled, ${where}`, `${account} at block ${ancestorHeight}`);
    }
  }

  /** Once faults have stopped: nothing stays asked for in vain. Gives what is not filled yet. */
  async tend(): Promise<readonly string[]> {
    let left: readonly string[] = ['no network is known'];
    await this.#work(async (networkId) => {
      await this.#ask(networkId, this.#late.accounts, this.#late.accounts);
      for (const history of this.#histories) if (mayBeResumed(history)) await this.#resume(history);
      await sql`update accounts set next_try_at = to_timestamp(0) where status = 'PENDING'`.execute(this.#db);
      await sql`update backfill_jobs set next_try_at = to_timestamp(0) where finished_at is null`.execute(
        this.#db,
      );
      left = this.#histories.filter(({ isFilled }) => !isFilled).map(tellHistory);
    });
    return left;
  }

  /** What is known of the network; nothing before its first commit, or where a replica knows nothing of it. */
  #work(work: (networkId: number) => Promise<void>): Promise<void> {
    return this.#clock.track(
      listNetworks(this.#db).then(async ([network]) => {
        if (network === undefined) return;
        this.#histories = await historiesOf(this.#db, this.#late.accounts);
        await work(network.networkId);
      }),
    );
  }

  /** Whoever was asked for and is unknown is asked for again: a replica that took over forgot it. */
  async #ask(
    networkId: number,
    wanted: readonly LateAccount[],
    toFill: readonly LateAccount[],
  ): Promise<void> {
    const histories = new Map(this.#histories.map((history) => [history.account, history]));
    const unknown = wanted.filter(({ address }) => histories.get(address)?.status === undefined);
    const unasked = toFill.filter(({ address }) => histories.get(address)?.jobId === undefined);
    if (unknown.length + unasked.length === 0) return;
    await inTransaction(this.#db, async (trx) => {
      await requestAccounts(trx, networkId, 'WATCH', unknown.map(addressOf));
      await requestBackfills(
        trx,
        networkId,
        unasked.map((account) => ({
          account: addressOf(account),
          fromBlock: 0,
          everyBlock: account.everyBlock,
        })),
      );
    });
  }

  async #disturb(history: AccountHistory): Promise<void> {
    const { jobId, account, isOpen } = history;
    if (jobId === undefined) return;
    if (mayBeResumed(history)) {
      if (this.#plan.random.chance(50)) await this.#resume(history);
    } else if (isOpen && this.#plan.roll(CANCEL_RATE, ['cancel'])) {
      const wasOpen = await inTransaction(this.#db, (trx) => finishBackfill(trx, jobId, 'CANCELLED'));
      if (wasOpen) this.#plan.note('history: cancelled', account);
    }
  }

  async #resume({ jobId, account, reason, state }: AccountHistory): Promise<void> {
    if (jobId === undefined) return;
    const goesOn = await inTransaction(this.#db, (trx) => resumeBackfill(trx, jobId));
    if (goesOn && this.#plan.isOn) this.#plan.note('history: resumed', `${account} ${reason ?? state ?? ''}`);
  }
}

const mayBeResumed = ({ state }: AccountHistory): boolean => state === 'CANCELLED' || state === 'INCOMPLETE';

const addressOf = ({ address }: LateAccount): Address => parseAddress(address);

const tellHistory = ({ account, status, end, state, reason, coveredTo }: AccountHistory): string =>
  `${account}: ${status ?? 'unknown'} from ${end}, back-fill ${state ?? 'none'} ${reason ?? ''} to ${coveredTo}`;
