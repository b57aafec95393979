import { type HubSettings } from '#libs/live';
import { type Introspection } from './graphql/admission/admission.ts';

/** What the server needs to know; composed by the CLI out of the validated configuration. */
export interface ServerSettings {
  /** Where it listens. One that is not loopback needs allowedHosts; TLS is the business of what stands before it. */
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Of a request, and of a message of a socket. */
  readonly bodyLimitBytes: number;
  readonly maxQueryDepth: number;
  readonly maxQueryTokens: number;
  readonly maxQueryFields: number;
  readonly maxQueryAliases: number;
  readonly maxQueryDirectives: number;
  readonly maxQueryOperations: number;
  /** Units of one question. */
  readonly maxQueryCost: number;
  /** How long an answer may take; its statements end with it. */
  readonly answerWithinMs: number;
  readonly introspection: Introspection;
  /** Questions a minute of an address, without a key or with one that is refused. */
  readonly requestsPerMinuteWithoutKey: number;
  /** Operations asked more often than this are compiled; 0: none is. */
  readonly compileAfter: number;
  /** Of the time of the process, that compiling may take. */
  readonly compileShare: number;
  /** Other sites whose pages may ask, such as https://console.example. */
  readonly corsOrigins: readonly string[];
  /** Networks (CIDR) of proxies that say in x-forwarded-for where requests come from. */
  readonly trustedProxies: readonly string[];
  /** Names in the Host header that are answered beside loopback ones and `host`; in lower case, without port. */
  readonly allowedHosts: readonly string[];
  /** Who has it is told the metrics. Undefined: who calls by a loopback name where `host` is loopback, else nobody. */
  readonly metricsToken: string | undefined;
  readonly maxSockets: number;
  /** Of one principal; of one address without a key. */
  readonly maxSocketsOfOne: number;
  /** Of one socket: so many a second in the long run, twice as many at once. */
  readonly socketMessagesPerSecond: number;
  /** Questions and subscriptions that are open at once on one socket. */
  readonly maxOpenOperations: number;
  readonly socketInitWithinMs: number;
  /** How often it is looked whether those with open sockets may still come in. */
  readonly socketRecheckMs: number;
  /** A socket to which nothing could be written for so long is ended. */
  readonly socketWriteWithinMs: number;
  readonly subscriptions: HubSettings;
  /** Not ready while a network is further behind than this. */
  readonly maxLagBlocks: number;
  /** Not ready while there is work and nothing was committed for as long as this. */
  readonly maxStalledSeconds: number;
}

export const DEFAULT_SERVER_SETTINGS: ServerSettings = {
  host: '127.0.0.1',
  port: 3000,
  bodyLimitBytes: 100_000,
  maxQueryDepth: 12,
  maxQueryTokens: 2_000,
  maxQueryFields: 500,
  maxQueryAliases: 30,
  maxQueryDirectives: 20,
  maxQueryOperations: 10,
  maxQueryCost: 1_000,
  answerWithinMs: 10_000,
  introspection: 'keys',
  requestsPerMinuteWithoutKey: 60,
  compileAfter: 3,
  compileShare: 0.05,
  corsOrigins: [],
  trustedProxies: [],
  allowedHosts: [],
  metricsToken: undefined,
  maxSockets: 500,
  maxSocketsOfOne: 20,
  socketMessagesPerSecond: 50,
  maxOpenOperations: 50,
  socketInitWithinMs: 3_000,
  socketRecheckMs: 2_000,
  socketWriteWithinMs: 10_000,
  subscriptions: {
    maxEvents: 1_000,
    maxSize: 1_000_000,
    pollMs: 2_000,
    gatherMs: 50,
    slowAfterMs: 5_000,
    maxOfOrganisation: 200,
  },
  maxLagBlocks: 20,
  maxStalledSeconds: 120,
};
