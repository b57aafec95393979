import { bisectPrice, type Prices, PRICES, walkPrice } from './prices.ts';
import { advance, questionOf, settle } from './search-step.ts';
import type { BlockSpan, Question, Reply, SearchTask, Step } from './search-task.ts';

/** A search under way: what is left to do, and the blocks that have to be read. Plain values, so that it can be kept. */
export interface Search {
  readonly tasks: readonly SearchTask[];
  /** Grows in place: a long history has many. */
  readonly found: Set<number>;
  readonly scans: readonly BlockSpan[];
}

export const beginSearch = (tasks: readonly SearchTask[], found: Iterable<number> = []): Search =>
  settleAll({ tasks, found: new Set(found), scans: [] });

export const isFinished = ({ tasks }: Search): boolean => tasks.length === 0;

/** The tasks that are asked about next, the last ones first, so that few wait. */
export const nextQuestions = (
  { tasks }: Search,
  limit: number,
): { readonly task: SearchTask; readonly question: Question }[] =>
  tasks
    .slice(-limit)
    .flatMap((task) => [questionOf(task)].flatMap((question) => (question ? [{ task, question }] : [])));

/** Carries replies in. @throws SearchError */
export const takeReplies = (
  search: Search,
  replies: readonly { readonly task: SearchTask; readonly reply: Reply }[],
  prices: Prices = PRICES,
): Search => {
  const asked = new Set(replies.map(({ task }) => task));
  const steps = replies.map(({ task, reply }) => advance(task, reply, prices));
  const tasks = search.tasks.filter((task) => !asked.has(task));
  return settleAll(withSteps({ ...search, tasks }, steps));
};

const settleAll = (search: Search): Search => {
  const decided = search.tasks.filter((task) => questionOf(task) === undefined);
  const tasks = search.tasks.filter((task) => questionOf(task) !== undefined);
  return withSteps({ ...search, tasks }, decided.map(settle));
};

const withSteps = ({ tasks, found, scans }: Search, steps: readonly Step[]): Search => {
  for (const step of steps) for (const block of step.found) found.add(block);
  const added = steps.flatMap((step) => step.scans);
  return {
    tasks: [...tasks, ...steps.flatMap((step) => step.tasks)],
    found,
    scans: added.length === 0 ? scans : mergeSpans([...scans, ...added]),
  };
};

const mergeSpans = (spans: readonly BlockSpan[]): BlockSpan[] => {
  const merged: BlockSpan[] = [];
  for (const span of spans.toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last !== undefined && span.from <= last.to + 1)
      merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, span.to) };
    else merged.push(span);
  }
  return merged;
};

type Findings = Pick<Search, 'found' | 'scans'>;

/** The blocks to read from a block on, in order, each once. Scanned ranges are never laid out as a whole. */
export function* blocksToRead(findings: Findings, first = 0): Generator<number, undefined> {
  const apart = apartFromScans(findings, first).sort((a, b) => a - b);
  let next = 0;
  for (const { from, to } of findings.scans) {
    for (; next < apart.length && (apart[next] as number) < from; next += 1) yield apart[next] as number;
    for (let block = Math.max(from, first); block <= to; block += 1) yield block;
  }
  for (; next < apart.length; next += 1) yield apart[next] as number;
  return undefined;
}

const apartFromScans = ({ found, scans }: Findings, first: number): number[] =>
  [...found].filter((block) => block >= first && !scans.some(({ from, to }) => block >= from && block <= to));

export const countToRead = (findings: Findings, first = 0): number =>
  findings.scans.reduce((count, { from, to }) => count + Math.max(0, to - Math.max(from, first) + 1), 0) +
  apartFromScans(findings, first).length;

/** About how many calls a search still takes, with reading what it finds. */
export const callsLeft = (search: Search, prices: Prices = PRICES): number =>
  search.tasks.reduce((sum, task) => sum + callsOf(task, prices), countToRead(search) * prices.block);

const callsOf = (task: SearchTask, prices: Prices): number => {
  switch (task.method) {
    case 'SCAN':
      return (task.to - task.from + 1) * prices.block;
    case 'WALK':
      return walkPrice(task.expected ?? 0, prices);
    case 'BISECT':
      return task.lowValue === undefined || task.highValue === undefined
        ? bisectPrice(task.expected ?? 1, task.high - task.low, prices) + 2 * prices.question
        : bisectPrice(changesIn(task.lowValue, task.highValue, task.onlyRises), task.high - task.low, prices);
  }
};

const changesIn = (low: bigint, high: bigint, onlyRises: boolean): number =>
  onlyRises ? Number(high - low) : low === high ? 0 : 1;
