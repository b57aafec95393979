import { createRandom } from '../../conformance/sequence/random.ts';
import type { BlockTree } from '../chains/block-tree.ts';
import { BEGINNINGS, lateTables } from '../compare/late-tables.ts';
import { differencesOf, takeSnapshot } from '../compare/snapshot.ts';
import { checkAgainstStorage } from '../compare/storage-check.ts';
import { COMPARED, COMPARED_IN_FORCE } from '../compare/tables.ts';
import type { SimPostgres } from '../database/sim-postgres.ts';
import { planLate } from '../late/late-plan.ts';
import type { PlantedBug } from '../planted/planted-bug.ts';
import type { Injected } from './fault-plan.ts';
import { planSchedule } from './schedule.ts';
import { straightReplay, watchedReplay } from './straight-replay.ts';
import { EPOCH_MS, type Mode, type Rates, World } from './world.ts';

const RATES: Rates = { rpc: 350, statement: 50, commit: 220, kill: 22 };
const LEAST_FAULTS = 10;
/** Of the seeds that fill histories. */
const LATE_PERCENT = 50;
/** Blocks of the trunk that come while the indexer runs. */
const GROWTH = 60;

export interface SeedOptions {
  readonly seed: number;
  readonly tree: BlockTree;
  readonly postgres: SimPostgres;
  readonly rates?: Rates;
  readonly mode?: Mode | undefined;
  readonly bug?: PlantedBug;
  readonly log?: (line: string) => void;
}

export interface SeedResult {
  readonly seed: number;
  readonly mode: Mode;
  /** What is wrong at the end; nothing where the index converged. */
  readonly problems: readonly string[];
  readonly injected: readonly Injected[];
  /** Of the chain that is indexed at the end. */
  readonly blocks: number;
  readonly uses: number;
  /** The parts of the planted bug that took effect. */
  readonly planted: ReadonlySet<string>;
  readonly trace: readonly string[];
  readonly durationMs: number;
  /** Of this process, without the database; without the straight replay, which seeds share. */
  readonly cpuMs: number;
  readonly virtualMs: number;
  /** Up to then everything follows from the seed; beyond it also from how long the database took. */
  readonly certainUntilMs: number;
  readonly processes: number;
  readonly calls: number;
}

/**
 * Runs one seed: faults for as long as the chain moves, then none. What is indexed must then be what a straight replay
 * gives, and what the accounts answer themselves.
 */
export const runSeed = async (options: SeedOptions): Promise<SeedResult> => {
  const { seed, tree, postgres, rates = RATES, bug, log } = options;
  const random = createRandom(seed * 7919 + 17);
  const early: Mode = random.chance(25) ? 'BY_NAME' : 'DISCOVERY';
  // A stream of its own: the faults of the other seeds stay what they were.
  const drawn: Mode = createRandom(seed * 104_729 + 11).chance(LATE_PERCENT) ? 'LATE' : early;
  // A planted bug that needs histories says so; the others are looked for where they always were.
  const mode = options.mode ?? (bug ? early : drawn);
  const comparison = await comparisonOf(tree, postgres, mode);
  const [startedMs, startedCpu] = [performance.now(), process.cpuUsage()];
  const schedule = planSchedule(tree, random, Math.min(GROWTH, tree.trunk.length >> 1));
  const world = new World({
    seed,
    tree,
    schedule,
    mode,
    late: mode === 'LATE' ? planLate(tree, schedule, seed) : undefined,
    rates,
    leastFaults: LEAST_FAULTS,
    postgres,
    bug,
    log,
  });
  let problems: readonly string[];
  try {
    await world.play();
    await world.close();
    problems = [
      ...(await comparison(postgres)),
      ...(await checkAgainstStorage(postgres.db, world.newest, tree.cast)),
    ];
  } catch (error) {
    problems = world.describe(error);
    await world.close();
  }
  return {
    seed,
    mode,
    problems,
    injected: world.plan.injected,
    planted: world.planted,
    blocks: tree.trunk.length,
    uses: tree.uses,
    trace: world.plan.trace(),
    durationMs: performance.now() - startedMs,
    cpuMs: cpuMsSince(startedCpu),
    virtualMs: world.clock.nowMs() - EPOCH_MS,
    certainUntilMs: world.clock.certainUntilMs - EPOCH_MS,
    processes: world.supervisor.processes,
    calls: world.nodes.calls,
  };
};

const cpuMsSince = (start: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000;
};

/** Gives what differs between the index as it is and the straight replay, as far as it must be the same. */
type Comparison = (postgres: SimPostgres) => Promise<readonly string[]>;

/** Replays the tree where that was not done before. */
const comparisonOf = async (tree: BlockTree, postgres: SimPostgres, mode: Mode): Promise<Comparison> => {
  if (mode === 'LATE') {
    const straight = await watchedReplay(tree, postgres);
    return async ({ db }) => {
      const tables = lateTables(straight, await takeSnapshot(db, BEGINNINGS));
      return differencesOf(tables, straight, await takeSnapshot(db, tables));
    };
  }
  const { everything, inForce } = await straightReplay(tree, postgres);
  const [tables, want] = mode === 'DISCOVERY' ? [COMPARED, everything] : [COMPARED_IN_FORCE, inForce];
  return async ({ db }) => differencesOf(tables, want, await takeSnapshot(db, tables));
};
