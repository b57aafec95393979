import type { Sql } from '#libs/database';
import { type AccountModel, policyWords, sessionWords } from '../ingest/chain-state.ts';

/** What the index must say of each key and policy now, by what the generator wrote into storage. */
export const accountLines = (accounts: readonly AccountModel[]): string[] =>
  accounts
    .flatMap(({ address, keys }) =>
      keys.map((key) => {
        const [validUntil, maxCalls, callsUsed] = sessionWords(key);
        const session = [address, key.sessionKey, validUntil, maxCalls, callsUsed, key.list.join(',')];
        if (key.policy === undefined) return session.join('\t');
        const [maxPerCall, , maxPerWindow, , windowSeconds, spent, , start] = policyWords(key.policy);
        return [...session, key.policy.token, maxPerCall, maxPerWindow, windowSeconds, spent, start].join(
          '\t',
        );
      }),
    )
    .sort();

/** What the index says, in the same words. */
export const storedAccountLines = async (sql: Sql): Promise<string[]> => {
  const rows = await sql<{ line: string }[]>`
    select concat_ws(E'\\t', s.account, s.session_key, s.valid_until_seconds, s.max_calls, s.calls_used,
      array_to_string(s.allowed_entrypoints, ','), p.token, p.max_per_call, p.max_per_window, p.window_seconds,
      p.spent_in_window, p.window_start_seconds) as line
    from session_versions s
    left join policy_versions p on p.network_id = s.network_id and p.account = s.account
      and p.session_key = s.session_key and p.valid_to_block is null
    where s.valid_to_block is null`;
  return rows.map(({ line }) => line).sort();
};
