import { AccountError, decodeByShapes, type EventShapes, STANDARD_EVENT_SHAPES } from '#libs/account';
import type { EmittedEvent } from '#libs/chain';
import { type Address, type ClassHash, type Felt, selectorOf } from '#libs/felt';
import type { LifeEvent } from './account-lives.ts';
import type { BackfillReads } from './counted-reads.ts';

export interface LivesQuestion {
  readonly address: Address;
  readonly to: number;
  /** Layouts of the class at `to`. */
  readonly eventShapes: EventShapes;
  readonly shapesOf: (classHash: ClassHash) => Promise<EventShapes>;
}

/**
 * Every event of an account that a fold reads or stumbles over, from the first block on, by key filter: of the layouts
 * of its class, of the standard, and of the classes that it had before.
 */
export const readLifeEvents = async (
  source: BackfillReads,
  question: LivesQuestion,
): Promise<LifeEvent[]> => {
  const shapes = new Set([question.eventShapes, STANDARD_EVENT_SHAPES]);
  for (;;) {
    const known = shapes.size;
    const events = await readEvents(source, question, selectorsOf(shapes));
    const lives = events.flatMap((event) => lifeEventOf(event, [...shapes]));
    for (const { classHash } of lives) if (classHash) shapes.add(await question.shapesOf(classHash));
    const isComplete =
      shapes.size === known || selectorsOf(shapes).length === selectorsOf([...shapes].slice(0, known)).length;
    if (isComplete) return lives.sort((a, b) => a.blockNumber - b.blockNumber);
  }
};

const selectorsOf = (shapes: Iterable<EventShapes>): Felt[] => {
  const roots = [...shapes].flatMap((each) =>
    each.shapes.flatMap(({ path: [root] }) => (root === undefined ? [] : [root])),
  );
  return [...new Set(roots)].map(selectorOf);
};

const readEvents = async (
  source: BackfillReads,
  { address, to }: LivesQuestion,
  selectors: readonly Felt[],
): Promise<EmittedEvent[]> => {
  const all: EmittedEvent[] = [];
  for await (const page of source.events({ fromBlock: 0, toBlock: to, address, keys: [selectors] }))
    all.push(...page);
  return all;
};

/** What cannot be decoded is a dead letter of the fold, so its block is read as well. */
const lifeEventOf = (
  event: EmittedEvent,
  shapes: readonly EventShapes[],
): (LifeEvent & { readonly classHash?: ClassHash })[] => {
  const { blockNumber } = event;
  try {
    const decoded = decodeByShapes(event, shapes);
    return decoded === undefined ? [] : [{ ...decoded, blockNumber }];
  } catch (error) {
    if (!(error instanceof AccountError)) throw error;
    return [{ blockNumber, kind: 'Unreadable' }];
  }
};
