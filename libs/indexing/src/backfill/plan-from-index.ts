import { type ProfileRegistry, STANDARD_EVENT_SHAPES } from '#libs/account';
import type { Db } from '#libs/database';
import { type Fact, listCoverage, listFacts } from '#libs/facts';
import { type Address, type ClassHash, feltToHex, parseFelt, toClassHash } from '#libs/felt';
import { loadAccountStates } from '#libs/sessions';
import { type AccountLives, type LifeEvent, livesOf } from './account-lives.ts';
import { type BackfillPlan, planBackfill } from './plan.ts';
import { BLOCKS_IN_PART, PRICES } from './prices.ts';

/** What is to be planned for. */
export interface PlanQuestion {
  readonly networkId: number;
  readonly account: Address;
  readonly fromBlock: number;
  readonly everyBlock: boolean;
  readonly profiles: ProfileRegistry;
  /** Whether the node tells the block of the last update; nobody has asked it yet. */
  readonly updateBlock: boolean;
}

export type PlanOutcome =
  | { readonly outcome: 'PLAN'; readonly plan: BackfillPlan; readonly mostCallsBeside: number }
  /** The history is there already from this block on. */
  | { readonly outcome: 'COMPLETE'; readonly from: number }
  | { readonly outcome: 'NOT_FOLLOWED' };

const FACTS_A_PAGE = 5_000;
const CLASS_EVENTS: ReadonlySet<string> = new Set(['Upgraded', 'UpgradeExecuted']);

/** Plans a back-fill by what the index holds, before any node is asked. What the search shows may only make it cheaper. */
export const planFromIndex = async (db: Db, question: PlanQuestion): Promise<PlanOutcome> => {
  const { networkId, account, fromBlock, everyBlock, updateBlock } = question;
  const ranges = await listCoverage(db, networkId, account, 'STATE');
  const open = ranges.find(({ toBlock }) => toBlock === null);
  if (open === undefined) return { outcome: 'NOT_FOLLOWED' };
  if (open.fromBlock <= fromBlock) return { outcome: 'COMPLETE', from: open.fromBlock };
  const to = open.fromBlock;
  const covered = ranges.find((range) => range.fromBlock <= fromBlock && range.toBlock !== null)?.toBlock;
  const from = covered === undefined || covered === null ? fromBlock : covered + 1;
  const states = await loadAccountStates(db, networkId, [account], () => STANDARD_EVENT_SHAPES, to);
  const adopted = states.get(account);
  const facts = await factsUpTo(db, networkId, account, to);
  const lives = livesOf(facts.map(lifeEventOf));
  const plan = planBackfill({
    from,
    to,
    lives,
    callsUsed: new Map([...(adopted?.sessions ?? [])].map(([key, { data }]) => [key, data.callsUsed])),
    countersKnown: classesIn(facts, adopted?.classHash).every(
      (classHash) => question.profiles.find(classHash)?.counterOnlyRises?.value === true,
    ),
    updateBlock,
    everyBlock,
  });
  return { outcome: 'PLAN', plan, mostCallsBeside: callsBeside(plan, everyBlock ? undefined : lives) };
};

/** What the history of an account of which nothing is known costs if it never did a thing, in calls; each key and use is more. */
export const leastCalls = (from: number, to: number): number => {
  if (to <= from) return 0;
  const lives = livesOf([]);
  const plan = planBackfill({
    ...{ from, to, lives, callsUsed: new Map(), countersKnown: true, updateBlock: true },
  });
  return plan.mostCalls + callsBeside(plan, lives);
};

/**
 * What comes beside the search and the reading: the end of the range is looked at before, between and with each part; the
 * deployment is halved and read, classes are named, the words that the search took for implied are checked, counters are
 * asked for before each grant and revoke, and each part but the last is proven.
 */
const callsBeside = ({ from, to, mostCalls }: BackfillPlan, lives: AccountLives | undefined): number => {
  const parts = 1 + Math.floor(mostCalls / PRICES.block / BLOCKS_IN_PART);
  const looks = 3 + parts;
  if (lives === undefined) return looks;
  const deployment = 1 + Math.ceil(Math.log2(Math.max(2, to - from + 1))) + PRICES.block;
  const classes = 1 + lives.upgradeBlocks.length;
  const checks = 1 + lives.keys.length + 2 * lives.policies.length;
  const turns = lives.keys.reduce((sum, key) => sum + key.turns.length, 0);
  const proof = 1 + SESSION_WORDS * lives.keys.length + POLICY_WORDS * lives.policies.length;
  return looks + deployment + classes + checks + turns + (parts - 1) * proof;
};

const SESSION_WORDS = 4;
const POLICY_WORDS = 8;

const factsUpTo = async (db: Db, networkId: number, account: Address, to: number): Promise<Fact[]> => {
  const all: Fact[] = [];
  for (;;) {
    const after = all.at(-1);
    const page = await listFacts(db, networkId, {
      account,
      toBlock: to,
      ...(after && { after }),
      limit: FACTS_A_PAGE,
    });
    all.push(...page);
    if (page.length < FACTS_A_PAGE) return all;
  }
};

const lifeEventOf = ({ kind, blockNumber, sessionKey, token, payload }: Fact): LifeEvent => ({
  kind,
  blockNumber,
  sessionKey,
  token,
  ...(typeof payload['maxCalls'] === 'string' && { maxCalls: BigInt(payload['maxCalls']) }),
});

const classesIn = (facts: readonly Fact[], current: ClassHash | undefined): ClassHash[] => [
  ...(current === undefined ? [] : [current]),
  ...facts
    .filter(({ kind }) => CLASS_EVENTS.has(kind))
    .map(({ payload }) => toClassHash(parseFelt(payload['classHash'] ?? feltToHex(1n)))),
];
