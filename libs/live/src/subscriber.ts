import { PurserError } from '#libs/api';
import { BoundedQueue, type QueueLimits } from './bounded-queue.ts';
import { type Change, finalizedChange } from './change.ts';
import { endOfBlock, nameOf, type Position } from './position.ts';
import type { Head, Step } from './step.ts';

/** What somebody wants to be told, and how. */
export interface Wish<T> {
  readonly accepts: (change: Change) => boolean;
  /** Whether it is told what became final: of the network, whatever else is accepted. */
  readonly finality: boolean;
  readonly show: (change: Change) => T;
  /** Of a position, for who goes on later. */
  readonly cursorOf: (position: Position) => string;
}

interface SubscriberParts<T> {
  readonly wish: Wish<T>;
  readonly start: Position;
  readonly limits: QueueLimits;
  readonly nowMs: () => number;
  readonly onRoom: () => void;
  readonly onEnd: () => void;
}

/** One who is told of changes: where he stands, and what waits for him. */
export class Subscriber<T> {
  readonly queue: BoundedQueue<T, Position>;
  private position: Position;
  private blockedSinceMs: number | undefined;

  constructor(private readonly parts: SubscriberParts<T>) {
    this.position = parts.start;
    this.queue = new BoundedQueue<T, Position>(parts.limits, {
      onRoom: () => {
        this.blockedSinceMs = undefined;
        parts.onRoom();
      },
      onEnd: parts.onEnd,
    });
  }

  /** By which those that are read for together are grouped. */
  get placeName(): string {
    return nameOf(this.position);
  }

  get standsAt(): Position {
    return this.position;
  }

  /** Whether something may be there for him that he has room for. */
  wantsMore({ blockNumber, blockHash, finalNumber }: Head): boolean {
    if (this.queue.isBlocked) return false;
    return this.placeName !== nameOf(endOfBlock(blockNumber, blockHash)) || this.isNews(finalNumber);
  }

  /** Takes as much of a step as he has room for, and stands behind the last change that he took. */
  take({ changes, position, final }: Step): void {
    for (const change of changes) if (this.parts.wish.accepts(change) && !this.tell(change)) return;
    if (position === undefined) {
      this.queue.fail(unknownPosition());
      return;
    }
    if (final !== undefined && this.isNews(final.blockNumber)) {
      if (!this.tell(finalizedChange(final, position), 'FINALIZED')) return;
    }
    this.position = this.behind(position);
  }

  /** False where he has no room. */
  private tell(change: Change, slot?: string): boolean {
    const position = this.behind(change.position);
    const shown = this.parts.wish.show({ ...change, position });
    if (!this.queue.offer(shown, change.size, position, slot)) {
      this.blockedSinceMs ??= this.parts.nowMs();
      return false;
    }
    this.position = position;
    return true;
  }

  /** What was told of finality goes along. */
  private behind(position: Position): Position {
    const final = position.final ?? this.position.final;
    return final === undefined ? position : { ...position, final };
  }

  private isNews(finalNumber: number | undefined): boolean {
    const { final = -1 } = this.position;
    return this.parts.wish.finality && finalNumber !== undefined && finalNumber > final;
  }

  end(): void {
    void this.queue.return();
  }

  /** Ends him where he had no room for so long. */
  endIfSlow(slowAfterMs: number): void {
    if (this.blockedSinceMs === undefined || this.parts.nowMs() - this.blockedSinceMs < slowAfterMs) return;
    const resumeAfter = this.parts.wish.cursorOf(this.queue.lastRead ?? this.parts.start);
    this.queue.fail(
      new PurserError('SUBSCRIBER_TOO_SLOW', 'More happens than is read: go on behind what was read.', {
        details: { resumeAfter },
      }),
    );
  }
}

export const unknownPosition = (): PurserError =>
  new PurserError(
    'RESUME_POSITION_UNKNOWN',
    'The block of this position is not in the index: ask how things stand, and begin at the block of that answer.',
  );
