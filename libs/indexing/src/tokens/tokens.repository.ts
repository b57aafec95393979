import type { Db } from '#libs/database';
import { type Address, feltToHex, parseAddress } from '#libs/felt';
import { sql } from 'kysely';

export interface TokenSaying {
  readonly address: Address;
  readonly symbol: string | undefined;
  readonly name: string | undefined;
  readonly decimals: number | undefined;
}

/** Tokens that were moved or budgeted from a block on and are not read, and the newest block that was looked at. */
export const listUnreadTokens = async (
  db: Db,
  networkId: number,
  fromBlock: number,
  limit: number,
): Promise<{
  readonly tokens: readonly Address[];
  readonly toBlock: number | undefined;
  readonly read: number;
}> => {
  const { rows } = await sql<{ tokens: string[]; to_block: number | null; read: number }>`
    select c.block_number as to_block, (select count(*) from tokens where network_id = ${networkId}::integer) as read,
      array(
        select seen.token from (
          select token::text from movements where network_id = ${networkId}::integer and block_number >= ${fromBlock}::bigint
          union select token::text from debits where network_id = ${networkId}::integer and block_number >= ${fromBlock}::bigint
          union select token::text from policy_versions
            where network_id = ${networkId}::integer and valid_from_block >= ${fromBlock}::bigint
        ) seen
        where not exists (select from tokens t where t.network_id = ${networkId}::integer and t.address = seen.token)
        order by seen.token limit ${limit}::integer
      ) as tokens
    from (select max(block_number) as block_number from cursors where network_id = ${networkId}::integer) c`.execute(
    db,
  );
  const [row] = rows;
  return {
    tokens: (row?.tokens ?? []).map(parseAddress),
    toBlock: row?.to_block ?? undefined,
    read: row?.read ?? 0,
  };
};

/** Kept as it was first read. */
export const keepToken = async (
  db: Db,
  networkId: number,
  readAtBlock: number,
  { address, symbol, name, decimals }: TokenSaying,
): Promise<void> => {
  await db
    .insertInto('tokens')
    .values({
      network_id: networkId,
      address: feltToHex(address),
      symbol: symbol ?? null,
      name: name ?? null,
      decimals: decimals ?? null,
      read_at_block: readAtBlock,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
};
