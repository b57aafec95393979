import { sql } from 'kysely';
import { listNetworks } from '#libs/facts';
import { type Address, parseAddress } from '#libs/felt';
import { createRandom } from '../../conformance/sequence/random.ts';
import { type BlockTree, commonAncestor, heightOf } from '../chains/block-tree.ts';
import { ChainView } from '../chains/chain-view.ts';
import { createFaultyDatabase, type DatabaseRates } from '../database/faulty-database.ts';
import type { SimPostgres } from '../database/sim-postgres.ts';
import { FaultyNodes } from '../node/faulty-nodes.ts';
import { serveInProcess } from '../node/in-process-pool.ts';
import { Outage } from '../database/outage.ts';
import type { LatePlan } from '../late/late-plan.ts';
import { Operator } from '../late/operator.ts';
import type { PlantedBug } from '../planted/planted-bug.ts';
import { type App, startApp } from './app.ts';
import { FailOver } from './fail-over.ts';
import { FaultPlan } from './fault-plan.ts';
import { Lifetime } from './lifetime.ts';
import type { Move, Schedule } from './schedule.ts';
import { Supervisor } from './supervisor.ts';
import { VirtualClock } from './virtual-clock.ts';

/**
 * DISCOVERY: accounts are found on the chain, from block 0. BY_NAME: they are asked for somewhere in the middle. LATE: so
 * too, or found there, and their histories are filled while the faults go on. WATCHED: they are on the watch list from
 * the beginning, as the histories of LATE must read in the end.
 */
export type Mode = 'DISCOVERY' | 'BY_NAME' | 'LATE' | 'WATCHED';

export interface Rates extends DatabaseRates {
  /** In ten thousand calls of a node. */
  readonly rpc: number;
}

export interface WorldOptions {
  readonly seed: number;
  readonly tree: BlockTree;
  readonly schedule: Schedule;
  readonly mode: Mode;
  /** What the operator does where accounts come late. */
  readonly late?: LatePlan | undefined;
  readonly rates: Rates;
  readonly leastFaults: number;
  readonly postgres: SimPostgres;
  readonly bug?: PlantedBug | undefined;
  readonly log?: ((line: string) => void) | undefined;
}

export const EPOCH_MS = 1_800_000_000_000;
const LONGEST_MS = 60 * 60_000;
const SETTLE_MS = 30 * 60_000;
/** A bug mostly shows in an index that never gets there. Without one a few minutes do. */
const SETTLE_WITH_BUG_MS = 10 * 60_000;
/** Of a chain's end that is not accepted on L1 yet. */
const NOT_FINAL = 10;

/** Nodes, database and processes of one seed. */
export class World {
  readonly clock = new VirtualClock(EPOCH_MS);
  readonly plan: FaultPlan;
  readonly newest: ChainView;
  readonly nodes: FaultyNodes;
  readonly supervisor: Supervisor;
  /** The parts of the planted bug that took effect. */
  readonly planted = new Set<string>();
  readonly #outage = new Outage();
  readonly #failOver: FailOver;
  readonly #operator: Operator | undefined;
  readonly #behind: ChainView;
  readonly #options: WorldOptions;
  readonly #finalHeight: number;
  readonly #hostRandom = Math.random;
  readonly #hostNow = Date.now;
  /** Behind everything that the server dates by itself. */
  readonly #serverStartMs = Date.now() + 3_600_000;
  #stopServing: (() => void) | undefined;
  #isOver = false;
  #failure: Error | undefined;

  constructor(options: WorldOptions) {
    this.#options = options;
    const { seed, tree, schedule, rates, late, postgres } = options;
    this.plan = new FaultPlan(seed, () => this.clock.nowMs());
    if (options.leastFaults === 0) this.plan.stop();
    this.newest = new ChainView(tree);
    this.#behind = new ChainView(tree);
    this.#finalHeight = Math.max(1, heightOf(tree, schedule.finalTip) - NOT_FINAL);
    const { clock, plan, newest } = this;
    const often = options.bug?.needs;
    this.nodes = new FaultyNodes({
      ...{ clock, plan, newest, behind: this.#behind, faultRate: rates.rpc, often },
      tellsUpdateBlock: late?.tellsUpdateBlock ?? true,
    });
    this.supervisor = new Supervisor(clock, plan, () => this.#startApp());
    const { supervisor } = this;
    this.#failOver = new FailOver({
      clock,
      plan,
      supervisor,
      postgres,
      outage: this.#outage,
    });
    this.#operator = late && new Operator(postgres.db, clock, plan, late);
  }

  /** The chain moves under faults; then they stop, and the index has all the time to get to the head. */
  async play(): Promise<void> {
    await this.#options.postgres.empty();
    // A stream of its own: libraries also draw from it when they warm up, which must not shift the faults.
    const strangers = createRandom(this.#options.seed);
    Math.random = () => strangers.below(2 ** 30) / 2 ** 30;
    Date.now = () => this.#hostNow() + this.supervisor.hostOffMs;
    this.#stopServing = serveInProcess(this.nodes.serve);
    this.newest.moveTo(this.#options.schedule.startTip);
    this.#behind.moveTo(this.#options.schedule.startTip);
    const moved = this.#moveChain();
    const looked = this.supervisor.run(() => this.#isOver);
    for (const work of [moved, looked]) work.catch((error: unknown) => (this.#failure ??= asError(error)));
    const isStill = (): boolean => !this.plan.isOn && this.newest.tip === this.#options.schedule.finalTip;
    const settleMs = this.#options.bug ? SETTLE_WITH_BUG_MS : SETTLE_MS;
    await this.clock.runUntil(() => this.#mustGoOn() && isStill(), LONGEST_MS);
    await this.clock.runUntil(() => this.#mustGoOn() && this.#isAtHead(), settleMs);
    await this.#untilAccountsFollowed();
  }

  /** Ends all processes and waits for what they had open. */
  async close(): Promise<void> {
    this.#isOver = true;
    for (const { lifetime } of this.supervisor.apps) lifetime.kill();
    await this.clock.untilNothingOutside();
    this.#stopServing?.();
    Math.random = this.#hostRandom;
    Date.now = this.#hostNow;
  }

  describe(error: unknown): string[] {
    const status = this.supervisor.apps.map(({ lifetime, indexer }) => {
      const { indexed, head, lastError, finalizedBlock } = indexer.status() ?? {};
      return `${lifetime.name}: at ${indexed?.blockNumber} of ${head?.blockNumber}, final ${finalizedBlock}, ${lastError ?? 'no error'}`;
    });
    return [error instanceof Error ? error.message : String(error), ...status];
  }

  #mustGoOn(): boolean {
    if (this.#failure !== undefined) throw this.#failure;
    return true;
  }

  #isAtHead(): boolean {
    const [app, ...others] = this.supervisor.apps;
    const status = app?.indexer.status();
    return (
      others.length === 0 &&
      status?.indexed?.blockHash === BigInt(this.newest.sandbox.latest.hash) &&
      status.finalizedBlock === this.#finalHeight
    );
  }

  async #moveChain(): Promise<void> {
    const { schedule, leastFaults } = this.#options;
    for (const [index, move] of schedule.moves.entries()) {
      await this.clock.sleep(move.afterMs);
      // A block is to come that shows what is gone.
      if (move !== schedule.moves.at(-1)) await this.#failOver.perhaps();
      this.#move(move);
      await this.#operator?.afterMove(index);
    }
    while (this.plan.injected.length < leastFaults) await this.clock.sleep(500);
    this.plan.stop();
    this.#behind.moveTo(schedule.finalTip);
    for (const view of [this.newest, this.#behind]) view.acceptOnL1(this.#finalHeight);
  }

  #move({ tip, reorg, safeHeight }: Move): void {
    const before = this.newest.tip;
    this.newest.moveTo(tip);
    // What the balancer leads to saw the move before this one.
    this.#behind.moveTo(before);
    const final = Math.min(safeHeight, this.newest.sandbox.latest.number - NOT_FINAL, this.#finalHeight);
    this.newest.acceptOnL1(final);
    // It may be on a branch: of that, nothing was ever accepted.
    const { tree } = this.#options;
    this.#behind.acceptOnL1(Math.min(final, heightOf(tree, commonAncestor(tree, before, tip))));
    const height = this.newest.sandbox.latest.number;
    if (reorg !== undefined) {
      this.plan.note(reorg, `to block ${height}`);
      this.#operator?.noteReorg(heightOf(tree, commonAncestor(tree, before, tip)));
    }
    this.#options.log?.(`chain at block ${height}`);
    if (this.#options.mode === 'BY_NAME') for (const app of this.supervisor.apps) this.#ask(app);
  }

  #ask(app: App): void {
    app.follow(this.#options.tree.cast.accounts.map((account) => BigInt(account) as Address));
  }

  readonly #hit = (part: string): void => void this.planted.add(part);

  async #startApp(): Promise<App> {
    const { postgres, rates, bug, mode, late, log } = this.#options;
    const { clock, plan } = this;
    const lostCommit = bug?.trustsLostCommits;
    const lifetime = new Lifetime(`p${this.supervisor.processes}`, clock);
    const db = createFaultyDatabase({
      db: postgres.db,
      clock,
      plan,
      rates,
      lifetime,
      outage: this.#outage,
      serverNowMs: () => this.#serverStartMs + clock.nowMs() - EPOCH_MS,
      bug: bug?.statements?.(this.#hit),
      trustsLostCommit: lostCommit === undefined ? undefined : () => this.#hit(lostCommit),
      terminate: (backendPid) => postgres.terminate(backendPid),
    });
    const [known] = await clock.track(listNetworks(postgres.db));
    const app = startApp({
      expectedNetwork: known,
      lifetime,
      db,
      urls: this.nodes.urlsFor(lifetime),
      random: () => plan.random.below(2 ** 30) / 2 ** 30,
      discovery: late?.discovery ?? mode === 'DISCOVERY',
      startBlock: late?.startBlock ?? 0,
      ...(mode === 'WATCHED' && {
        watch: this.#options.tree.cast.accounts.map((account) => parseAddress(account)),
      }),
      backfill: late && { callsPerSecond: late.callsPerSecond, blocksInPart: late.blocksInPart },
      wrapSource: (source) => bug?.source?.(source, this.#hit) ?? source,
      ...(log && {
        log: (line: string) => log(`${lifetime.name} ${Math.round(clock.nowMs() - EPOCH_MS)}: ${line}`),
      }),
    });
    if (mode === 'BY_NAME' && plan.random.chance(50)) this.#ask(app);
    return app;
  }

  /** Accounts that wait are tried again after a while by the clock of the server, which is not ours: it passes at once. */
  async #untilAccountsFollowed(): Promise<void> {
    const { db } = this.#options.postgres;
    const wanted = this.#options.tree.cast.accounts;
    if (this.#operator) return this.#untilHistoriesFilled(this.#operator);
    for (let tries = 0; tries < 40; tries += 1) {
      for (const app of this.supervisor.apps) if (this.#options.mode === 'BY_NAME') this.#ask(app);
      const { rows } = await sql<{
        address: string;
      }>`select address from accounts where status = 'FOLLOWED'`.execute(db);
      const followed = new Set(rows.map(({ address }) => address));
      if (wanted.every((address) => followed.has(address))) return;
      await sql`update accounts set next_try_at = to_timestamp(0) where status = 'PENDING'`.execute(db);
      await this.#letPass(2_000);
    }
    throw new Error('not all accounts are followed at the end');
  }

  /** Longer than reading every block takes by bisecting at the lowest rate, when all of it begins only now. */
  async #untilHistoriesFilled(operator: Operator): Promise<void> {
    let left: readonly string[] = [];
    for (let tries = 0; tries < 300; tries += 1) {
      // It may have to wait for a lock that an indexer holds: the time must pass.
      let isDone = false;
      const tended = operator.tend().finally(() => (isDone = true));
      tended.catch(() => undefined);
      await this.clock.runUntil(() => isDone, 60_000);
      left = await tended;
      if (left.length === 0) return;
      await this.#letPass(2_000);
    }
    throw new Error(`not all histories are filled at the end: ${left.join('; ')}`);
  }

  async #letPass(durationMs: number): Promise<void> {
    const untilMs = this.clock.nowMs() + durationMs;
    void this.clock.sleep(durationMs);
    await this.clock.runUntil(() => this.clock.nowMs() >= untilMs, durationMs + 8_000);
  }
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
