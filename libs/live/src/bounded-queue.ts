/** How much may wait for a reader. */
export interface QueueLimits {
  readonly maxEvents: number;
  /** Characters, about. */
  readonly maxSize: number;
}

interface Entry<T, Mark> {
  readonly value: T;
  readonly size: number;
  readonly mark: Mark;
  readonly slot: string | undefined;
}

interface Reader<T> {
  readonly resolve: (result: IteratorResult<T, undefined>) => void;
  readonly reject: (error: Error) => void;
}

const END = { done: true, value: undefined } as const;

/**
 * What waits for one reader: so much and no more. Who writes is told when it is full, and again when half of it was read. An iterator
 * and no generator: a generator that waits hears of its end only with the next event.
 */
export class BoundedQueue<T, Mark> implements AsyncIterableIterator<T, undefined, undefined> {
  private readonly entries: Entry<T, Mark>[] = [];
  private size = 0;
  private waiting: Reader<T> | undefined;
  private failure: { readonly error: Error } | undefined;
  private isEnded = false;
  private blocked = false;
  /** Of the newest event that was read. */
  lastRead: Mark | undefined;

  constructor(
    private readonly limits: QueueLimits,
    private readonly hooks: {
      /** Half of it is free again, after something was refused. */
      readonly onRoom: () => void;
      /** Nobody reads any more. Called once. */
      readonly onEnd: () => void;
    },
  ) {}

  /** Whether something was refused and there is no room yet. */
  get isBlocked(): boolean {
    return this.blocked;
  }

  get length(): number {
    return this.entries.length;
  }

  /**
   * False where it is full: offer it again when there is room. An empty queue takes anything.
   * @param slot of what waits under the same one it takes the place, at the end: only the newest is worth reading
   */
  offer(value: T, size: number, mark: Mark, slot?: string): boolean {
    if (this.isEnded) return true;
    const { waiting } = this;
    if (waiting !== undefined) {
      this.waiting = undefined;
      this.lastRead = mark;
      waiting.resolve({ done: false, value });
      return true;
    }
    if (slot !== undefined && !this.blocked) this.drop(slot);
    const { maxEvents, maxSize } = this.limits;
    const isFull = this.entries.length >= maxEvents || this.size + size > maxSize;
    if (this.blocked || (isFull && this.entries.length > 0)) {
      this.blocked = true;
      return false;
    }
    this.entries.push({ value, size, mark, slot });
    this.size += size;
    return true;
  }

  /** Ends it with an error, at once: what waits is dropped, for who reads again begins behind what he read. */
  fail(error: Error): void {
    if (this.isEnded) return;
    const { waiting } = this;
    if (waiting === undefined) this.failure = { error };
    this.end();
    waiting?.reject(error);
  }

  next(): Promise<IteratorResult<T, undefined>> {
    const { failure } = this;
    if (failure !== undefined) {
      this.failure = undefined;
      return Promise.reject(failure.error);
    }
    const entry = this.entries.shift();
    if (entry !== undefined) {
      this.take(entry);
      return Promise.resolve({ done: false, value: entry.value });
    }
    if (this.isEnded) return Promise.resolve(END);
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
    });
  }

  return(): Promise<IteratorReturnResult<undefined>> {
    const { waiting } = this;
    this.failure = undefined;
    this.end();
    waiting?.resolve(END);
    return Promise.resolve(END);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  private drop(slot: string): void {
    const at = this.entries.findIndex((entry) => entry.slot === slot);
    if (at >= 0) for (const { size } of this.entries.splice(at, 1)) this.size -= size;
  }

  private take({ size, mark }: Entry<T, Mark>): void {
    this.size -= size;
    this.lastRead = mark;
    const { maxEvents, maxSize } = this.limits;
    if (!this.blocked || this.entries.length > maxEvents / 2 || this.size > maxSize / 2) return;
    this.blocked = false;
    this.hooks.onRoom();
  }

  private end(): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.waiting = undefined;
    this.entries.length = 0;
    this.size = 0;
    this.hooks.onEnd();
  }
}
