import { sql } from 'kysely';

/** What tokens say of themselves: of the chain, and nobody's own. */
export const tokenDecimalsStatement = (networkId: number, tokens: readonly string[]) =>
  sql<{ address: string; decimals: number | null }>`
    select t.address, t.decimals from tokens t
    where t.network_id = ${networkId}::integer and t.address = any(${tokens}::text[])`;
