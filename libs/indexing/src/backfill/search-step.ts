import { bisectPrice, type Prices, scanPrice, walkPrice } from './prices.ts';
import {
  type BisectTask,
  type Question,
  type Reply,
  SearchError,
  type SearchTask,
  type Step,
  type WalkTask,
} from './search-task.ts';

const NOTHING: Step = { found: [], scans: [], tasks: [] };

/** What has to be asked for a task; nothing where it is decided as it stands. */
export const questionOf = (task: SearchTask): Question | undefined => {
  switch (task.method) {
    case 'SCAN':
      return undefined;
    case 'WALK':
      return task.from > task.at
        ? undefined
        : { reading: { of: 'SLOT', slot: task.slot }, at: task.at, withUpdateBlock: true };
    case 'BISECT':
      return bisectQuestion(task);
  }
};

const bisectQuestion = (task: BisectTask): Question | undefined => {
  const { reading, low, lowValue, high, highValue } = task;
  const ask = (at: number): Question => ({ reading, at, withUpdateBlock: false });
  if (high <= low) return undefined;
  if (highValue === undefined) return ask(high);
  if (lowValue === undefined) return ask(low);
  if (lowValue === highValue || high === low + 1) return undefined;
  return ask(middleOf(task));
};

const middleOf = ({ low, high }: BisectTask): number => low + Math.floor((high - low) / 2);

/** A task that needs no question, decided. */
export const settle = (task: SearchTask): Step => {
  if (task.method === 'SCAN')
    return task.from > task.to ? NOTHING : { ...NOTHING, scans: [{ from: task.from, to: task.to }] };
  if (task.method === 'WALK' || task.high <= task.low || task.lowValue === task.highValue) return NOTHING;
  requireRise(task);
  return { ...NOTHING, found: [task.high] };
};

/**
 * What the reply to `questionOf` leads to. Where reading every block of what is left is cheaper, it is scanned.
 * @throws SearchError
 */
export const advance = (task: SearchTask, reply: Reply, prices: Prices): Step => {
  if (task.method === 'SCAN') return settle(task);
  return task.method === 'WALK' ? walkOn(task, reply, prices) : halve(task, reply, prices);
};

const walkOn = (task: WalkTask, { value, lastUpdateBlock }: Reply, prices: Prices): Step => {
  if (lastUpdateBlock === undefined)
    throw new SearchError('NO_UPDATE_BLOCK', 'the node does not tell when a slot was written');
  if (lastUpdateBlock > task.at) {
    throw new SearchError(
      'UPDATE_BLOCK_IMPLAUSIBLE',
      `asked at block ${task.at}, the node names a later update: ${lastUpdateBlock}`,
    );
  }
  const neverWritten = lastUpdateBlock === 0 && value === 0n;
  if (neverWritten || lastUpdateBlock < task.from) return NOTHING;
  // No use is left below: the counter stood at 0 before this one, and the grant that set it so is known.
  if (task.counts && value === 1n) return { ...NOTHING, found: [lastUpdateBlock] };
  const rest: WalkTask = { ...task, at: lastUpdateBlock - 1 };
  return {
    found: [lastUpdateBlock],
    scans: [],
    tasks: [task.counts ? cheaperOf(rest, Number(value) - 1, prices) : rest],
  };
};

const cheaperOf = (rest: WalkTask, uses: number, prices: Prices): SearchTask => {
  const blocks = rest.at - rest.from + 1;
  const scans = scanPrice(blocks, prices) < walkPrice(Math.min(uses, blocks), prices);
  return scans ? { method: 'SCAN', from: rest.from, to: rest.at } : { ...rest, expected: uses };
};

const halve = (task: BisectTask, { value }: Reply, prices: Prices): Step => {
  if (task.highValue === undefined) return again({ ...task, highValue: value }, prices);
  if (task.lowValue === undefined) return again({ ...task, lowValue: value }, prices);
  const middle = middleOf(task);
  const lower = { ...task, high: middle, highValue: value };
  const upper = { ...task, low: middle, lowValue: value };
  const [first, second] = [again(lower, prices), again(upper, prices)];
  return {
    found: [...first.found, ...second.found],
    scans: [...first.scans, ...second.scans],
    tasks: [...first.tasks, ...second.tasks],
  };
};

const again = (task: BisectTask, prices: Prices): Step => {
  if (task.lowValue === undefined || task.highValue === undefined) return { ...NOTHING, tasks: [task] };
  requireRise(task);
  if (questionOf(task) === undefined) return settle(task);
  return { ...NOTHING, tasks: [scanWhereCheaper(task, prices)] };
};

const scanWhereCheaper = (task: BisectTask, prices: Prices): SearchTask => {
  if (!task.onlyRises) return task;
  const uses = Number((task.highValue ?? 0n) - (task.lowValue ?? 0n));
  const blocks = task.high - task.low;
  const scans = scanPrice(blocks, prices) <= bisectPrice(uses, blocks, prices);
  return scans ? { method: 'SCAN', from: task.low + 1, to: task.high } : task;
};

const requireRise = ({ onlyRises, lowValue, highValue, low, high }: BisectTask): void => {
  if (!onlyRises || (highValue ?? 0n) >= (lowValue ?? 0n)) return;
  throw new SearchError(
    'COUNTER_FELL',
    `a counter is lower at block ${high} than at block ${low}, and no grant or revoke stands between`,
  );
};
