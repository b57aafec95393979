import { ConfigError, type ConfigFault } from './config.error.ts';
import { definitions, environmentSchema, type ParsedEnvironment } from './definitions.ts';
import { crossFaults } from './cross-checks.ts';
import { serviceFaults } from './service-checks.ts';
import { hostNameOf } from './loopback.ts';
import type { NetworkSettings, WatchedAccount } from './networks.ts';
import { unknownKeyFaults } from './unknown-keys.ts';

export type Role = 'indexer' | 'api' | 'notifier';
const ALL_ROLES: readonly Role[] = ['indexer', 'api', 'notifier'];
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/** The validated settings. Absent members were not set and have no default. */
export interface Settings {
  /** Of the owner of the tables. Absent with the other two: the embedded PostgreSQL in dataDir. */
  readonly databaseUrl?: string;
  /** Of what indexes and notifies. Absent: databaseUrl. */
  readonly indexerDatabaseUrl?: string;
  /** Of what answers. */
  readonly apiDatabaseUrl?: string;
  /** In base64; the first makes new hashes of API keys. Absent beside the embedded PostgreSQL: one in dataDir. */
  readonly keyPeppers?: readonly string[];
  /** What commands ask a running service with. */
  readonly key?: string;
  readonly dataDir: string;
  /** Empty: the sandbox is the only network. */
  readonly networks: readonly NetworkSettings[];
  /** Present when the chain inside the process is to run. */
  readonly sandbox?: { readonly seed: number; readonly rpcPort: number; readonly intervalSeconds: number };
  readonly host: string;
  readonly port: number;
  /** Units of one question; of one key in a minute. */
  readonly maxQueryCost: number;
  readonly rateUnitsPerMinute: number;
  readonly introspection: 'on' | 'keys' | 'off';
  readonly corsOrigins: readonly string[];
  /** Networks (CIDR) whose X-Forwarded-For is believed; none: nobody's is. */
  readonly trustedProxies: readonly string[];
  /** In lower case, without port: what the Host header may say beside loopback names and host. */
  readonly allowedHosts: readonly string[];
  readonly metricsToken?: string;
  readonly roles: readonly Role[];
  readonly watchAccounts: readonly WatchedAccount[];
  readonly discovery: boolean;
  readonly startBlock: number | 'latest';
  readonly followOnRead: boolean;
  readonly classProfilesPath?: string;
  readonly pollIntervalMs: number;
  readonly rpcCallsPerSecond: number;
  readonly backfillCallsPerSecond: number;
  readonly rpcDeadlineMs: number;
  readonly readyMaxLagBlocks: number;
  readonly readyStallSeconds: number;
  /** 0: no comparison with the node. */
  readonly driftCheckSeconds: number;
  readonly driftCheckCallsPerSecond: number;
  readonly lowCallsThreshold: number;
  readonly webhook?: { readonly url: string; readonly secret: string };
  /** Machines that a delivery may reach; link-local addresses never. */
  readonly webhookTargets: 'public' | 'loopback' | 'private';
  readonly logLevel: LogLevel;
  /** The origin that sign-ins are bound to. */
  readonly service: string;
  readonly personalSignIn: boolean;
  readonly oidc?: { readonly issuer: string; readonly audience: string; readonly jwksUrl?: string };
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** SERVICE: all that `purser start` needs is asked for. COMMAND: one command on the host does with less. */
export type SettingsPurpose = 'SERVICE' | 'COMMAND';

/**
 * Validates the environment. Empty values count as absent.
 * @throws ConfigError with every fault at once; no message repeats a value.
 */
export const loadSettings = (environment: Environment, purpose: SettingsPurpose = 'COMMAND'): Settings => {
  const present = presentValues(environment);
  const parsed = environmentSchema.safeParse(present);
  const faults: ConfigFault[] = unknownKeyFaults(Object.keys(environment));
  if (!parsed.success) {
    for (const { path, message } of parsed.error.issues) faults.push({ key: String(path[0]), message });
  }
  const values: ParsedEnvironment = parsed.success ? (parsed.data as ParsedEnvironment) : {};
  // Cross checks ask which keys are there, so they can run beside faults of single values.
  const keys = new Set(Object.keys(present));
  faults.push(...crossFaults(keys, present, values));
  if (purpose === 'SERVICE')
    faults.push(...serviceFaults(keys, values.PURSER_ROLES ?? ALL_ROLES, values.HOST ?? '127.0.0.1'));
  if (faults.length > 0) throw new ConfigError(faults);
  return toSettings(values);
};

const presentValues = (environment: Environment): Record<string, string> => {
  const entries = Object.keys(definitions).map((key) => [key, environment[key]?.trim() ?? ''] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== ''));
};

const networksOf = (env: ParsedEnvironment): readonly NetworkSettings[] => {
  if (env.NETWORKS !== undefined) return env.NETWORKS;
  if (env.STARKNET_RPC_URL === undefined) return [];
  const wsUrl = env.STARKNET_WS_URL;
  return [{ label: 'starknet', rpcUrls: env.STARKNET_RPC_URL, ...(wsUrl !== undefined && { wsUrl }) }];
};

const optionalSettings = (env: ParsedEnvironment) => ({
  ...(env.DATABASE_URL !== undefined && { databaseUrl: env.DATABASE_URL }),
  ...(env.INDEXER_DATABASE_URL !== undefined && { indexerDatabaseUrl: env.INDEXER_DATABASE_URL }),
  ...(env.API_DATABASE_URL !== undefined && { apiDatabaseUrl: env.API_DATABASE_URL }),
  ...(env.KEY_PEPPER !== undefined && { keyPeppers: env.KEY_PEPPER }),
  ...(env.PURSER_KEY !== undefined && { key: env.PURSER_KEY }),
  ...(env.METRICS_TOKEN !== undefined && { metricsToken: env.METRICS_TOKEN }),
  ...(env.CLASS_PROFILES !== undefined && { classProfilesPath: env.CLASS_PROFILES }),
  ...(env.OIDC_ISSUER !== undefined &&
    env.OIDC_AUDIENCE !== undefined && {
      oidc: {
        ...{ issuer: env.OIDC_ISSUER, audience: env.OIDC_AUDIENCE },
        ...(env.OIDC_JWKS_URL !== undefined && { jwksUrl: env.OIDC_JWKS_URL }),
      },
    }),
  ...(env.WEBHOOK_URL !== undefined &&
    env.WEBHOOK_SECRET !== undefined && { webhook: { url: env.WEBHOOK_URL, secret: env.WEBHOOK_SECRET } }),
});

const sandboxOf = (env: ParsedEnvironment) => ({
  seed: env.SANDBOX_SEED ?? 0,
  rpcPort: env.SANDBOX_RPC_PORT ?? 5050,
  intervalSeconds: env.SANDBOX_INTERVAL_SECONDS ?? 10,
});

const serviceOf = ({ PUBLIC_URL, HOST = '127.0.0.1', PORT = 3000 }: ParsedEnvironment): string =>
  PUBLIC_URL === undefined
    ? `http://${HOST.includes(':') ? `[${HOST}]` : HOST}:${PORT}`
    : new URL(PUBLIC_URL).origin;

const allowedHostsOf = ({ PUBLIC_URL, ALLOWED_HOSTS = [] }: ParsedEnvironment): readonly string[] => [
  ...(PUBLIC_URL === undefined ? [] : [hostNameOf(new URL(PUBLIC_URL).host)]),
  ...ALLOWED_HOSTS,
];

const toSettings = (env: ParsedEnvironment): Settings => {
  const networks = networksOf(env);
  const inSandbox = networks.length === 0;
  const rpcCallsPerSecond = env.RPC_CALLS_PER_SECOND ?? (inSandbox ? 1000 : 20);
  return {
    ...optionalSettings(env),
    ...(inSandbox && { sandbox: sandboxOf(env) }),
    networks,
    dataDir: env.DATA_DIR ?? '.purser',
    host: env.HOST ?? '127.0.0.1',
    port: env.PORT ?? 3000,
    maxQueryCost: env.MAX_QUERY_COST ?? 1_000,
    rateUnitsPerMinute: env.RATE_UNITS_PER_MINUTE ?? 6_000,
    introspection: env.INTROSPECTION ?? (inSandbox ? 'on' : 'keys'),
    corsOrigins: env.CORS_ORIGINS ?? [],
    trustedProxies: env.TRUST_PROXY ?? [],
    allowedHosts: allowedHostsOf(env),
    roles: env.PURSER_ROLES ?? ALL_ROLES,
    watchAccounts: env.WATCH_ACCOUNTS ?? [],
    discovery: env.DISCOVERY ?? true,
    startBlock: env.START_BLOCK ?? (inSandbox ? 0 : 'latest'),
    followOnRead: env.FOLLOW_ON_READ ?? inSandbox,
    pollIntervalMs: env.POLL_INTERVAL_MS ?? (inSandbox ? 200 : 2000),
    rpcCallsPerSecond,
    backfillCallsPerSecond: env.BACKFILL_CALLS_PER_SECOND ?? rpcCallsPerSecond / 2,
    rpcDeadlineMs: env.RPC_DEADLINE_MS ?? 10_000,
    readyMaxLagBlocks: env.READY_MAX_LAG_BLOCKS ?? 20,
    readyStallSeconds: env.READY_STALL_SECONDS ?? 120,
    driftCheckSeconds: env.DRIFT_CHECK_SECONDS ?? 300,
    driftCheckCallsPerSecond: env.DRIFT_CHECK_CALLS_PER_SECOND ?? 2,
    lowCallsThreshold: env.LOW_CALLS_THRESHOLD ?? 5,
    webhookTargets: env.WEBHOOK_TARGETS ?? (inSandbox ? 'loopback' : 'public'),
    logLevel: env.LOG_LEVEL ?? 'info',
    service: serviceOf(env),
    personalSignIn: env.PERSONAL_SIGN_IN ?? inSandbox,
  };
};
