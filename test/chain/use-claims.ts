import { feltToHex } from '#libs/felt';
import type { ChainDriver, TestDatabase } from '#libs/testing';
import { callView } from '../conformance/play/lead-state.ts';
import type { World } from '../conformance/play/world.ts';
import type { AccountName } from '../conformance/sequence/command.ts';
import { changed, ofEachKey, ofEachPolicy } from './keys-and-policies.ts';

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
  const callsUsed = await ofEachKey(world, async (key) => {
    const sessionKey = feltToHex(key);
    const [row] = await sql`
      with ${changed(sql, { account, sessionKey })}
      select coalesce(sum(u.calls_burned), 0)::text as n from uses u
      where u.account = ${account} and u.session_key = ${sessionKey} and not exists (
        select from changed c
        where (c.block_number, c.transaction_index, c.event_index)
          > (u.block_number, u.transaction_index, u.event_index))`;
    return row!['n'] as string;
  });
  const spent = await ofEachPolicy(world, async (key, token) => {
    const policy = { account, sessionKey: feltToHex(key), token: feltToHex(token) };
    const [row] = await sql`
      with ${changed(sql, policy)}
      select d ->> 'spentAfter' as spent from uses u cross join lateral jsonb_array_elements(u.debits) as debits(d)
      where u.account = ${account} and u.session_key = ${policy.sessionKey} and d ->> 'token' = ${policy.token}
        and not exists (
          select from changed c
          where (c.block_number, c.transaction_index, c.event_index)
            > (u.block_number, u.transaction_index, u.event_index))
      order by u.block_number desc, u.transaction_index desc, u.event_index desc, (d ->> 'callIndex')::int desc
      limit 1`;
    return (row?.['spent'] as string | undefined) ?? '0';
  });
  const [bad] = await sql`
    select (select count(*) from uses where outcome = 'UNATTRIBUTED') + (select count(*) from incidents) as n`;
  return { callsUsed, spent, unexplained: Number(bad!['n']) };
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
  const callsUsed = await ofEachKey(world, async (key) => {
    const [, , used] = await view('get_session_data', key);
    return String(used);
  });
  const spent = await ofEachPolicy(world, async (key, token) => {
    const words = await view('get_spending_policy', key, token);
    return String((words[5] ?? 0n) + ((words[6] ?? 0n) << 128n));
  });
  return { callsUsed, spent, unexplained: 0 };
};
