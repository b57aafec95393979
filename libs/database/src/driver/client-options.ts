import type { DatabaseOptions } from '../database.ts';
import { DatabaseError } from '../database.error.ts';
import type { ClientOptions } from './pooled-connection.ts';

const exactNumber = (text: string): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value))
    throw new DatabaseError('NUMBER_OUT_OF_RANGE', `${text} is no safe integer`);
  return value;
};

// Aggregates such as avg() do yield fractions: those stay text.
const bigintOrText = (text: string): bigint | string => (/^-?[0-9]+$/.test(text) ? BigInt(text) : text);

const types = {
  exactNumber: { to: 20, from: [20], serialize: String, parse: exactNumber },
  exactBigint: { to: 1700, from: [1700], serialize: String, parse: bigintOrText },
};

/** How every client of ours speaks to the server: numbers without loss, UTC, a limit for each statement. */
export const clientOptions = ({ applicationName, statementTimeoutMs }: DatabaseOptions): ClientOptions => ({
  types,
  onnotice: () => undefined,
  connect_timeout: 10,
  // Half-open connections after a fail-over would otherwise be waited for for hours.
  keep_alive: 5,
  connection: {
    application_name: applicationName ?? 'purser',
    statement_timeout: statementTimeoutMs ?? 30_000,
    TimeZone: 'UTC',
  },
});
