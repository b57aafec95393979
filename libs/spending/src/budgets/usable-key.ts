import { type RawBuilder, sql } from 'kysely';

/**
 * Whether the chain still takes a transaction of the key whose session version is `sv`, at the block of `head`: registered,
 * calls left, and not behind the hour of its expiry (validation sees the time of a block cut to the hour).
 */
export const isUsable: RawBuilder<boolean> = sql`(
  sv.valid_until_seconds <> 0 and sv.calls_used < sv.max_calls
  and sv.valid_until_seconds - mod(sv.valid_until_seconds, 3600) + 3599 >= head.timestamp_seconds
)`;

/** The last second of that hour. */
export const usableUntil: RawBuilder<bigint> = sql`(sv.valid_until_seconds - mod(sv.valid_until_seconds, 3600) + 3599)`;
