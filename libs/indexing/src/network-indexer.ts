import type { ProfileRegistry } from '#libs/account';
import type { NetworkStatus } from '#libs/api';
import {
  type BlockHeader,
  type ChainSource,
  type ChainStreamItem,
  type Clock,
  followChain,
  type HeadHints,
  isChainError,
  systemClock,
} from '#libs/chain';
import { type Db, DatabaseError, inTransaction } from '#libs/database';
import { takeBackAcceptance } from '#libs/facts';
import type { Address } from '#libs/felt';
import { countDue, requestAccounts } from './account-registry.ts';
import { readDueSeeds } from './adopt.ts';
import { commitNextRun, foldNextRun } from './apply-run.ts';
import { CommitPipeline } from './commit-pipeline.ts';
import { Pacer } from './backfill/counted-reads.ts';
import { BLOCKS_IN_PART } from './backfill/prices.ts';
import { runDueBackfills } from './backfill/run-jobs.ts';
import { commitSeeds } from './commit-seeds.ts';
import { fetchIndexedBlock, type IndexedBlock } from './indexed-block.ts';
import type { IndexingContext, IndexingLog } from './indexing.context.ts';
import { openContext } from './open-context.ts';
import { finalizeOwn, ownHash } from './own-blocks.ts';
import { rollBack } from './roll-back.ts';
import { waitForResume } from './wait-for-resume.ts';
import { StatusBoard } from './status-board.ts';
import { Turnstile } from './turnstile.ts';
import type { WriteSet } from './write-set.ts';

export interface NetworkIndexerOptions {
  readonly db: Db;
  readonly source: ChainSource;
  /** Wake-ups; the chain is polled all the same. */
  readonly hints?: HeadHints;
  readonly label: string;
  readonly sandbox: boolean;
  /** The row of the network, where it is known before a node answers: then there is a status from the start. */
  readonly known?: Pick<IndexingContext, 'networkId' | 'chainId'>;
  /** The first block to read where the network has no cursor yet. */
  readonly startBlock: number | 'latest';
  /** Follow accounts whose session events are seen on the chain. */
  readonly discovery: boolean;
  readonly watch: readonly Address[];
  /** Rules by class; left out: the shipped ones. */
  readonly profiles?: ProfileRegistry;
  readonly lowCallsThreshold: number;
  readonly deliverAlerts: boolean;
  readonly pollIntervalMs: number;
  readonly backfill?: BackfillLimits;
  readonly clock?: Clock;
  readonly log: IndexingLog;
  /** Told of each commit, for metrics. */
  readonly onCommit?: (commit: { readonly blocks: number; readonly durationMs: number }) => void;
  /** Told of each roll-back, for metrics. */
  readonly onReorg?: () => void;
}

/** What the back-fills of a network may take, all together. */
interface BackfillLimits {
  /** Default 10. */
  readonly callsPerSecond?: number;
  /** Blocks that are read, proven and committed at a time, for each job. Default 1,000. */
  readonly blocksInPart?: number;
}

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
const SIDE_WORK_INTERVAL_MS = 500;
const BACKFILL_CALLS_PER_SECOND = 10;

export const createNetworkIndexer = (options: NetworkIndexerOptions): NetworkIndexer => new Indexer(options);

class Indexer implements NetworkIndexer {
  readonly #options: NetworkIndexerOptions;
  readonly #clock: Clock;
  readonly #turnstile = new Turnstile();
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
    const { code, message } = describe(error);
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

  /** From opening the context to its first failure: what is in memory is only trusted for that long. */
  async #runOnce(signal: AbortSignal): Promise<void> {
    const context = await openContext(this.#options, signal);
    this.#board ??= this.#newBoard(context);
    this.#board.startsAt(context.firstBlock);
    this.#board.indexedTo(context.cursorHeader);
    if (context.finalizedBlock !== undefined) this.#board.finalizedTo(context.finalizedBlock);
    const commits = new CommitPipeline();
    const stop = new AbortController();
    const both = AbortSignal.any([signal, stop.signal]);
    const work = [
      this.#followHead(context, commits, both),
      this.#adoptAccounts(context, commits, both),
      this.#fillHistories(context, commits, both),
      this.#watchHead(both),
    ];
    try {
      await Promise.race([...work, commits.failed]);
    } finally {
      stop.abort();
      await Promise.allSettled(work);
      // The context is opened again from the cursor: not before it stands where the last commit puts it.
      await Promise.allSettled([commits.settled()]);
    }
  }

  #newBoard({ networkId, chainId }: Pick<IndexingContext, 'networkId' | 'chainId'>): StatusBoard {
    const { label, sandbox } = this.#options;
    return new StatusBoard({ networkId, chainId, label, sandbox }, () => this.#clock.nowMs());
  }

  async #followHead(context: IndexingContext, commits: CommitPipeline, signal: AbortSignal): Promise<void> {
    const { source, hints, pollIntervalMs } = this.#options;
    const items = followChain<IndexedBlock>({
      source,
      startBlock: context.firstBlock,
      cursor: context.cursor,
      finalizedBlockNumber: context.acceptsReorgBelowFinality ? undefined : context.finalizedBlock,
      knownBlock: async (blockNumber) => {
        await commits.settled();
        return await ownHash(context, blockNumber);
      },
      fetchBlock: (pin, call) => fetchIndexedBlock(source, pin, context.registry.followed, call.signal),
      bytesOf: ({ bytes }) => bytes,
      signal,
      pollIntervalMs,
      finalityIntervalMs: Math.max(pollIntervalMs * 5, 500),
      clock: this.#clock,
      onRetry: ({ error }) => this.#failed(error),
      ...(hints && { hints }),
    });
    for await (const item of items) await this.#take(context, commits, item, signal);
  }

  async #take(
    context: IndexingContext,
    commits: CommitPipeline,
    item: ChainStreamItem<IndexedBlock>,
    signal: AbortSignal,
  ): Promise<void> {
    switch (item.type) {
      case 'blocks':
        await this.#turnstile.pass(() => this.#takeBlocks(context, commits, item, signal));
        return;
      case 'reorg':
        await this.#between(commits, () => rollBack(context, item.commonAncestor));
        this.#options.onReorg?.();
        this.#board?.indexedTo(context.cursorHeader);
        return;
      case 'finalized':
        // Behind the commits under way, which it follows from; nothing waits for it.
        commits.queue(() => this.#takeFinalized(context, item.header));
        return;
    }
  }

  /** Work that needs the cursor to stand still: between two runs, with no commit under way. */
  #between<T>(commits: CommitPipeline, work: () => Promise<T>): Promise<T> {
    return this.#turnstile.pass(async () => {
      await commits.settled();
      return await work();
    });
  }

  /** Waits for the commit of the last block there is; one that more blocks follow goes on while they are folded. */
  async #takeBlocks(
    context: IndexingContext,
    commits: CommitPipeline,
    { blocks, target }: Extract<ChainStreamItem<IndexedBlock>, { type: 'blocks' }>,
    signal: AbortSignal,
  ): Promise<void> {
    const writes = await foldNextRun(context, blocks, signal);
    await commits.begin(() => this.#commit(context, writes));
    if (writes.headers.at(-1)?.blockNumber === target.number) await commits.settled();
  }

  async #commit(context: IndexingContext, writes: WriteSet): Promise<void> {
    const startedMs = this.#clock.nowMs();
    await commitNextRun(context, writes);
    this.#options.onCommit?.({
      blocks: writes.headers.length,
      durationMs: this.#clock.nowMs() - startedMs,
    });
    this.#board?.indexedTo(context.cursorHeader);
  }

  async #takeFinalized(context: IndexingContext, header: BlockHeader): Promise<void> {
    await finalizeOwn(context, header);
    context.finalizedBlock = header.blockNumber;
    await this.#agreeAgain(context);
    this.#board?.finalizedTo(header.blockNumber);
  }

  /** The chain has what we hold as final: nothing is left of what somebody accepted. */
  async #agreeAgain(context: IndexingContext): Promise<void> {
    if (!context.acceptsReorgBelowFinality) return;
    await inTransaction(context.db, (trx) => takeBackAcceptance(trx, context.networkId));
    context.acceptsReorgBelowFinality = false;
  }

  /** Between blocks: new accounts, wherever they were asked for. */
  async #adoptAccounts(
    context: IndexingContext,
    commits: CommitPipeline,
    signal: AbortSignal,
  ): Promise<void> {
    while (!signal.aborted) {
      if (this.#wanted.size > 0) await this.#between(commits, () => this.#requestWanted(context));
      // More wait, as a rule, while some could be taken along.
      if ((await this.#adoptSome(context, commits, signal)) > 0) continue;
      await this.#clock.sleep(Math.max(this.#options.pollIntervalMs, SIDE_WORK_INTERVAL_MS), signal);
    }
  }

  /** Beside the head: the histories of accounts that were met late, where they were asked for. */
  async #fillHistories(
    context: IndexingContext,
    commits: CommitPipeline,
    signal: AbortSignal,
  ): Promise<void> {
    const { callsPerSecond = BACKFILL_CALLS_PER_SECOND, blocksInPart = BLOCKS_IN_PART } =
      this.#options.backfill ?? {};
    const ports = {
      context,
      pacer: new Pacer(callsPerSecond, this.#clock),
      blocksInPart,
      clock: this.#clock,
      turn: <T>(work: () => Promise<T>) => this.#between(commits, work),
    };
    while (!signal.aborted) {
      if (context.cursor) await runDueBackfills(ports, signal);
      await this.#clock.sleep(Math.max(this.#options.pollIntervalMs, SIDE_WORK_INTERVAL_MS), signal);
    }
  }

  async #adoptSome(context: IndexingContext, commits: CommitPipeline, signal: AbortSignal): Promise<number> {
    this.#board?.accountsWaiting(await countDue(context.db, context.networkId));
    const seeds = await readDueSeeds(context, signal);
    if (seeds.length === 0) return 0;
    const adopted = await this.#between(commits, () => commitSeeds(context, seeds, signal));
    this.#board?.accountsRead(adopted);
    return adopted;
  }

  /** How far the chain has got, told apart from how far it is read. */
  async #watchHead(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#lookAtHead(signal);
      await this.#clock.sleep(Math.max(this.#options.pollIntervalMs, SIDE_WORK_INTERVAL_MS), signal);
    }
  }

  async #requestWanted(context: IndexingContext): Promise<void> {
    const addresses = [...this.#wanted].filter((address) => !context.registry.followed.has(address));
    this.#wanted.clear();
    if (addresses.length === 0) return;
    await inTransaction(context.db, (trx) => requestAccounts(trx, context.networkId, 'READ', addresses));
  }

  async #lookAtHead(signal: AbortSignal): Promise<void> {
    try {
      this.#board?.headSeen(await this.#options.source.head({ signal }));
    } catch (error) {
      if (!isAborted(signal)) this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    const { code, message } = describe(error);
    this.#board?.failed(`${code}: ${message}`);
    this.#options.log.warn({ network: this.#options.label, code }, message);
  }
}

/** Asked anew: the signal may have aborted while something was awaited. */
const isAborted = (signal: AbortSignal): boolean => signal.aborted;

/** Faults that no wait mends. Everything else is tried again from what is committed, ever more slowly. */
const NEEDS_PERSON: ReadonlySet<string> = new Set([
  'FINALITY_VIOLATION',
  'WRONG_NETWORK',
  'RPC_VERSION_UNSUPPORTED',
  'PROVIDER_URL_INVALID',
]);

const needsPerson = (error: unknown): boolean => isChainError(error) && NEEDS_PERSON.has(error.code);

const describe = (error: unknown): { code: string; message: string } => {
  if (isChainError(error) || error instanceof DatabaseError)
    return { code: error.code, message: error.message };
  return { code: 'INTERNAL', message: error instanceof Error ? error.message : 'unknown failure' };
};
