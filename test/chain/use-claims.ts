import { feltToHex } from '#libs/felt';
import type { ChainDriver, TestDatabase } from '#libs/testing';
import { callView } from '../conformance/play/lead-state.ts';
import { KEY_NAMES, TOKEN_NAMES, type World } from '../conformance/play/world.ts';
import type { AccountName } from '../conformance/sequence/command.ts';

/** What the uses of an account come to, by key, and by key and token. */
export interface UseClaims {
  /** Calls taken since the key was last granted or revoked. */
  readonly callsUsed: Readonly<Record<string, string>>;
  /** What the last debit since the policy was last set or removed left as spent. */
  readonly spent: Readonly<Record<string, string>>;
  /** UNATTRIBUTED uses and incidents. */
  readonly unexplained: number;
}

/** By the facts and uses in the database alone: no word of storage is looked at. */
export const claimsOfUses = async (
  { sql }: TestDatabase,
  world: World,
  name: AccountName,
): Promise<UseClaims> => {
  const account = feltToHex(world.accounts[name].address);
  const calls = KEY_NAMES.map(async (key): Promise<[string, string]> => {
    const sessionKey = feltToHex(world.keys[key].publicKey);
    const [row] = await sql`
      with changed as (
        select f.block_number, f.transaction_index, f.event_index from facts f
        join blocks b on b.network_id = f.network_id and b.block_hash = f.block_hash and b.canonical
        where f.account = ${account} and f.session_key = ${sessionKey}
          and f.kind in ('SessionKeyAdded', 'SessionKeyRevoked')
        order by 1 desc, 2 desc, 3 desc limit 1
      )
      select coalesce(sum(u.calls_burned), 0)::text as n from uses u
      where u.account = ${account} and u.session_key = ${sessionKey} and not exists (
        select from changed c
        where (c.block_number, c.transaction_index, c.event_index)
          > (u.block_number, u.transaction_index, u.event_index))`;
    return [key, row!['n'] as string];
  });
  const pairs = KEY_NAMES.flatMap((key) => TOKEN_NAMES.map((token) => [key, token] as const));
  const spent = pairs.map(async ([key, token]): Promise<[string, string]> => {
    const sessionKey = feltToHex(world.keys[key].publicKey);
    const address = feltToHex(world.tokens[token]);
    const [row] = await sql`
      with changed as (
        select f.block_number, f.transaction_index, f.event_index from facts f
        join blocks b on b.network_id = f.network_id and b.block_hash = f.block_hash and b.canonical
        where f.account = ${account} and f.session_key = ${sessionKey} and f.token = ${address}
          and f.kind in ('SpendingPolicySet', 'SpendingPolicyRemoved')
        order by 1 desc, 2 desc, 3 desc limit 1
      )
      select d ->> 'spentAfter' as spent from uses u cross join lateral jsonb_array_elements(u.debits) as debits(d)
      where u.account = ${account} and u.session_key = ${sessionKey} and d ->> 'token' = ${address} and not exists (
        select from changed c
        where (c.block_number, c.transaction_index, c.event_index)
          > (u.block_number, u.transaction_index, u.event_index))
      order by u.block_number desc, u.transaction_index desc, u.event_index desc, (d ->> 'callIndex')::int desc
      limit 1`;
    return [`${key} ${token}`, (row?.['spent'] as string | undefined) ?? '0'];
  });
  const [bad] = await sql`
    select (select count(*) from uses where outcome = 'UNATTRIBUTED') + (select count(*) from incidents) as n`;
  return {
    callsUsed: Object.fromEntries(await Promise.all(calls)),
    spent: Object.fromEntries(await Promise.all(spent)),
    unexplained: Number(bad!['n']),
  };
};

/** What the node's views say that they have to come to. */
export const claimsOfStorage = async (
  chain: ChainDriver,
  world: World,
  name: AccountName,
  blockNumber: number,
): Promise<UseClaims> => {
  const { address } = world.accounts[name];
  const view = (entrypoint: string, ...calldata: bigint[]) =>
    callView(chain, address, entrypoint, calldata, { block_number: blockNumber });
  const calls = KEY_NAMES.map(async (key): Promise<[string, string]> => {
    const [, , callsUsed] = await view('get_session_data', world.keys[key].publicKey);
    return [key, String(callsUsed)];
  });
  const pairs = KEY_NAMES.flatMap((key) => TOKEN_NAMES.map((token) => [key, token] as const));
  const spent = pairs.map(async ([key, token]): Promise<[string, string]> => {
    const words = await view('get_spending_policy', world.keys[key].publicKey, world.tokens[token]);
    return [`${key} ${token}`, String((words[5] ?? 0n) + ((words[6] ?? 0n) << 128n))];
  });
  return {
    callsUsed: Object.fromEntries(await Promise.all(calls)),
    spent: Object.fromEntries(await Promise.all(spent)),
    unexplained: 0,
  };
};
