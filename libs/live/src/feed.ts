import type { RequestScope } from '#libs/database';
import type { FeedRepository } from './feed.repository.ts';
import type { Position } from './position.ts';
import type { Head } from './step.ts';
import type { Subscriber } from './subscriber.ts';

/** The steps of a feed go to subscribers that show them each in a way of their own. */
export type AnySubscriber = Pick<
  Subscriber<unknown>,
  'placeName' | 'standsAt' | 'wantsMore' | 'take' | 'endIfSlow' | 'end'
>;

interface FeedParts {
  readonly repository: Pick<FeedRepository, 'step'>;
  readonly networkId: number;
  /** Without a deadline: the statement's own limit holds. */
  readonly scope: RequestScope;
  readonly onError: (error: unknown) => void;
}

/**
 * Reads one network for those who see the same of it: who stands at the same block is read for with one statement. One at a time, each
 * group a step in turn, so that who catches up with a long past holds up nobody.
 */
export class Feed {
  readonly subscribers = new Set<AnySubscriber>();
  private head: Head | undefined;
  private running: Promise<void> | undefined;

  constructor(private readonly parts: FeedParts) {}

  /** Tells everybody what there is up to this block, or a newer one. Resolves when it was told to all who have room. */
  advance(head: Head | undefined = this.head): Promise<void> {
    this.head = head;
    this.running ??= this.run();
    return this.running;
  }

  private async run(): Promise<void> {
    // So that `running` is set before it is taken back.
    await Promise.resolve();
    try {
      for (let groups = this.groups(); groups.length > 0; groups = this.groups())
        for (const group of groups) await this.step(group);
    } catch (error) {
      // Everybody stands where he stood: it is tried again when the next block comes, or is looked for.
      this.parts.onError(error);
    } finally {
      // At once, and not a turn later: who comes in between would wait for a run that looks no more.
      this.running = undefined;
    }
  }

  /** By where they stand. */
  private groups(): readonly (readonly AnySubscriber[])[] {
    const { head } = this;
    if (head === undefined) return [];
    const behind = [...this.subscribers].filter((subscriber) => subscriber.wantsMore(head));
    return [...Map.groupBy(behind, ({ placeName }) => placeName).values()];
  }

  private async step(group: readonly AnySubscriber[]): Promise<void> {
    const from: Position | undefined = group[0]?.standsAt;
    if (from === undefined) return;
    const { repository, scope, networkId } = this.parts;
    const step = await repository.step(scope, networkId, from);
    if (step.head !== undefined) this.head = step.head;
    for (const subscriber of group) if (this.subscribers.has(subscriber)) subscriber.take(step);
  }
}
