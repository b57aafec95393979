import { type RawBuilder, sql } from 'kysely';

/**
 * The gate of every statement over a table of kind CHAIN: whether who asks follows the account. Row-level security cuts
 * `follows` to his organisation and scope, so this asks for nobody in particular. Of an account that stands in the
 * statement as a value it is asked once, and what it guards is not read at all where it says no.
 * @param account felt as printed: a parameter or a column
 */
export const isFollowed = (networkId: number, account: RawBuilder<unknown>): RawBuilder<boolean> =>
  sql<boolean>`exists (select from follows gate where gate.network_id = ${networkId}::integer and gate.account = ${account})`;
