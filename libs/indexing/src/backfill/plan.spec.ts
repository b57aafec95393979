import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { policySlotBase, sessionSlotBase, slotAt } from '#libs/account';
import { toAddress, toSessionKey } from '#libs/felt';
import { type LifeEvent, livesOf } from './account-lives.ts';
import { planBackfill, type PlanInput } from './plan.ts';
import { bisectPrice, walkPrice } from './prices.ts';
import { beginSearch, blocksToRead, countToRead, isFinished, nextQuestions, takeReplies } from './search.ts';
import { type Question, type Reply, SearchError } from './search-task.ts';

const KEYS = [toSessionKey(0x51n), toSessionKey(0x52n)] as const;
const TOKEN = toAddress(0x7n);
const CLASS = 0xc1an;

/** What one block does to a key: nothing, uses, a grant or revoke with uses around it, or a policy set anew. */
type Act =
  | { readonly do: 'USE'; readonly key: 0 | 1; readonly times: number; readonly spends: boolean }
  | { readonly do: 'GRANT'; readonly key: 0 | 1; readonly maxCalls: number; readonly usesAfter: number }
  | { readonly do: 'REVOKE'; readonly key: 0 | 1 }
  | { readonly do: 'SET'; readonly key: 0 | 1 };

interface Chain {
  readonly last: number;
  readonly events: readonly LifeEvent[];
  /** Value of each slot by block, where it changed. */
  readonly changes: ReadonlyMap<bigint, ReadonlyMap<number, bigint>>;
  readonly counts: ReadonlyMap<bigint, bigint>;
  readonly deployedAt: number;
}

const counterOf = (key: 0 | 1) => slotAt(sessionSlotBase(KEYS[key]), 2);
const spentOf = (key: 0 | 1) => slotAt(policySlotBase(KEYS[key], TOKEN), 5);

const play = (acts: ReadonlyMap<number, Act>, last: number): Chain => {
  const now = new Map<bigint, bigint>();
  const changes = new Map<bigint, Map<number, bigint>>();
  const limit = new Map<number, number>();
  const events: LifeEvent[] = [];
  const write = (slot: bigint, block: number, value: bigint): void => {
    if ((now.get(slot) ?? 0n) === value) return;
    now.set(slot, value);
    changes.set(slot, (changes.get(slot) ?? new Map<number, bigint>()).set(block, value));
  };
  for (const [block, act] of [...acts].sort(([a], [b]) => a - b)) {
    const { key } = act;
    const counter = now.get(counterOf(key)) ?? 0n;
    const event = (kind: string, more: Partial<LifeEvent> = {}) =>
      events.push({ blockNumber: block, kind, sessionKey: KEYS[key], ...more });
    if (act.do === 'USE') {
      const times = Math.min(act.times, (limit.get(key) ?? 0) - Number(counter));
      if (times <= 0) continue;
      write(counterOf(key), block, counter + BigInt(times));
      if (act.spends) write(spentOf(key), block, BigInt(block));
    } else if (act.do === 'GRANT') {
      event('SessionKeyAdded', { maxCalls: BigInt(act.maxCalls) });
      limit.set(key, act.maxCalls);
      write(counterOf(key), block, BigInt(Math.min(act.usesAfter, act.maxCalls)));
    } else if (act.do === 'REVOKE') {
      event('SessionKeyRevoked');
      limit.set(key, 0);
      write(counterOf(key), block, 0n);
    } else {
      event('SpendingPolicySet', { token: TOKEN });
      write(spentOf(key), block, 0n);
    }
  }
  const counts = new Map(([0, 1] as const).map((key) => [KEYS[key], now.get(counterOf(key)) ?? 0n]));
  return { last, events, changes, counts, deployedAt: 1 };
};

const lastChange = (chain: Chain, slot: bigint, at: number): [number, bigint] | undefined =>
  [...(chain.changes.get(slot) ?? [])].filter(([block]) => block <= at).at(-1);

const answer = (chain: Chain, { reading, at, withUpdateBlock }: Question): Reply => {
  if (reading.of === 'CLASS') return { value: at < chain.deployedAt ? 0n : CLASS };
  const [block, value] = lastChange(chain, reading.slot, at) ?? [0, 0n];
  return withUpdateBlock ? { value, lastUpdateBlock: block } : { value };
};

const inputOf = (chain: Chain, more: Partial<PlanInput> = {}): PlanInput => ({
  from: 1,
  to: chain.last,
  lives: livesOf(chain.events),
  callsUsed: chain.counts as PlanInput['callsUsed'],
  countersKnown: true,
  updateBlock: true,
  ...more,
});

const run = (chain: Chain, input: PlanInput) => {
  const plan = planBackfill(input);
  let search = beginSearch(
    plan.choices.flatMap(({ tasks }) => tasks),
    input.lives.eventBlocks.filter((block) => block >= input.from && block <= input.to),
  );
  let questions = 0;
  while (!isFinished(search)) {
    const asked = nextQuestions(search, 4);
    questions += asked.length;
    search = takeReplies(
      search,
      asked.map(({ task, question }) => ({ task, reply: answer(chain, question) })),
    );
  }
  const read = [...blocksToRead(search)];
  return { plan, read, questions, calls: questions + 2 * read.length, search };
};

/** What reading every block would show. */
const fullScan = ({ changes }: Chain, from = 1): number[] =>
  [...new Set([...changes.values()].flatMap((byBlock) => [...byBlock.keys()]))]
    .filter((block) => block >= from)
    .sort((a, b) => a - b);

const usesAt = (blocks: readonly number[]): Map<number, Act> =>
  new Map(blocks.map((block) => [block, { do: 'USE', key: 0, times: 1, spends: true }]));
const GRANT: Act = { do: 'GRANT', key: 0, maxCalls: 1_000, usesAfter: 0 };
const MODES: readonly Partial<PlanInput>[] = [
  { updateBlock: true, countersKnown: true },
  { updateBlock: false, countersKnown: true },
  { updateBlock: true, countersKnown: false },
  { updateBlock: false, countersKnown: false },
];

describe('a plan of a back-fill', () => {
  const million = 1_000_000;
  const hundred = Array.from(
    { length: 100 },
    (_, index) => 5_000 + index * 9_900 + ((index * 7_919) % 9_000),
  );
  const longLife = play(
    new Map<number, Act>([[2_000, { do: 'SET', key: 0 }], [2_001, GRANT], ...usesAt(hundred)]),
    million,
  );

  it('costs 100 uses in a million blocks what the uses cost, with the block of the last update', () => {
    const { plan, read, calls } = run(longLife, inputOf(longLife));
    expect(read).toEqual([2_000, 2_001, ...hundred]);
    expect(calls).toBeLessThanOrEqual(320);
    expect(plan.mostCalls).toBeGreaterThanOrEqual(calls);
    expect(plan.choices.map(({ subject, method }) => `${subject} ${method}`)).toEqual([
      'EVENTS IMPLIED',
      'USES WALK',
      'SPENDING IMPLIED',
      'CLASS IMPLIED',
    ]);
  });

  it('costs less than 2,000 calls by bisecting', () => {
    const { plan, read, calls } = run(longLife, inputOf(longLife, { updateBlock: false }));
    expect(read).toEqual([2_000, 2_001, ...hundred]);
    expect(calls).toBeLessThanOrEqual(1_900);
    expect(plan.mostCalls).toBeGreaterThanOrEqual(calls);
    expect(plan.choices[1]).toMatchObject({ subject: 'USES', method: 'BISECT', from: 2_002, to: million });
  });

  it('scans where uses stand close together', () => {
    const dense = Array.from({ length: 60 }, (_, index) => 11 + index);
    const chain = play(new Map<number, Act>([[10, GRANT], ...usesAt(dense)]), 75);
    const { plan, questions, read } = run(chain, inputOf(chain));
    expect(plan.choices[1]).toMatchObject({ method: 'SCAN', mostCalls: 130 });
    expect([questions, read.length]).toEqual([0, 66]);
  });

  it('goes over to scanning when the first answers show how close they stand', () => {
    const dense = Array.from({ length: 500 }, (_, index) => 500_000 + index);
    const chain = play(new Map<number, Act>([[10, GRANT], ...usesAt(dense)]), million);
    const { search, calls } = run(chain, inputOf(chain, { updateBlock: false }));
    expect(search.scans.length).toBeGreaterThan(0);
    expect(calls).toBeLessThan(2_000);
  });

  it.each(MODES.slice(0, 3))('finds uses in neighbouring blocks of a long chain: %p', (mode) => {
    const chain = play(
      new Map<number, Act>([[10, GRANT], ...usesAt([11, 500_000, 500_001, 999_999])]),
      million,
    );
    expect(run(chain, inputOf(chain, mode)).read).toEqual([10, 11, 500_000, 500_001, 999_999]);
  });

  it('looks for no use of a key that is revoked, or that was never used since its grant', () => {
    const chain = play(
      new Map<number, Act>([
        [10, GRANT],
        [20, { do: 'REVOKE', key: 0 }],
        [30, { ...GRANT, key: 1 }],
      ]),
      million,
    );
    const { plan, questions } = run(chain, inputOf(chain));
    expect(plan.choices.filter(({ subject }) => subject === 'USES')).toMatchObject([{ from: 11, to: 19 }]);
    expect(questions).toBe(1);
  });

  it('takes no rule for granted that no profile shows: words are walked, or every block is read', () => {
    const walked = planBackfill(inputOf(longLife, { countersKnown: false }));
    expect(walked.choices.map(({ subject, method }) => `${subject} ${method}`)).toEqual([
      'EVENTS IMPLIED',
      'WORDS WALK',
      'SPENDING WALK',
      'CLASS BISECT',
    ]);
    expect(walked.caveats).toHaveLength(2);
    const blind = planBackfill(inputOf(longLife, { countersKnown: false, updateBlock: false }));
    expect(blind.choices).toMatchObject([{ subject: 'ALL', method: 'SCAN', mostCalls: 2 * million }]);
    expect(blind.caveats).toEqual([]);
  });

  it('reads every block where that is asked for', () => {
    const { choices } = planBackfill(inputOf(longLife, { everyBlock: true }));
    expect(choices).toMatchObject([{ method: 'SCAN', reason: 'every block was asked for' }]);
  });
});

describe('a search', () => {
  const chain = play(new Map<number, Act>([[10, GRANT], ...usesAt([20, 400])]), 1_000);
  const search = beginSearch(planBackfill(inputOf(chain)).choices.flatMap(({ tasks }) => tasks));
  const [asked] = nextQuestions(search, 1);
  const reply = (lastUpdateBlock: number | undefined) => [
    { task: asked!.task, reply: { value: 2n, lastUpdateBlock } },
  ];

  it.each([
    [undefined, 'NO_UPDATE_BLOCK'],
    [1_001, 'UPDATE_BLOCK_IMPLAUSIBLE'],
  ])('does not go on from a last update %p', (lastUpdateBlock, code) => {
    expect(() => takeReplies(search, reply(lastUpdateBlock))).toThrow(expect.objectContaining({ code }));
  });

  it('sees a counter that falls without an event: bisecting is blind to what comes back', () => {
    const [, uses] = planBackfill(inputOf(chain, { updateBlock: false })).choices;
    let halving = beginSearch(uses!.tasks);
    const fall = (): void => {
      while (!isFinished(halving)) {
        const questions = nextQuestions(halving, 1);
        halving = takeReplies(
          halving,
          questions.map(({ task, question }) => ({
            task,
            reply: { value: question.at === 10 ? 0n : BigInt(1_000 - question.at) },
          })),
        );
      }
    };
    expect(fall).toThrow(SearchError);
  });

  it('counts what it has to read once, whichever way it was found', () => {
    const found = { found: new Set([3, 7, 12]), scans: [{ from: 5, to: 9 }] };
    expect([...blocksToRead(found)]).toEqual([3, 5, 6, 7, 8, 9, 12]);
    expect(countToRead(found)).toBe(7);
  });

  const key = fc.constantFrom<0 | 1>(0, 1);
  const act: fc.Arbitrary<Act> = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('USE'),
        key,
        times: fc.integer({ min: 1, max: 3 }),
        spends: fc.boolean(),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('GRANT'),
        key,
        maxCalls: fc.integer({ min: 0, max: 12 }),
        usesAfter: fc.integer({ min: 0, max: 2 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('REVOKE'), key }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('SET'), key }) },
  );
  const history = fc.record({
    acts: fc.array(fc.tuple(fc.integer({ min: 2, max: 200 }), act), { maxLength: 60 }),
    from: fc.integer({ min: 1, max: 150 }),
    mode: fc.constantFrom(...MODES),
  });

  it('finds every block that a full scan finds, of any history, by any method, from any block', () => {
    fc.assert(
      fc.property(history, ({ acts, from, mode }) => {
        const random = play(new Map(acts), 420);
        const { read } = run(random, inputOf(random, { from, ...mode }));
        expect(fullScan(random, from).filter((block) => !read.includes(block))).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });

  it('never takes more calls than its plan says', () => {
    fc.assert(
      fc.property(history, ({ acts, mode }) => {
        const random = play(new Map(acts), 420);
        const { plan, calls } = run(random, inputOf(random, mode));
        expect(calls).toBeLessThanOrEqual(plan.mostCalls);
      }),
      { numRuns: 200 },
    );
  });
});

describe('prices', () => {
  const prices = { question: 1, block: 2 };

  it('count one question more than there are updates, and two calls for each block', () => {
    expect(walkPrice(100, prices)).toBe(301);
    expect(walkPrice(0, prices)).toBe(1);
  });

  it('halve a million blocks in 20 questions for one change', () => {
    expect(bisectPrice(1, 1 << 20, prices)).toBe(22);
    expect(bisectPrice(0, 1 << 20, prices)).toBe(0);
  });
});
