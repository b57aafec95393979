import { z } from 'zod';
import { networksText } from './networks.ts';
import { integer, list, onOff, positiveNumber, text, url } from './parsers.ts';
import { trustedProxies } from './trusted-proxies.ts';
import { hostName, origin, pepper, watchEntry, webhookSecret } from './values.ts';

export interface Definition {
  readonly schema: z.ZodType;
  readonly meaning: string;
  /** As shown in the reference. */
  readonly fallback: string;
  readonly form?: string;
  /** Never printed; a URL is printed masked. */
  readonly secret?: 'WHOLE' | 'URL';
}

const define = <Schema extends z.ZodType>(
  schema: Schema,
  meaning: string,
  fallback: string,
  more: { readonly form?: string; readonly secret?: 'WHOLE' | 'URL' } = {},
) => ({ schema, meaning, fallback, ...more });

const ROLES = ['indexer', 'api', 'notifier'] as const;
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

const oneOf = <const Word extends string>(...words: readonly Word[]) =>
  z.enum(words, `one of ${words.join(', ')}`);

const http = url('http:', 'https:');
const postgres = url('postgres:', 'postgresql:');

/** Everything that can be set, in the order of the reference. The key is the environment variable. */
export const definitions = {
  STARKNET_RPC_URL: define(
    list(http),
    'JSON-RPC endpoints of one Starknet network; several providers are tried in order',
    'none: the sandbox',
    { form: 'url,url', secret: 'URL' },
  ),
  STARKNET_WS_URL: define(
    url('ws:', 'wss:'),
    'WebSocket endpoint that announces new heads of STARKNET_RPC_URL',
    'none: polling only',
    {
      form: 'url',
      secret: 'URL',
    },
  ),
  NETWORKS: define(
    networksText,
    'Several networks at once, in place of STARKNET_RPC_URL. A ws or wss URL in a list announces the heads of its network',
    'none',
    { form: 'name=url,url;name2=url', secret: 'URL' },
  ),
  DATABASE_URL: define(
    postgres,
    'PostgreSQL to keep everything in, as the role that owns the tables: it migrates, and the commands on this host use it',
    'none: an embedded PostgreSQL in DATA_DIR, with its roles',
    { form: 'url', secret: 'URL' },
  ),
  INDEXER_DATABASE_URL: define(
    postgres,
    'The same database as a role in `purser_indexer`, for what indexes and notifies',
    'DATABASE_URL, with a warning',
    { form: 'url', secret: 'URL' },
  ),
  API_DATABASE_URL: define(
    postgres,
    'The same database as a role in `purser_api` that owns nothing, for what answers. Needed beside DATABASE_URL where PURSER_ROLES has api; alone it is enough for a process that only answers',
    'none; needed with DATABASE_URL',
    { form: 'url', secret: 'URL' },
  ),
  KEY_PEPPER: define(
    list(pepper),
    'Secret that the hashes of API keys are made with, 32 bytes or more. Of several the first makes new hashes, the others still verify',
    'none; needed with API_DATABASE_URL. Embedded: made at the first start, in DATA_DIR',
    { form: 'base64,base64', secret: 'WHOLE' },
  ),
  DATA_DIR: define(text, 'Folder of the embedded PostgreSQL and of local state', '.purser', { form: 'path' }),
  HOST: define(
    text,
    'Address to listen on. One that is not loopback needs PUBLIC_URL and KEY_PEPPER, is refused in the sandbox, and wants a proxy before it that speaks TLS',
    '127.0.0.1',
  ),
  ALLOWED_HOSTS: define(
    list(hostName),
    'Names in the Host header that are answered, beside that of PUBLIC_URL, HOST and loopback names',
    'none',
    { form: 'name,name' },
  ),
  METRICS_TOKEN: define(
    z.string().regex(/^[\x21-\x7e]{16,}$/, '16 characters or more, without blanks'),
    '`/metrics` is told to who sends it: `Authorization: Bearer ...`. Without it, to who calls the service by a loopback name where HOST is loopback, else to nobody',
    'none',
    { secret: 'WHOLE' },
  ),
  PORT: define(integer(0, 65_535), 'Port to listen on; 0 takes a free one', '3000'),
  MAX_QUERY_COST: define(
    integer(1, 1_000_000),
    'Units that one question over GraphQL may cost: objects asked for, times the page sizes above them',
    '1000',
  ),
  RATE_UNITS_PER_MINUTE: define(
    integer(1, 100_000_000),
    'Units that one key may ask for in a minute, of all processes on one database together, unless the key says otherwise',
    '6000',
  ),
  INTROSPECTION: define(
    oneOf('on', 'keys', 'off'),
    'Who may ask for the schema: everybody, who has a key, or nobody',
    'keys; on in the sandbox',
    { form: 'on, keys or off' },
  ),
  CORS_ORIGINS: define(
    list(origin),
    'Other sites whose pages may ask and open sockets. Cookies are never used',
    'none',
    { form: 'https://a.example,..' },
  ),
  TRUST_PROXY: define(
    trustedProxies,
    'Whose X-Forwarded-For is believed, by address or network (CIDR) of IPv4 and IPv6; on, or `loopback` in the list: proxies on this machine',
    'off',
    { form: 'on, off or 10.0.0.0/8,fd00::/8' },
  ),
  PURSER_ROLES: define(list(oneOf(...ROLES)), 'Which parts run in this process', ROLES.join(','), {
    form: 'role,role',
  }),
  WATCH_ACCOUNTS: define(
    list(watchEntry),
    'Accounts to follow from the start, on every network or on the named one',
    'none',
    {
      form: '0x..,name:0x..',
    },
  ),
  DISCOVERY: define(
    onOff,
    'Follow every account that registers a session key, not only the watched ones',
    'on',
    {
      form: 'on or off',
    },
  ),
  START_BLOCK: define(
    z.union([z.literal('latest'), integer(0, Number.MAX_SAFE_INTEGER)], 'a block number, or latest'),
    'First block to read when a network is followed for the first time',
    'latest; 0 in the sandbox',
    { form: 'number or latest' },
  ),
  FOLLOW_ON_READ: define(
    onOff,
    'Start to follow an account when it is first asked for',
    'off; on in the sandbox',
    {
      form: 'on or off',
    },
  ),
  CLASS_PROFILES: define(
    text,
    'File with profiles of account classes, beside those that come with Purser',
    'none',
    {
      form: 'path',
    },
  ),
  POLL_INTERVAL_MS: define(
    integer(10, 600_000),
    'Pause between looks at the head of the chain',
    '2000; 200 in the sandbox',
  ),
  RPC_CALLS_PER_SECOND: define(
    positiveNumber,
    'Budget of calls for each provider',
    '20; 1000 in the sandbox',
  ),
  BACKFILL_CALLS_PER_SECOND: define(
    positiveNumber,
    'Of these, how many back-fills of old history may make, all together',
    'half of RPC_CALLS_PER_SECOND',
  ),
  RPC_DEADLINE_MS: define(integer(100, 600_000), 'Longest wait for one answer of a provider', '10000'),
  READY_MAX_LAG_BLOCKS: define(
    integer(0, 1_000_000),
    'Not ready when further behind the head of the chain',
    '20',
  ),
  READY_STALL_SECONDS: define(
    integer(1, 86_400),
    'Not ready when no block was applied for so long while behind',
    '120',
  ),
  DRIFT_CHECK_SECONDS: define(
    integer(0, 604_800),
    'Pause between two comparisons of some session keys with the node; 0 for none',
    '300',
  ),
  DRIFT_CHECK_CALLS_PER_SECOND: define(positiveNumber, 'Calls that such a comparison makes at most', '2'),
  LOW_CALLS_THRESHOLD: define(integer(0, 4_294_967_295), 'Alert when fewer calls remain than this', '5'),
  WEBHOOK_URL: define(http, 'Where alerts are posted', 'none: alerts are kept, not sent', {
    form: 'url',
    secret: 'URL',
  }),
  WEBHOOK_SECRET: define(
    webhookSecret,
    'Key that signs deliveries (Standard Webhooks)',
    'none; needed with WEBHOOK_URL',
    {
      form: 'whsec_..',
      secret: 'WHOLE',
    },
  ),
  WEBHOOK_TARGETS: define(
    oneOf('public', 'loopback', 'private'),
    'Where a receiver may be: on the internet only, on this machine too, or in private networks too',
    'public; loopback in the sandbox',
    { form: 'public, loopback or private' },
  ),
  PURSER_KEY: define(
    text,
    'API key that the commands ask a running service with',
    'none; the demo key where the sandbox runs',
    { form: 'pur_live_..', secret: 'WHOLE' },
  ),
  PUBLIC_URL: define(
    http,
    'Where people reach the service. What accounts sign when they sign in is bound to it',
    'http, HOST and PORT',
    { form: 'url' },
  ),
  PERSONAL_SIGN_IN: define(
    onOff,
    'Give an account that signs in and is a member nowhere an organisation of its own, which follows it',
    'off; on in the sandbox',
    { form: 'on or off' },
  ),
  OIDC_ISSUER: define(
    http,
    'Identity provider (OpenID Connect) whose bearer tokens are taken, as its tokens name it',
    'none: API keys and sign-ins only',
    { form: 'url' },
  ),
  OIDC_AUDIENCE: define(text, 'Whom a token must be made for', 'none; needed with OIDC_ISSUER'),
  OIDC_JWKS_URL: define(
    http,
    'Where the keys are that tokens are checked with',
    'as OIDC_ISSUER says in its discovery document',
    { form: 'url' },
  ),
  LOG_LEVEL: define(oneOf(...LOG_LEVELS), `How much to log: ${LOG_LEVELS.join(', ')}`, 'info'),
  SANDBOX: define(
    oneOf('auto', 'on', 'off'),
    'A Starknet chain inside the process; auto: when no network is named',
    'auto',
    {
      form: 'auto, on or off',
    },
  ),
  SANDBOX_SEED: define(
    integer(0, 4_294_967_295),
    'Seed of the accounts and transactions of the sandbox',
    '0',
  ),
  SANDBOX_RPC_PORT: define(
    integer(0, 65_535),
    'Port of the JSON-RPC of the sandbox; 0 takes a free one',
    '5050',
  ),
  SANDBOX_INTERVAL_SECONDS: define(
    integer(1, 86_400),
    'Seconds between two transactions of the living sandbox',
    '10',
  ),
} satisfies Record<string, Definition>;

export type SettingKey = keyof typeof definitions;

type Parsed = { readonly [Key in SettingKey]?: z.output<(typeof definitions)[Key]['schema']> };

/** What the environment said, each value parsed; absent keys are left out. */
export type ParsedEnvironment = Parsed;

const shape = Object.fromEntries(
  Object.entries(definitions).map(([key, { schema }]) => [key, schema.optional()]),
) as { [Key in SettingKey]: z.ZodOptional<(typeof definitions)[Key]['schema']> };

/** The one schema: unknown keys are someone else's and are dropped here. */
export const environmentSchema = z.object(shape);
