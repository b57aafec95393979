import { type Address, feltToHex } from '#libs/felt';
import type { TestDatabase } from '#libs/testing';

/** What an indexer writes of an account where something goes wrong: an incident, a back-fill, a dead letter. */
export const troubleOf = async (
  { db, sql }: TestDatabase,
  networkId: number,
  address: Address,
  note: string,
  deadLetters = 1,
): Promise<void> => {
  const account = feltToHex(address);
  const of = { network_id: networkId, account };
  await db
    .insertInto('backfill_jobs')
    .values({
      ...{ ...of, from_block: 0, state: 'QUEUED', reason_code: 'NODE_UNAVAILABLE', calls_left: 12 },
      ...{ calls_per_second: null, covered_to: null, search: null, finished_at: null },
    })
    .execute();
  await sql`
    insert into incidents (network_id, kind, account, details)
    values (${networkId}, 'DRIFT', ${account}, ${JSON.stringify({ note })}::text::jsonb)`;
  await sql`
    insert into dead_letters (network_id, block_hash, transaction_index, event_index, block_number, account, code, reason, raw)
    select ${networkId}, block_hash, 0, event_index, block_number, ${account}, 'EVENT_STATE_MISMATCH', ${note}, '{"keys": []}'
    from cursors, generate_series(1, ${deadLetters}::integer) event_index where network_id = ${networkId}`;
};
