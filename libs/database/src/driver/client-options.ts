import { connect, type NetConnectOpts, type Socket } from 'node:net';
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

/** What postgres.js makes of a URL, and gives to whoever opens the socket for it. */
interface Address {
  readonly host: readonly string[];
  readonly port: readonly number[];
  readonly path?: string | false;
}

/**
 * postgres.js leaves Nagle's algorithm on, so that the last words of a COPY, and a message behind another, wait 40 ms for
 * an acknowledgement that the server delays. With several hosts it opens its sockets itself: it goes from one to the next.
 */
const promptSocket = ({ host: [host], port: [port], path }: Address): Socket => {
  const target: NetConnectOpts = path
    ? { path }
    : { host: host ?? 'localhost', port: port ?? 5432, noDelay: true };
  // Looked at for the name on the certificate.
  return Object.assign(connect(target), { host, port });
};

const hasSeveralHosts = (url: string): boolean => /^[a-z]+:\/\/[^/?#]*,/i.test(url);

/** How every client of ours speaks to the server: numbers without loss, UTC, a limit for each statement. */
export const clientOptions = ({
  url,
  applicationName,
  statementTimeoutMs,
}: DatabaseOptions): ClientOptions => ({
  types,
  ...(!hasSeveralHosts(url) && { socket: promptSocket }),
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
