import { slotAt } from '#libs/account';
import type { Address, SessionKey } from '#libs/felt';
import type { AccountLives, KeyLife } from './account-lives.ts';
import { bisectPrice, type Prices, PRICES, scanPrice, walkPrice } from './prices.ts';
import type { SearchTask } from './search-task.ts';

/** What is known of an account before its history is searched. */
export interface PlanInput {
  /** First block of the range; the account stands there already. */
  readonly from: number;
  /** Last block: the words at it are known. */
  readonly to: number;
  readonly lives: AccountLives;
  /** Calls used of each key at `to`. */
  readonly callsUsed: ReadonlyMap<SessionKey, bigint>;
  /** The profile of every class that the account has had shows how its counters move. */
  readonly countersKnown: boolean;
  /** The node tells the block of the last update. */
  readonly updateBlock: boolean;
  /** Read every block, whatever it costs: the only way to see sponsored calls that were refused. */
  readonly everyBlock?: boolean;
  readonly prices?: Prices;
}

/**
 * EVENTS: blocks with events. USES: the counter of a key. SPENDING: a policy. WORDS: words of a key besides the counter.
 * CLASS: the class of the account. ALL: everything.
 */
type PlanSubject = 'EVENTS' | 'USES' | 'SPENDING' | 'WORDS' | 'CLASS' | 'ALL';
/** IMPLIED: what would be looked for stands in blocks that another part of the plan finds. */
type PlanMethod = 'WALK' | 'BISECT' | 'SCAN' | 'IMPLIED';

export interface PlanChoice {
  readonly subject: PlanSubject;
  readonly sessionKey?: SessionKey;
  readonly token?: Address;
  readonly from: number;
  readonly to: number;
  readonly method: PlanMethod;
  readonly reason: string;
  /** Calls at most, with reading what is found; exact where the number of uses is known. */
  readonly mostCalls: number;
  readonly tasks: readonly SearchTask[];
}

export interface BackfillPlan {
  readonly from: number;
  readonly to: number;
  readonly choices: readonly PlanChoice[];
  readonly mostCalls: number;
  /** What nothing in the plan would show. */
  readonly caveats: readonly string[];
}

/** Says for each word and range how its changes are found, and what that costs at most. */
export const planBackfill = (input: PlanInput): BackfillPlan => {
  const { from, to, everyBlock = false, countersKnown, updateBlock } = input;
  const choices = everyBlock || (!countersKnown && !updateBlock) ? [scanAll(input)] : searchChoices(input);
  return {
    from,
    to,
    choices,
    mostCalls: choices.reduce((sum, { mostCalls }) => sum + mostCalls, 0),
    caveats: choices.some(({ subject }) => subject === 'ALL') ? [] : caveatsOf(input),
  };
};

const caveatsOf = ({ countersKnown }: PlanInput): string[] => [
  'sponsored calls that were refused leave nothing in the state: only reading every block shows them',
  ...(countersKnown
    ? []
    : ['a class that was replaced and put back between two blocks without an event is not seen']),
];

const searchChoices = (input: PlanInput): PlanChoice[] => {
  const { lives, countersKnown } = input;
  const words = countersKnown
    ? [...lives.keys.flatMap((key) => useChoices(input, key)), ...impliedChoices(input)]
    : wordChoices(input);
  return [eventChoice(input), ...words];
};

const pricesOf = ({ prices = PRICES }: PlanInput): Prices => prices;

const scanAll = (input: PlanInput): PlanChoice => {
  const { from, to, everyBlock } = input;
  return {
    subject: 'ALL',
    from,
    to,
    method: 'SCAN',
    reason:
      everyBlock === true
        ? 'every block was asked for'
        : 'no profile shows how the counters of its class move, and the node does not tell the block of an update',
    mostCalls: scanPrice(Math.max(0, to - from + 1), pricesOf(input)),
    tasks: [{ method: 'SCAN', from, to }],
  };
};

const eventChoice = (input: PlanInput): PlanChoice => {
  const { from, to, lives } = input;
  const inside = lives.eventBlocks.filter((block) => block >= from && block <= to);
  return {
    subject: 'EVENTS',
    from,
    to,
    method: 'IMPLIED',
    reason: `${inside.length} blocks with events of the account, by key filter`,
    mostCalls: inside.length * pricesOf(input).block + Math.ceil((inside.length + 1) / 1_000),
    tasks: [],
  };
};

interface Stretch {
  readonly from: number;
  readonly to: number;
  /** The block that set the counter to what it is before `from`. */
  readonly uses: number;
  /** Whether the number of uses is known, and not only their limit. */
  readonly isExact: boolean;
}

/** Between two turns of a key. Where it is revoked, or was never granted, nothing uses it. */
const stretchesOf = ({ from, to, callsUsed }: PlanInput, { sessionKey, turns }: KeyLife): Stretch[] =>
  turns.flatMap(({ blockNumber, maxCalls }, index) => {
    const next = turns[index + 1];
    const used = next === undefined ? callsUsed.get(sessionKey) : undefined;
    const stretch = {
      from: Math.max(from, blockNumber + 1),
      to: Math.min(to, next === undefined ? to : next.blockNumber - 1),
      uses: Number(used ?? maxCalls),
      isExact: used !== undefined,
    };
    return stretch.from > stretch.to || stretch.uses === 0 ? [] : [stretch];
  });

const useChoices = (input: PlanInput, key: KeyLife): PlanChoice[] =>
  stretchesOf(input, key).map((stretch) => useChoice(input, key, stretch));

/** Word of `calls_used` in the four of a key. */
const COUNTER = 2;

const useChoice = (input: PlanInput, { slotBase, sessionKey }: KeyLife, stretch: Stretch): PlanChoice => {
  const { from, to, uses, isExact } = stretch;
  const prices = pricesOf(input);
  const blocks = to - from + 1;
  const most = Math.min(uses, blocks);
  const slot = slotAt(slotBase, COUNTER);
  const search = input.updateBlock ? walkPrice(most, prices) : bisectPrice(most, blocks, prices) + 2;
  const scan = scanPrice(blocks, prices);
  const choice = { subject: 'USES' as const, sessionKey, from, to };
  const count = `${isExact ? '' : 'at most '}${uses} uses in ${blocks} blocks`;
  // How many there really are shows with the first answer: a search goes over to scanning where that is cheaper.
  if (scan <= (isExact ? search : 2 * prices.question))
    return {
      ...choice,
      method: 'SCAN',
      reason: count,
      mostCalls: scan,
      tasks: [{ method: 'SCAN', from, to }],
    };
  const mostCalls = Math.min(search, scan + 2 * prices.question);
  if (input.updateBlock) {
    const walk = { method: 'WALK' as const, slot, from, at: to, counts: true, expected: most };
    return { ...choice, method: 'WALK', reason: count, mostCalls, tasks: [walk] };
  }
  const bisect = {
    method: 'BISECT' as const,
    reading: { of: 'SLOT' as const, slot },
    low: from - 1,
    lowValue: undefined,
    high: to,
    highValue: isExact ? BigInt(uses) : undefined,
    onlyRises: true,
    expected: most,
  };
  return { ...choice, method: 'BISECT', reason: count, mostCalls, tasks: [bisect] };
};

const impliedChoices = ({ from, to, lives }: PlanInput): PlanChoice[] => [
  ...lives.policies.map(({ sessionKey, token }) => ({
    ...{ subject: 'SPENDING' as const, sessionKey, token, from, to, method: 'IMPLIED' as const },
    reason: 'what a policy has spent changes only with a use or an event of it, by the profile of the class',
    mostCalls: 0,
    tasks: [],
  })),
  {
    ...{ subject: 'CLASS' as const, from, to, method: 'IMPLIED' as const },
    reason: 'the class changes only with an event, by its profile',
    mostCalls: 0,
    tasks: [],
  },
];

const SESSION_WORDS = 4;
const POLICY_WORDS = 8;

/** Nothing is taken for granted: every word of every key and policy is walked, over the whole range. */
const wordChoices = (input: PlanInput): PlanChoice[] => {
  const { from, to, lives, callsUsed } = input;
  const prices = pricesOf(input);
  const reason = 'no profile shows how the words of its class move: each is walked';
  const walk = (base: bigint, words: number): SearchTask[] =>
    Array.from({ length: words }, (_, at) => ({
      ...{ method: 'WALK' as const, slot: slotAt(base as never, at), from, at: to, counts: false },
    }));
  const usesOf = (key: SessionKey): number =>
    lives.keys
      .filter(({ sessionKey }) => sessionKey === key)
      .flatMap((life) => stretchesOf({ ...input, callsUsed }, life))
      .reduce((sum, { uses, from: first, to: last }) => sum + Math.min(uses, last - first + 1), 0);
  return [
    ...lives.keys.map(({ sessionKey, slotBase, turns }) => ({
      ...{ subject: 'WORDS' as const, sessionKey, from, to, method: 'WALK' as const, reason },
      mostCalls: walkPrice(usesOf(sessionKey), prices) + SESSION_WORDS * (turns.length + 1),
      tasks: walk(slotBase, SESSION_WORDS),
    })),
    ...lives.policies.map(({ sessionKey, token, slotBase }) => ({
      ...{ subject: 'SPENDING' as const, sessionKey, token, from, to, method: 'WALK' as const, reason },
      mostCalls: 2 * usesOf(sessionKey) + 2 * POLICY_WORDS,
      tasks: walk(slotBase, POLICY_WORDS),
    })),
    classChoice(input),
  ];
};

const classChoice = ({ from, to, lives }: PlanInput): PlanChoice => {
  const bounds = [from, ...lives.upgradeBlocks.filter((block) => block > from && block <= to), to + 1];
  const tasks = bounds.slice(0, -1).map((low, index) => ({
    ...{ method: 'BISECT' as const, reading: { of: 'CLASS' as const }, onlyRises: false, expected: 0 },
    ...{ low, lowValue: undefined, high: (bounds[index + 1] as number) - 1, highValue: undefined },
  }));
  return {
    ...{ subject: 'CLASS' as const, from, to, method: 'BISECT' as const, tasks },
    reason: 'its class is compared between the upgrades that events tell of',
    mostCalls: 2 * tasks.length,
  };
};
