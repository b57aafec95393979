import { sql } from 'kysely';
import type { Db } from '#libs/database';
import { feltToHex, selectorOf } from '#libs/felt';
import type { TreeCast } from '../chains/block-tree.ts';
import type { ChainView } from '../chains/chain-view.ts';

/** What the index holds in force for a key, as the words that the account's view answers. */
type Words = readonly bigint[];

/**
 * Compares the index with what the accounts themselves answer at the head, for every account, key and token: sessions
 * with their entry points, and policies. Gives what differs.
 */
export const checkAgainstStorage = async (
  db: Db,
  view: ChainView,
  cast: TreeCast,
): Promise<readonly string[]> => {
  const differences: string[] = [];
  const check = (what: string, indexed: Words | undefined, stored: Words): void => {
    // A key that nobody ever granted is not in the index, and zero in storage.
    const words = indexed ?? stored.map(() => 0n);
    if (words.join() !== stored.join())
      differences.push(`${what}: indexed ${words.join()}, stored ${stored.join()}`);
  };
  const sessions = await sessionWords(db);
  const policies = await policyWords(db);
  for (const account of cast.accounts) {
    for (const key of cast.keys) {
      const id = `${account}/${key}`;
      const data = ask(view, account, 'get_session_data', [key]);
      const list = Array.from({ length: Number(data[3]) }, (_, index) =>
        ask(view, account, 'get_session_allowed_entrypoint_at', [key, feltToHex(BigInt(index))]),
      );
      check(`session ${id}`, sessions.get(id), [...data, ...list.flat()]);
      for (const token of cast.tokens) {
        const words = ask(view, account, 'get_spending_policy', [key, token]);
        check(`policy ${id}/${token}`, policies.get(`${id}/${token}`), words);
      }
    }
  }
  return differences;
};

const ask = (view: ChainView, to: string, name: string, calldata: readonly string[]): Words => {
  const request = { contract_address: to, entry_point_selector: feltToHex(selectorOf(name)), calldata };
  return (view.request('starknet_call', { request, block_id: 'latest' }) as string[]).map(BigInt);
};

const sessionWords = async (db: Db): Promise<Map<string, Words>> => {
  const { rows } = await sql<{ account: string; session_key: string; words: string[]; list: string[] }>`
    select account, session_key, array[valid_until_seconds, max_calls, calls_used, allowed_entrypoints_len]::text[] as words,
      allowed_entrypoints as list
    from session_versions where valid_to_block is null`.execute(db);
  return new Map(
    rows.map(({ account, session_key, words, list }) => [
      `${account}/${session_key}`,
      [...words, ...list].map(BigInt),
    ]),
  );
};

const policyWords = async (db: Db): Promise<Map<string, Words>> => {
  const { rows } = await sql<{ account: string; session_key: string; token: string; words: string[] }>`
    select account, session_key, token,
      array[max_per_call, max_per_window, window_seconds, spent_in_window, window_start_seconds]::text[] as words
    from policy_versions where valid_to_block is null`.execute(db);
  return new Map(
    rows.map(({ account, session_key, token, words }) => [
      `${account}/${session_key}/${token}`,
      asStored(words.map(BigInt)),
    ]),
  );
};

const LOW = (1n << 128n) - 1n;
const halves = (value: bigint): bigint[] => [value & LOW, value >> 128n];

const asStored = ([
  perCall = 0n,
  perWindow = 0n,
  windowSeconds = 0n,
  spent = 0n,
  start = 0n,
]: Words): Words => [...halves(perCall), ...halves(perWindow), windowSeconds, ...halves(spent), start];
