/**
 * Events of a source, each turned into an answer; to be read one at a time. No `async function*`: a generator that waits for its
 * source hears of its end only with the next event, and a subscription that nobody wants any more would stay with the source until then.
 */
export const mapEvents = <Event, Answer>(
  source: AsyncIterable<Event>,
  map: (event: Event) => Promise<Answer>,
): AsyncGenerator<Answer, void, void> => new MappedEvents(source[Symbol.asyncIterator](), map);

const END = { done: true, value: undefined } as const;

class MappedEvents<Event, Answer> implements AsyncGenerator<Answer, void, void> {
  private hasEnded = false;
  /** Of the reader that waits. No promise is raced with one that lives as long as we do: that would keep every answer. */
  private endReading: ((end: typeof END) => void) | undefined;

  constructor(
    private readonly events: AsyncIterator<Event>,
    private readonly map: (event: Event) => Promise<Answer>,
  ) {}

  next(): Promise<IteratorResult<Answer, void>> {
    if (this.hasEnded) return Promise.resolve(END);
    const { promise, resolve, reject } = Promise.withResolvers<IteratorResult<Answer, void>>();
    this.endReading = resolve;
    this.read().then(resolve, reject);
    return promise;
  }

  async return(): Promise<IteratorReturnResult<void>> {
    this.end();
    await this.events.return?.();
    return END;
  }

  async throw(error: unknown): Promise<never> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  private async read(): Promise<IteratorResult<Answer, void>> {
    const event = await this.events.next();
    if (event.done !== true) return { done: false, value: await this.map(event.value) };
    this.end();
    return END;
  }

  private end(): void {
    this.hasEnded = true;
    this.endReading?.(END);
  }
}
