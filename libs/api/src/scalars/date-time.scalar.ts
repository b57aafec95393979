import { GraphQLScalarType } from 'graphql';

/** 9999-12-31T23:59:59Z: later times have no form of four digits for the year. */
const LAST_SECONDS = 253_402_300_799n;

/** Seconds since 1970 as ISO 8601 in UTC; null for what lies beyond the year 9999, as an expiry of u64 may. */
export const isoTime = (seconds: bigint): string | null =>
  seconds > LAST_SECONDS ? null : new Date(Number(seconds) * 1_000).toISOString().replace('.000Z', 'Z');

/** Only given, never taken: arguments are Timestamps. */
export const DateTimeScalar = new GraphQLScalarType<string, string>({
  name: 'DateTime',
  description: 'A time as ISO 8601 in UTC, to the second: 2026-11-21T23:14:27Z.',
  serialize: (value) => {
    if (typeof value !== 'string') throw new TypeError('DateTime leaves the service as text');
    return value;
  },
});
