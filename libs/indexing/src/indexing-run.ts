import { type BlockHeader, type ChainStreamItem, type Clock, followChain } from '#libs/chain';
import { inTransaction } from '#libs/database';
import { takeBackAcceptance } from '#libs/facts';
import type { Address } from '#libs/felt';
import { countDue, requestAccounts } from './account-registry.ts';
import { readDueSeeds } from './adopt.ts';
import { commitNextRun, foldNextRun } from './apply-run.ts';
import { Pacer } from './backfill/counted-reads.ts';
import { BLOCKS_IN_PART } from './backfill/prices.ts';
import { runDueBackfills } from './backfill/run-jobs.ts';
import { CommitPipeline } from './commit-pipeline.ts';
import { commitSeeds } from './commit-seeds.ts';
import { fetchIndexedBlock, type IndexedBlock } from './indexed-block.ts';
import type { IndexingContext } from './indexing.context.ts';
import { type NetworkIndexerOptions, sideWorkIntervalMs } from './network-indexer.options.ts';
import { finalizeOwn, ownHash } from './own-blocks.ts';
import { rollBack } from './roll-back.ts';
import type { StatusBoard } from './status-board.ts';
import { Turnstile } from './turnstile.ts';
import type { WriteSet } from './write-set.ts';

/** What one run works with. */
export interface RunPorts {
  readonly options: NetworkIndexerOptions;
  /** Opened for this run alone. */
  readonly context: IndexingContext;
  readonly board: StatusBoard;
  readonly clock: Clock;
  /** Accounts that were asked for and are not written down yet: taken out as they are. */
  readonly wanted: Set<Address>;
  /** Told of what is tried again. */
  failed(error: unknown): void;
}

const BACKFILL_CALLS_PER_SECOND = 10;

/** From an opened context to its first failure: what is in memory is only trusted for that long. */
export class IndexingRun {
  readonly #ports: RunPorts;
  readonly #context: IndexingContext;
  readonly #commits = new CommitPipeline();
  readonly #turnstile = new Turnstile();

  constructor(ports: RunPorts) {
    this.#ports = ports;
    this.#context = ports.context;
    const { board, context } = ports;
    board.startsAt(context.firstBlock);
    board.indexedTo(context.cursorHeader);
    if (context.finalizedBlock !== undefined) board.finalizedTo(context.finalizedBlock);
  }

  /** Ends with the first failure, when all work has ended. @param beside what else goes on as long. */
  async run(signal: AbortSignal, beside: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const stop = new AbortController();
    const both = AbortSignal.any([signal, stop.signal]);
    const work = [this.#followHead(both), this.#adoptAccounts(both), this.#fillHistories(both), beside(both)];
    try {
      await Promise.race([...work, this.#commits.failed]);
    } finally {
      stop.abort();
      await Promise.allSettled(work);
      // The context is opened again from the cursor: not before it stands where the last commit puts it.
      await Promise.allSettled([this.#commits.settled()]);
    }
  }

  async #followHead(signal: AbortSignal): Promise<void> {
    const context = this.#context;
    const { options, clock } = this.#ports;
    const { source, hints, pollIntervalMs } = options;
    const items = followChain<IndexedBlock>({
      source,
      startBlock: context.firstBlock,
      cursor: context.cursor,
      finalizedBlockNumber: context.acceptsReorgBelowFinality ? undefined : context.finalizedBlock,
      knownBlock: async (blockNumber) => {
        await this.#commits.settled();
        return await ownHash(context, blockNumber);
      },
      fetchBlock: (pin, call) => fetchIndexedBlock(source, pin, context.registry.followed, call.signal),
      bytesOf: ({ bytes }) => bytes,
      signal,
      pollIntervalMs,
      finalityIntervalMs: Math.max(pollIntervalMs * 5, 500),
      clock,
      onRetry: ({ error }) => this.#ports.failed(error),
      ...(hints && { hints }),
    });
    for await (const item of items) await this.#take(item, signal);
  }

  async #take(item: ChainStreamItem<IndexedBlock>, signal: AbortSignal): Promise<void> {
    const { board, options } = this.#ports;
    switch (item.type) {
      case 'blocks':
        await this.#turnstile.pass(() => this.#takeBlocks(item, signal));
        return;
      case 'reorg':
        await this.#between(() => rollBack(this.#context, item.commonAncestor));
        options.onReorg?.();
        board.indexedTo(this.#context.cursorHeader);
        return;
      case 'finalized':
        // Behind the commits under way, which it follows from; nothing waits for it.
        this.#commits.queue(() => this.#takeFinalized(item.header));
        return;
    }
  }

  /** Work that needs the cursor to stand still: between two runs of blocks, with no commit under way. */
  #between<T>(work: () => Promise<T>): Promise<T> {
    return this.#turnstile.pass(async () => {
      await this.#commits.settled();
      return await work();
    });
  }

  /** Waits for the commit of the last block there is; one that more blocks follow goes on while they are folded. */
  async #takeBlocks(
    { blocks, target }: Extract<ChainStreamItem<IndexedBlock>, { type: 'blocks' }>,
    signal: AbortSignal,
  ): Promise<void> {
    const writes = await foldNextRun(this.#context, blocks, signal);
    await this.#commits.begin(() => this.#commit(writes));
    if (writes.headers.at(-1)?.blockNumber === target.number) await this.#commits.settled();
  }

  async #commit(writes: WriteSet): Promise<void> {
    const { board, clock, options } = this.#ports;
    const startedMs = clock.nowMs();
    await commitNextRun(this.#context, writes);
    options.onCommit?.({ blocks: writes.headers.length, durationMs: clock.nowMs() - startedMs });
    board.indexedTo(this.#context.cursorHeader);
  }

  async #takeFinalized(header: BlockHeader): Promise<void> {
    await finalizeOwn(this.#context, header);
    this.#context.finalizedBlock = header.blockNumber;
    await this.#agreeAgain();
    this.#ports.board.finalizedTo(header.blockNumber);
  }

  /** The chain has what we hold as final: nothing is left of what somebody accepted. */
  async #agreeAgain(): Promise<void> {
    const context = this.#context;
    if (!context.acceptsReorgBelowFinality) return;
    await inTransaction(context.db, (trx) => takeBackAcceptance(trx, context.networkId));
    context.acceptsReorgBelowFinality = false;
  }

  /** Between blocks: new accounts, wherever they were asked for. */
  async #adoptAccounts(signal: AbortSignal): Promise<void> {
    const { clock, options, wanted } = this.#ports;
    while (!signal.aborted) {
      if (wanted.size > 0) await this.#between(() => this.#requestWanted());
      // More wait, as a rule, while some could be taken along.
      if ((await this.#adoptSome(signal)) > 0) continue;
      await clock.sleep(sideWorkIntervalMs(options), signal);
    }
  }

  async #requestWanted(): Promise<void> {
    const { db, networkId, registry } = this.#context;
    const { wanted } = this.#ports;
    const addresses = [...wanted].filter((address) => !registry.followed.has(address));
    wanted.clear();
    if (addresses.length === 0) return;
    await inTransaction(db, (trx) => requestAccounts(trx, networkId, 'READ', addresses));
  }

  async #adoptSome(signal: AbortSignal): Promise<number> {
    const context = this.#context;
    const { board } = this.#ports;
    board.accountsWaiting(await countDue(context.db, context.networkId));
    const seeds = await readDueSeeds(context, signal);
    if (seeds.length === 0) return 0;
    const adopted = await this.#between(() => commitSeeds(context, seeds, signal));
    board.accountsRead(adopted);
    return adopted;
  }

  /** Beside the head: the histories of accounts that were met late, where they were asked for. */
  async #fillHistories(signal: AbortSignal): Promise<void> {
    const { clock, options } = this.#ports;
    const { callsPerSecond = BACKFILL_CALLS_PER_SECOND, blocksInPart = BLOCKS_IN_PART } =
      options.backfill ?? {};
    const ports = {
      context: this.#context,
      pacer: new Pacer(callsPerSecond, clock),
      blocksInPart,
      clock,
      turn: <T>(work: () => Promise<T>) => this.#between(work),
    };
    while (!signal.aborted) {
      if (this.#context.cursor) await runDueBackfills(ports, signal);
      await clock.sleep(sideWorkIntervalMs(options), signal);
    }
  }
}
