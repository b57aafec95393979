import { PurserError } from '#libs/api';
import type { RequestScope } from '#libs/database';
import type { BoundedQueue, QueueLimits } from './bounded-queue.ts';
import { type AnySubscriber, Feed } from './feed.ts';
import type { FeedRepository } from './feed.repository.ts';
import { endOfBlock, type Position } from './position.ts';
import { Subscriber, unknownPosition, type Wish } from './subscriber.ts';

/** Tells that something was committed: a client of PostgreSQL that listens. What it misses is found by looking. */
export interface CommitListener {
  /** `onListen`: each time that it listens (again); what came before may have been missed. */
  listen(channel: string, onNotify: (payload: string) => void, onListen: () => void): Promise<unknown>;
}

export interface HubSettings extends QueueLimits {
  /** How often it is looked for new blocks, whatever is heard. */
  readonly pollMs: number;
  /** News that come closer together are read at once. */
  readonly gatherMs: number;
  /** Who has no room for so long is ended. */
  readonly slowAfterMs: number;
  /** Of one organisation, in this process. */
  readonly maxOfOrganisation: number;
}

export interface HubParts {
  readonly repository: Pick<FeedRepository, 'head' | 'isKnown' | 'step'>;
  readonly settings: HubSettings;
  /** Absent: it is only looked. */
  readonly listener?: CommitListener;
  readonly nowMs?: () => number;
  readonly onError: (error: unknown) => void;
}

const CHANNEL = 'purser_cursor';

/** Who is told: of which network, what he sees of it, from where on. */
export interface Seat {
  readonly networkId: number;
  readonly scope: RequestScope;
  /** Undefined: from now on. */
  readonly after: Position | undefined;
}

/**
 * Tells the subscribers of this process what was committed. Processes share nothing but the database: each hears, looks and reads for
 * itself.
 */
export class ChangeHub {
  private readonly feeds = new Map<
    string,
    { readonly networkId: number; readonly organisationId: number | null; readonly feed: Feed }
  >();
  private readonly awaited = new Map<number, NodeJS.Timeout>();
  private timers: readonly NodeJS.Timeout[] = [];
  private isClosed = false;

  constructor(private readonly parts: HubParts) {}

  start(): void {
    const { settings, listener, onError } = this.parts;
    const poll = setInterval(() => this.wakeAll(), settings.pollMs);
    const watch = setInterval(() => this.endSlow(), Math.max(10, settings.slowAfterMs / 5));
    this.timers = [poll.unref(), watch.unref()];
    listener
      ?.listen(
        CHANNEL,
        (networkId) => this.wake(Number(networkId)),
        () => this.wakeAll(),
      )
      .catch(onError);
  }

  /** @throws PurserError RATE_LIMITED, RESUME_POSITION_UNKNOWN, INDEX_UNAVAILABLE */
  async subscribe<T>({ networkId, scope, after }: Seat, wish: Wish<T>): Promise<BoundedQueue<T, Position>> {
    this.requireSeat(scope);
    const { repository, settings, nowMs = () => performance.now() } = this.parts;
    const head = await repository.head(networkId);
    if (head === undefined)
      throw new PurserError('INDEX_UNAVAILABLE', 'No block of this network is indexed yet.');
    if (after !== undefined && !(await repository.isKnown(networkId, after))) throw unknownPosition();
    // Others may have come while it was asked.
    this.requireSeat(scope);
    const feed = this.feedOf(networkId, scope);
    const subscriber: Subscriber<T> = new Subscriber<T>({
      ...{ wish, limits: settings, nowMs },
      start: after ?? endOfBlock(head.blockNumber, head.blockHash),
      onRoom: () => void feed.advance(),
      onEnd: () => this.leave(subscriber, feed),
    });
    feed.subscribers.add(subscriber);
    this.wake(networkId);
    return subscriber.queue;
  }

  /** How many are told now. */
  get size(): number {
    return [...this.feeds.values()].reduce((sum, { feed }) => sum + feed.subscribers.size, 0);
  }

  /** Resolves when everything that is committed by now was told to all who have room. */
  async settled(): Promise<void> {
    const networks = new Set([...this.feeds.values()].map(({ networkId }) => networkId));
    await Promise.all([...networks].map((networkId) => this.look(networkId)));
  }

  /** Nobody is told any more. */
  close(): void {
    this.isClosed = true;
    for (const timer of [...this.timers, ...this.awaited.values()]) clearTimeout(timer);
    for (const { feed } of this.feeds.values()) for (const subscriber of feed.subscribers) subscriber.end();
  }

  onModuleDestroy(): void {
    this.close();
  }

  private wakeAll(): void {
    for (const { networkId } of this.feeds.values()) this.wake(networkId);
  }

  /** Looks soon; what is heard until then is looked for together. */
  private wake(networkId: number): void {
    if (this.isClosed || this.awaited.has(networkId)) return;
    const timer = setTimeout(() => {
      this.awaited.delete(networkId);
      this.look(networkId).catch(this.parts.onError);
    }, this.parts.settings.gatherMs);
    this.awaited.set(networkId, timer.unref());
  }

  private async look(networkId: number): Promise<void> {
    const feeds = [...this.feeds.values()].filter((entry) => entry.networkId === networkId);
    if (feeds.length === 0) return;
    const head = await this.parts.repository.head(networkId);
    await Promise.all(feeds.map(({ feed }) => feed.advance(head)));
  }

  private endSlow(): void {
    for (const { feed } of this.feeds.values())
      for (const subscriber of feed.subscribers) subscriber.endIfSlow(this.parts.settings.slowAfterMs);
  }

  private feedOf(networkId: number, scope: RequestScope): Feed {
    const { organisationId, only } = scope;
    const seen = only && { accounts: only.accounts.toSorted(), labels: only.labels.toSorted() };
    const name = JSON.stringify([networkId, organisationId, seen]);
    const known = this.feeds.get(name);
    if (known !== undefined) return known.feed;
    const { repository, onError } = this.parts;
    const feed = new Feed({
      repository,
      networkId,
      onError,
      scope: { organisationId, ...(only && { only }) },
    });
    this.feeds.set(name, { networkId, organisationId, feed });
    return feed;
  }

  private leave(subscriber: AnySubscriber, feed: Feed): void {
    feed.subscribers.delete(subscriber);
    if (feed.subscribers.size > 0) return;
    for (const [name, entry] of this.feeds) if (entry.feed === feed) this.feeds.delete(name);
  }

  private requireSeat({ organisationId }: RequestScope): void {
    const { maxOfOrganisation: most } = this.parts.settings;
    const taken = [...this.feeds.values()]
      .filter((entry) => entry.organisationId === organisationId)
      .reduce((sum, { feed }) => sum + feed.subscribers.size, 0);
    if (taken < most) return;
    throw new PurserError('RATE_LIMITED', `Your organisation has ${most} subscriptions open.`, {
      details: { most, retryAfterSeconds: RETRY_AFTER_SECONDS },
    });
  }
}

const RETRY_AFTER_SECONDS = 10;
