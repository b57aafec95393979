import type { Random } from '../../conformance/sequence/random.ts';
import type { BlockTree } from '../chains/block-tree.ts';
import { differencesOf, takeSnapshot } from '../compare/snapshot.ts';
import { checkAgainstStorage } from '../compare/storage-check.ts';
import { COMPARED } from '../compare/tables.ts';
import type { SimPostgres } from '../database/sim-postgres.ts';
import { straightReplay } from '../run/straight-replay.ts';
import { CrashChild } from './child-process.ts';
import { MovingChain } from './moving-chain.ts';

const PATIENCE_MS = 60_000;
/** Moves of the chain in which a commit point must be reached; else the database begins anew, where every point is. */
const MOST_MOVES = 40;
const LONGEST_LIFE_MS = 600;

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Kills the indexer again and again over one database, and looks at the tables at the end. */
export class CrashRun {
  kills = 0;
  comparisons = 0;
  readonly problems: string[] = [];
  readonly chain: MovingChain;
  readonly #tree: BlockTree;
  readonly #postgres: SimPostgres;
  readonly #random: Random;
  #url = '';

  constructor(tree: BlockTree, postgres: SimPostgres, random: Random) {
    this.#tree = tree;
    this.#postgres = postgres;
    this.#random = random;
    this.chain = new MovingChain(tree, random);
  }

  async serve(): Promise<() => Promise<void>> {
    const server = await this.chain.view.sandbox.listen({ port: 0 });
    this.#url = server.url;
    await straightReplay(this.#tree, this.#postgres);
    await this.#postgres.empty();
    return () => server.close();
  }

  /** Every commit point that a life without a crash passes. */
  async findPoints(): Promise<readonly string[]> {
    const child = this.#start('*');
    await child.untilUp();
    for (let moves = 0; moves < MOST_MOVES; moves += 1) {
      await this.#untilCaughtUp(child);
      this.chain.move();
    }
    const points = [...new Set(child.points)];
    await child.kill();
    await this.compare();
    await this.#beginAnew();
    return points;
  }

  /** One process, killed where it stands at the point. Gives whether it got there. */
  async killAt(point: string): Promise<boolean> {
    if (await this.#killsAt(point)) return true;
    await this.compare();
    await this.#beginAnew();
    return this.#killsAt(point);
  }

  /** One process, killed at some time while the chain moves. */
  async killAtRandom(): Promise<void> {
    const child = this.#start();
    await child.untilUp();
    const endMs = performance.now() + this.#random.below(LONGEST_LIFE_MS);
    while (performance.now() < endMs) {
      await pause(Math.min(5 + this.#random.below(40), Math.max(0, endMs - performance.now())));
      this.chain.move();
    }
    this.kills += 1;
    await child.kill();
  }

  /** Lets a process get to the end of the chain and compares every table with a straight replay. */
  async compare(): Promise<void> {
    this.chain.toTheEnd();
    const child = this.#start();
    await this.#until(
      child,
      () => this.#isAtHead(child) && child.status?.finalizedBlock === this.chain.finalHeight,
    );
    await child.kill();
    const { everything } = await straightReplay(this.#tree, this.#postgres);
    this.comparisons += 1;
    this.problems.push(
      ...differencesOf(COMPARED, everything, await takeSnapshot(this.#postgres.db, COMPARED)),
      ...(await checkAgainstStorage(this.#postgres.db, this.chain.view, this.#tree.cast)),
    );
  }

  async #killsAt(point: string): Promise<boolean> {
    const child = this.#start(point);
    for (let moves = 0; moves < MOST_MOVES && !child.stands; moves += 1) {
      if (this.#isAtHead(child)) this.chain.move();
      await this.#until(child, () => this.#isAtHead(child) || child.stands);
    }
    const reached = child.stands;
    if (reached) this.kills += 1;
    await child.kill();
    return reached;
  }

  async #beginAnew(): Promise<void> {
    await this.#postgres.empty();
    this.chain.startAgain();
  }

  #start(stopAt?: string): CrashChild {
    const { url: databaseUrl } = this.#postgres;
    return new CrashChild({ databaseUrl, nodeUrl: this.#url, ...(stopAt !== undefined && { stopAt }) });
  }

  #isAtHead(child: CrashChild): boolean {
    return child.status?.blockHash === this.chain.view.sandbox.latest.hash;
  }

  #untilCaughtUp(child: CrashChild): Promise<void> {
    return this.#until(child, () => this.#isAtHead(child));
  }

  async #until(child: CrashChild, isDone: () => boolean): Promise<void> {
    const endMs = performance.now() + PATIENCE_MS;
    while (!isDone()) {
      if (!child.isRunning) throw new Error('the indexer ended by itself');
      if (performance.now() > endMs) throw new Error('the indexer did not get to the head in a minute');
      await pause(5);
    }
  }
}
