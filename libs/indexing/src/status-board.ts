import type { BlockHeader } from '#libs/chain';
import type { Felt } from '#libs/felt';
import type { NetworkStatus, ProgressStatus, StatusBlock } from '#libs/api';
import { AdoptionMeter } from './adoption-meter.ts';

/** The identity that a board shows from the start. */
export interface BoardIdentity {
  readonly networkId: number;
  readonly chainId: Felt;
  readonly label: string;
  readonly sandbox: boolean;
}

const RATE_WINDOW_MS = 10_000;

/** What the indexer of one network says of itself. Kept in memory, written only by that indexer. */
export class StatusBoard {
  readonly #identity: BoardIdentity;
  readonly #nowMs: () => number;
  #firstBlock: number | undefined;
  #head: StatusBlock | undefined;
  #indexed: StatusBlock | undefined;
  #finalizedBlock: number | undefined;
  #lastError: string | undefined;
  #stopped: string | undefined;
  #lastCommitMs: number;
  #samples: { atMs: number; blockNumber: number }[] = [];
  readonly #adoption: AdoptionMeter;

  constructor(identity: BoardIdentity, nowMs: () => number) {
    this.#identity = identity;
    this.#nowMs = nowMs;
    this.#lastCommitMs = nowMs();
    this.#adoption = new AdoptionMeter(nowMs);
  }

  /** Accounts whose turn to be read has come. */
  accountsWaiting(count: number): void {
    this.#adoption.waiting(count);
  }

  /** So many more are followed. */
  accountsRead(count: number): void {
    this.#adoption.done(count);
  }

  /** The first block that is read one by one. */
  startsAt(firstBlock: number): void {
    this.#firstBlock = firstBlock;
  }

  headSeen(header: BlockHeader): void {
    this.#head = toStatusBlock(header);
    // The node answers and nothing is left to read: whatever failed before has passed.
    if (this.#stopped === undefined && this.#indexed && header.blockNumber <= this.#indexed.blockNumber)
      this.#working();
  }

  indexedTo(header: BlockHeader | undefined): void {
    this.#indexed = header && toStatusBlock(header);
    this.#working();
    if (header) this.#sample(header.blockNumber);
  }

  finalizedTo(blockNumber: number): void {
    this.#finalizedBlock = blockNumber;
  }

  failed(message: string): void {
    if (this.#stopped === undefined) this.#lastError = message;
  }

  /** Nothing but a person gets it going again. */
  stopped(code: string, message: string): void {
    this.#lastError = `${code}: ${message}`;
    this.#stopped = code;
  }

  /** Somebody got it going again. */
  resumed(): void {
    this.#stopped = undefined;
    this.#working();
  }

  status(): NetworkStatus {
    const head = this.#newestHead();
    const lagBlocks = head && this.#indexed && head.blockNumber - this.#indexed.blockNumber;
    const progress = head && this.#progress(head.blockNumber);
    const behind = progress !== undefined && progress.done < progress.total;
    const accounts = this.#adoption.progress();
    return {
      ...this.#identity,
      ...(head && { head }),
      ...(this.#indexed && { indexed: this.#indexed }),
      ...(this.#finalizedBlock !== undefined && { finalizedBlock: this.#finalizedBlock }),
      ...(lagBlocks !== undefined && { lagBlocks }),
      ...(head &&
        this.#indexed && { lagSeconds: Number(head.timestampSeconds - this.#indexed.timestampSeconds) }),
      stalledSeconds:
        behind || this.#lastError !== undefined ? Math.floor((this.#nowMs() - this.#lastCommitMs) / 1000) : 0,
      ...(behind && { progress }),
      ...(accounts && { accounts }),
      ...(this.#lastError !== undefined && { lastError: this.#lastError }),
      ...(this.#stopped !== undefined && { stopped: this.#stopped }),
    };
  }

  #working(): void {
    this.#lastCommitMs = this.#nowMs();
    this.#lastError = undefined;
  }

  /** A node asked a moment ago may know less than what is indexed by now. Before one has answered it is unknown. */
  #newestHead(): StatusBlock | undefined {
    const [head, indexed] = [this.#head, this.#indexed];
    return head && indexed && head.blockNumber < indexed.blockNumber ? indexed : head;
  }

  #sample(blockNumber: number): void {
    const atMs = this.#nowMs();
    this.#samples = [
      ...this.#samples.filter((sample) => atMs - sample.atMs < RATE_WINDOW_MS).slice(-200),
      { atMs, blockNumber },
    ];
  }

  /** From the block where the network began; unknown until that is settled. */
  #progress(headNumber: number): ProgressStatus | undefined {
    const begin = this.#firstBlock;
    if (begin === undefined) return undefined;
    const done = Math.max(0, (this.#indexed?.blockNumber ?? begin - 1) + 1 - begin);
    const total = Math.max(0, headNumber + 1 - begin);
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (!first || !last || last.atMs === first.atMs) return { done, total };
    const ratePerSecond = ((last.blockNumber - first.blockNumber) * 1000) / (last.atMs - first.atMs);
    if (ratePerSecond <= 0) return { done, total };
    return { done, total, ratePerSecond, secondsLeft: Math.ceil((total - done) / ratePerSecond) };
  }
}

const toStatusBlock = ({ blockNumber, blockHash, timestampSeconds, finality }: BlockHeader): StatusBlock => ({
  blockNumber,
  blockHash,
  timestampSeconds,
  finality,
});
