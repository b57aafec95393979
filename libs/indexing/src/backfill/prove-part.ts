import { sessionDataToFelts, sessionSlotBase, slotAt, spendingPolicyToFelts } from '#libs/account';
import type { Felt, SessionKey } from '#libs/felt';
import { type AccountState, type PolicyState, policyIdOf, type SessionState } from '#libs/sessions';
import { mapConcurrently } from '../map-concurrently.ts';
import { BackfillError } from './backfill.error.ts';
import type { Filling } from './fill-history.ts';
import { type HistoricPart, isEveryBlockRead } from './historic-part.ts';
import { adoptedState, portsOf } from './prepare-search.ts';
import { ask } from './run-search.ts';

/** Questions under way at the same time. */
const QUESTIONS_AT_ONCE = 8;
const SESSION_WORDS = 4;
const POLICY_WORDS = 8;

/**
 * Facts are never taken back, so what blocks were found to say has to be what storage holds before anything of it is
 * written: the class and every word of every key and policy that the account ever had, at the last block of the part;
 * before and at each block whose uses nothing explains the words of that key, since uses of blocks that were missed show as
 * more than that block has; and before each grant and revoke the counter that it
 * sets to 0, since uses that were missed before would show nowhere after it. Of the part that reaches the end of the range the
 * last words are compared with those of the adoption, where it is committed.
 * @throws BackfillError BACKFILL_STATE_DIFFERS, BACKFILL_STATE_PRUNED
 */
export const provePart = async (
  filling: Filling,
  part: HistoricPart,
  before: AccountState,
  after: AccountState,
): Promise<void> => {
  if (isEveryBlockRead(part)) return;
  for (const { account, header, item } of part.writes.facts) {
    if (item.kind !== 'SessionCallUnattributed' || item.sessionKey === undefined || account !== after.address)
      continue;
    for (const at of [header.blockNumber - 1, header.blockNumber].filter((each) => each >= part.fromBlock))
      await requireWords(filling, at, wordsOfKey(part, before, item.sessionKey, at));
  }
  for (const [at, words] of countersBeforeTurns(part, before)) await requireWords(filling, at, words);
  const { toBlock } = part;
  if (toBlock === filling.end.blockNumber) return;
  await requireClass(filling, toBlock, after.classHash ?? 0n);
  await requireWords(filling, toBlock, allWords(after, await adoptedState(filling)));
};

type Word = readonly [slot: Felt, word: bigint];

const requireClass = async (filling: Filling, at: number, classHash: bigint): Promise<void> => {
  const question = { at, withUpdateBlock: false, reading: { of: 'CLASS' as const } };
  if ((await ask(portsOf(filling), question)).value !== classHash) throw differs(at);
};

const requireWords = async (filling: Filling, at: number, expected: readonly Word[]): Promise<void> => {
  const ports = portsOf(filling);
  await mapConcurrently(expected, QUESTIONS_AT_ONCE, async ([slot, word]) => {
    const question = { at, withUpdateBlock: false, reading: { of: 'SLOT' as const, slot } };
    if ((await ask(ports, question)).value !== word) throw differs(at);
  });
};

const differs = (blockNumber: number): BackfillError =>
  new BackfillError(
    'BACKFILL_STATE_DIFFERS',
    `the history up to block ${blockNumber} ends with other words than storage has there`,
  );

/** Zeros of what came only later. The slots are those of the states: to hash each anew costs more than to ask. */
const allWords = (after: AccountState, adopted: AccountState): Word[] => [
  ...[...new Map([...adopted.sessions, ...after.sessions])].flatMap(([key, { slotBase }]) =>
    sessionWords(slotBase, after.sessions.get(key)),
  ),
  ...[...new Map([...adopted.policies, ...after.policies])].flatMap(([id, { slotBase }]) =>
    policyWords(slotBase, after.policies.get(id)),
  ),
];

/** What a key and its policies hold after a block inside the part. */
const wordsOfKey = (
  { writes }: HistoricPart,
  before: AccountState,
  key: SessionKey,
  blockNumber: number,
): Word[] => {
  const session = sessionAt(writes, before, key, blockNumber);
  const policies = new Map([...before.policies].filter(([, { sessionKey }]) => sessionKey === key));
  for (const { state, blockNumber: at } of writes.policies) {
    if (state.sessionKey === key && at <= blockNumber) policies.set(policyIdOf(key, state.token), state);
  }
  return [
    ...sessionWords(session?.slotBase ?? sessionSlotBase(key), session),
    ...[...policies.values()].flatMap((policy) => policyWords(policy.slotBase, policy)),
  ];
};

const TURNS: ReadonlySet<string> = new Set(['SessionKeyAdded', 'SessionKeyRevoked']);
/** Word of `calls_used` in the four of a key. */
const COUNTER = 2;

/** Where the owner granted or revoked a key that had been granted before: its counter in the block before. */
const countersBeforeTurns = (
  { writes, fromBlock }: HistoricPart,
  before: AccountState,
): ReadonlyMap<number, readonly Word[]> => {
  const words = new Map<number, Map<Felt, bigint>>();
  for (const { header, item } of writes.facts) {
    const at = header.blockNumber - 1;
    if (!TURNS.has(item.kind) || item.sessionKey === undefined || at < fromBlock) continue;
    const session = sessionAt(writes, before, item.sessionKey, at);
    if (session === undefined) continue;
    const { slotBase, data } = session;
    words.set(at, (words.get(at) ?? new Map<Felt, bigint>()).set(slotAt(slotBase, COUNTER), data.callsUsed));
  }
  return new Map([...words].map(([at, counters]) => [at, [...counters]]));
};

const sessionAt = (
  { sessions }: HistoricPart['writes'],
  before: AccountState,
  key: SessionKey,
  blockNumber: number,
): SessionState | undefined =>
  sessions.findLast((each) => each.state.sessionKey === key && each.blockNumber <= blockNumber)?.state ??
  before.sessions.get(key);

const sessionWords = (base: Felt, state: SessionState | undefined): Word[] => {
  const words = state ? sessionDataToFelts(state.data) : zeros(SESSION_WORDS);
  return words.map((word, at) => [slotAt(base, at), word]);
};

const policyWords = (base: Felt, state: PolicyState | undefined): Word[] => {
  const words = state ? spendingPolicyToFelts(state.policy) : zeros(POLICY_WORDS);
  return words.map((word, at) => [slotAt(base, at), word]);
};

const zeros = (count: number): bigint[] => Array.from({ length: count }, () => 0n);
