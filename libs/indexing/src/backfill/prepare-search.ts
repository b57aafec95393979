import { slotAt } from '#libs/account';
import type { ClassHash, Felt } from '#libs/felt';
import { type AccountState, loadAccountStates } from '#libs/sessions';
import { type AccountLives, livesOf } from './account-lives.ts';
import { BackfillError } from './backfill.error.ts';
import type { Filling } from './fill-history.ts';
import { planBackfill } from './plan.ts';
import { readLifeEvents } from './read-lives.ts';
import { ask, runSearch, type SearchPorts } from './run-search.ts';
import { beginSearch, type Search } from './search.ts';

/** Reads what a plan needs, and begins the search that it says. `next` is the first block that is not known. */
export const prepareSearch = async (
  filling: Filling,
  next: number,
  before: AccountState,
): Promise<Search> => {
  const { job, end } = filling;
  const last = end.blockNumber;
  if (job.everyBlock) return beginSearch([{ method: 'SCAN', from: next, to: last }]);
  const adopted = await adoptedState(filling);
  const lives = livesOf(await readEvents(filling, adopted));
  const from = before.classHash === undefined ? await deployedAt(filling, lives, next) : next;
  if (from === undefined) return beginSearch([]);
  const callsUsed = new Map([...adopted.sessions].map(([key, { data }]) => [key, data.callsUsed]));
  const { choices } = planBackfill({
    from,
    to: last,
    lives,
    callsUsed,
    countersKnown: await areCountersKnown(filling, lives, from, adopted),
    updateBlock: await tellsUpdateBlock(filling, adopted),
  });
  const inside = lives.eventBlocks.filter((block) => block >= from && block <= last);
  const tasks = choices.flatMap((choice) => choice.tasks);
  return beginSearch(tasks, from === next && before.classHash !== undefined ? inside : [from, ...inside]);
};

export const adoptedState = async ({ context, job, end }: Filling): Promise<AccountState> => {
  const { db, networkId, catalogue } = context;
  const shapesOf = (classHash: bigint) => catalogue.shapesOf(classHash);
  const states = await loadAccountStates(db, networkId, [job.account], shapesOf, end.blockNumber);
  return states.get(job.account) as AccountState;
};

const readEvents = ({ source, context, job, end }: Filling, { eventShapes }: AccountState) =>
  readLifeEvents(source, {
    address: job.account,
    to: end.blockNumber,
    eventShapes,
    shapesOf: async (classHash) => (await context.catalogue.require(classHash, end.blockHash)).eventShapes,
  });

export const portsOf = ({ source, job, end }: Filling): SearchPorts => ({
  source,
  address: job.account,
  end,
  onRound: () => Promise.resolve(),
});

/** The block that deployed the account, found by halving before its first event: a contract never goes away again. */
const deployedAt = async (
  filling: Filling,
  { eventBlocks }: AccountLives,
  next: number,
): Promise<number | undefined> => {
  const firstEvent = eventBlocks.find((block) => block >= next);
  const high = firstEvent === undefined ? filling.end.blockNumber : firstEvent - 1;
  const search = beginSearch([
    {
      ...{ method: 'BISECT', reading: { of: 'CLASS' }, onlyRises: false },
      ...{ low: next - 1, lowValue: 0n, high, highValue: undefined },
    },
  ]);
  const { found } = await runSearch(portsOf(filling), search);
  return found.size === 0 ? firstEvent : Math.min(...found);
};

/** Whether profiles show it of every class that the account had: where it begins, and after each upgrade. */
const areCountersKnown = async (
  filling: Filling,
  { upgradeBlocks }: AccountLives,
  from: number,
  { classHash }: AccountState,
): Promise<boolean> => {
  const { end, context } = filling;
  const isKnown = (hash: bigint | undefined): boolean =>
    hash !== undefined && context.profiles.find(hash as ClassHash)?.counterOnlyRises?.value === true;
  if (!isKnown(classHash)) return false;
  for (const at of [from, ...upgradeBlocks.filter((block) => block > from && block <= end.blockNumber)]) {
    const reading = { reading: { of: 'CLASS' as const }, at, withUpdateBlock: false };
    if (!isKnown((await ask(portsOf(filling), reading)).value)) return false;
  }
  return true;
};

const tellsUpdateBlock = async (filling: Filling, { sessions }: AccountState): Promise<boolean> => {
  const [session] = sessions.values();
  if (session === undefined) return true;
  const question = { at: filling.end.blockNumber, withUpdateBlock: true };
  const reply = await ask(portsOf(filling), { ...question, reading: { of: 'SLOT', slot: session.slotBase } });
  return reply.lastUpdateBlock !== undefined;
};

/** The words whose last update has to stand in a block that is read: expiry of a key, spent and window of a policy. */
const WITNESSES = { session: [0], policy: [5, 7] } as const;

/**
 * Asks, where the node can tell, when words were written last that the search took for implied: a block that it did not
 * find is one more than the profile of the class allows. @throws BackfillError BACKFILL_SEARCH_CONTRADICTED
 */
export const verifyFound = async (filling: Filling, search: Search, next: number): Promise<void> => {
  const adopted = await adoptedState(filling);
  const slots: Felt[] = [
    ...[...adopted.sessions.values()].flatMap(({ slotBase }) =>
      WITNESSES.session.map((offset) => slotAt(slotBase, offset)),
    ),
    ...[...adopted.policies.values()].flatMap(({ slotBase }) =>
      WITNESSES.policy.map((offset) => slotAt(slotBase, offset)),
    ),
  ];
  for (const slot of slots) {
    const question = { at: filling.end.blockNumber, withUpdateBlock: true };
    const { value, lastUpdateBlock } = await ask(portsOf(filling), {
      ...question,
      reading: { of: 'SLOT', slot },
    });
    if (lastUpdateBlock === undefined) return;
    const isNeverWritten = lastUpdateBlock === 0 && value === 0n;
    if (isNeverWritten || lastUpdateBlock < next || wasFound(search, lastUpdateBlock)) continue;
    throw new BackfillError(
      'BACKFILL_SEARCH_CONTRADICTED',
      `block ${lastUpdateBlock} wrote a word of the account, and nothing led there`,
    );
  }
};

const wasFound = ({ found, scans }: Search, block: number): boolean =>
  found.has(block) || scans.some(({ from, to }) => block >= from && block <= to);
