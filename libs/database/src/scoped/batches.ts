import type { RequestScope } from './request-scope.ts';

/** One who asks, until he is answered. */
interface Waiter<Item, Answer> {
  readonly item: Item;
  readonly deadlineAtMs: number | undefined;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (reason: unknown) => void;
}

interface Group<Item, Answer> {
  readonly scope: RequestScope;
  readonly waiting: Waiter<Item, Answer>[];
  underWay: number;
  isDue: boolean;
}

export interface BatchLimits {
  /** Batches of one group at a time: what comes meanwhile is the next. */
  readonly underWay: number;
  /** What waits is shared among the batches that may still go, so that the server works on several at a time; none is made smaller for that. */
  readonly shared: number;
  readonly items: number;
}

/** Answers all of these, in order, by one statement for the scope. */
export type ReadBatch<Item, Answer> = (scope: RequestScope, items: readonly Item[]) => Promise<Answer[]>;

/**
 * Brings together what is asked at the same time. Nobody waits for company: what is there when the event loop has heard everybody goes
 * at once, and only while `underWay` batches are out the next one fills.
 */
export class Batches<Item, Answer> {
  readonly #limits: BatchLimits;
  readonly #read: ReadBatch<Item, Answer>;
  /** Of those who wait or are being answered: as many as requests, at most. */
  readonly #groups = new Map<string, Group<Item, Answer>>();

  constructor(limits: BatchLimits, read: ReadBatch<Item, Answer>) {
    this.#limits = limits;
    this.#read = read;
  }

  /**
   * @param name of the scope without its deadline: only what is asked in the same one is asked together
   * @throws what reading its batch throws, also where another item was the cause
   */
  ask(name: string, scope: RequestScope, item: Item): Promise<Answer> {
    const group = this.#groups.get(name) ?? { scope, waiting: [], underWay: 0, isDue: false };
    this.#groups.set(name, group);
    return new Promise((resolve, reject) => {
      group.waiting.push({ item, deadlineAtMs: scope.deadlineAtMs, resolve, reject });
      this.#schedule(name, group);
    });
  }

  #schedule(name: string, group: Group<Item, Answer>): void {
    if (group.isDue || group.underWay >= this.#limits.underWay) return;
    group.isDue = true;
    setImmediate(() => {
      group.isDue = false;
      void this.#send(name, group);
    });
  }

  #sizeOf({ waiting, underWay }: Group<Item, Answer>): number {
    const share = Math.ceil(waiting.length / (this.#limits.underWay - underWay));
    return Math.min(this.#limits.items, Math.max(this.#limits.shared, share));
  }

  async #send(name: string, group: Group<Item, Answer>): Promise<void> {
    const batch = group.waiting.splice(0, this.#sizeOf(group));
    group.underWay += 1;
    if (group.waiting.length > 0) this.#schedule(name, group);
    try {
      const items = batch.map(({ item }) => item);
      const answers = await this.#read(untilTheLast(group.scope, batch), items);
      for (const [at, waiter] of batch.entries()) waiter.resolve(answers[at] as Answer);
    } catch (error) {
      for (const waiter of batch) waiter.reject(error);
    } finally {
      group.underWay -= 1;
      if (group.waiting.length > 0) this.#schedule(name, group);
      else if (group.underWay === 0) this.#groups.delete(name);
    }
  }
}

/** There is time as long as anybody has some; who has less stops waiting by himself. */
const untilTheLast = (
  { organisationId, only }: RequestScope,
  batch: readonly { readonly deadlineAtMs: number | undefined }[],
): RequestScope => {
  const deadlines = batch.map(({ deadlineAtMs }) => deadlineAtMs ?? Infinity);
  const last = Math.max(...deadlines);
  return { organisationId, ...(only && { only }), ...(Number.isFinite(last) && { deadlineAtMs: last }) };
};
