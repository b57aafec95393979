import type { NetworkStatus } from '#libs/api';
import { type BlockHeader, type Clock, systemClock } from '#libs/chain';
import type { Address } from '#libs/felt';
import type { IndexingContext } from './indexing.context.ts';
import { IndexingRun } from './indexing-run.ts';
import { type NetworkIndexerOptions, sideWorkIntervalMs } from './network-indexer.options.ts';
import { openContext } from './open-context.ts';
import { StatusBoard } from './status-board.ts';
import { describeTrouble, isAborted, needsPerson } from './trouble.ts';
import { waitForResume } from './wait-for-resume.ts';
import { watchHead } from './watch-head.ts';

export interface NetworkIndexer {
  /** Follows the chain until the signal aborts. Whatever fails is told by `status` and, where that helps, tried again. */
  run(signal: AbortSignal): Promise<void>;
  /** Nothing before the network is known. */
  status(): NetworkStatus | undefined;
  /** Queues an account to be followed; false when the queue is full. Never writes by itself. */
  follow(address: Address): boolean;
}

const FOLLOW_QUEUE = 100;
const RESTART_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 60_000;

export const createNetworkIndexer = (options: NetworkIndexerOptions): NetworkIndexer => new Indexer(options);

class Indexer implements NetworkIndexer {
  readonly #options: NetworkIndexerOptions;
  readonly #clock: Clock;
  readonly #wanted = new Set<Address>();
  #board: StatusBoard | undefined;

  constructor(options: NetworkIndexerOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#board = options.known && this.#newBoard(options.known);
  }

  status(): NetworkStatus | undefined {
    return this.#board?.status();
  }

  follow(address: Address): boolean {
    if (this.#wanted.size >= FOLLOW_QUEUE) return false;
    this.#wanted.add(address);
    return true;
  }

  /** A failure that only a person can mend ends the reading, not the process: what is indexed is still served. */
  async run(signal: AbortSignal): Promise<void> {
    for (let failures = 1; !signal.aborted; failures += 1) {
      const before = this.#cursor();
      try {
        await this.#runOnce(signal);
      } catch (error) {
        if (isAborted(signal)) return;
        if (needsPerson(error)) {
          await this.#stopFor(error, signal);
          continue;
        }
        this.#failed(error);
        if (this.#cursor() !== before) failures = 1;
        await this.#clock.sleep(Math.min(RESTART_DELAY_MS * 2 ** (failures - 1), LONGEST_DELAY_MS), signal);
      }
    }
  }

  #cursor(): bigint | undefined {
    return this.#board?.status().indexed?.blockHash;
  }

  async #stopFor(error: unknown, signal: AbortSignal): Promise<void> {
    const { code, message } = describeTrouble(error);
    this.#board?.stopped(code, message);
    this.#options.log.error({ network: this.#options.label, code }, `indexing stopped: ${message}`);
    const resume = new AbortController();
    const both = AbortSignal.any([signal, resume.signal]);
    const watching = this.#watchHead(both);
    await waitForResume(this.#options.db, this.#board?.status(), error, { signal, clock: this.#clock });
    resume.abort();
    await watching.catch(() => undefined);
    this.#board?.resumed();
  }

  async #runOnce(signal: AbortSignal): Promise<void> {
    const context = await openContext(this.#options, signal);
    this.#board ??= this.#newBoard(context);
    const run = new IndexingRun({
      options: this.#options,
      context,
      board: this.#board,
      clock: this.#clock,
      wanted: this.#wanted,
      failed: (error) => this.#failed(error),
    });
    await run.run(signal, (both) => this.#watchHead(both));
  }

  #newBoard({ networkId, chainId }: Pick<IndexingContext, 'networkId' | 'chainId'>): StatusBoard {
    const { label, sandbox } = this.#options;
    return new StatusBoard({ networkId, chainId, label, sandbox }, () => this.#clock.nowMs());
  }

  #watchHead(signal: AbortSignal): Promise<void> {
    const watch = {
      source: this.#options.source,
      clock: this.#clock,
      intervalMs: sideWorkIntervalMs(this.#options),
      seen: (head: BlockHeader) => this.#board?.headSeen(head),
      failed: (error: unknown) => this.#failed(error),
    };
    return watchHead(watch, signal);
  }

  #failed(error: unknown): void {
    const { code, message } = describeTrouble(error);
    this.#board?.failed(`${code}: ${message}`);
    this.#options.log.warn({ network: this.#options.label, code }, message);
  }
}
