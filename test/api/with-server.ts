import { afterAll, beforeAll } from '@jest/globals';
import { createProfileRegistry } from '#libs/account';
import type { Clock, NetworkStatus, Role } from '#libs/api';
import type { ScopedDb } from '#libs/database';
import { deadLetterCountStatement } from '#libs/facts';
import { encodeShortString, type Felt } from '#libs/felt';
import type { FollowOnRead, ServedNetwork } from '#libs/sessions';
import {
  createScriptedChain,
  headerOf,
  type IndexRows,
  indexRowsOf,
  type ScriptedChain,
  type TestAccess,
  testAccess,
  type TestDatabase,
} from '#libs/testing';
import { createServer, type PurserServer } from '../../apps/server/src/create-server.ts';
import { createLogger } from '../../apps/server/src/http/create-logger.ts';
import type { ServerSettings } from '../../apps/server/src/settings.ts';

export const HEAD = headerOf(100, 1_000n);
export const SEPOLIA = encodeShortString('SN_SEPOLIA');

interface Answer {
  readonly status: number;
  readonly data: Readonly<Record<string, unknown>>;
  readonly errors: readonly AnswerError[];
  /** Codes of the errors, in order. */
  readonly codes: readonly string[];
  readonly text: string;
}

interface AnswerError {
  readonly message: string;
  readonly extensions: {
    readonly code: string;
    readonly retryable: boolean;
    readonly details?: Readonly<Record<string, unknown>>;
  };
}

/** A member deep in an answer. */
export const at = (tree: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((node, step) => (node as Record<string | number, unknown>)[step], tree);

/** A list deep in an answer. */
export const listAt = (tree: unknown, ...path: readonly (string | number)[]): readonly unknown[] => {
  const list = at(tree, ...path);
  if (!Array.isArray(list)) throw new Error(`${path.join('.')} is no list`);
  return list;
};

export interface ServedSpec {
  readonly server: PurserServer;
  readonly rows: IndexRows;
  readonly chain: ScriptedChain;
  readonly networkId: number;
  readonly followed: bigint[];
  /** Lines that were logged. */
  readonly logged: unknown[];
  status: NetworkStatus;
  /** Who is let in, and keys. */
  readonly access: TestAccess;
  /** Asks as an admin of the first organisation, or as somebody else. */
  ask(query: string, variables?: Record<string, unknown>, options?: AskOptions): Promise<Answer>;
}

interface AskOptions {
  /** A role in the first organisation, nobody, or a key. */
  readonly as?: Role | 'NOBODY' | { readonly key: string };
}

export interface ServedOptions {
  readonly settings?: Partial<ServerSettings>;
  readonly moreNetworks?: (rows: IndexRows, chain: ScriptedChain) => Promise<readonly ServedNetwork[]>;
  /** In place of the database's own: what answers. */
  readonly api?: () => ScopedDb;
  readonly nodeDeadlineMs?: number;
  /** What a key may ask in a minute. Left out: more than any spec asks. */
  readonly unitsPerMinute?: number;
  readonly requireSafeRole?: () => Promise<void>;
  /** Of the server; keys are looked at by the clock of the computer. */
  readonly clock?: Clock;
  /** Default: info. */
  readonly logLevel?: string;
}

/**
 * The whole server over real Postgres, as the role that answers, and a scripted chain. What is there to answer about the
 * owner of the database writes. Call at the top of a describe.
 */
export const withServer = (database: TestDatabase, options: ServedOptions = {}): ServedSpec => {
  let running: { server: PurserServer; rows: IndexRows; networkId: number } | undefined;
  const chain = createScriptedChain(HEAD);
  const followed: bigint[] = [];
  const logged: unknown[] = [];
  const base = { chainId: SEPOLIA, label: 'sepolia', sandbox: false, head: HEAD, lagBlocks: 0 };
  const followOnRead: FollowOnRead = (_network, account) => void followed.push(account);
  const require = () => {
    if (running === undefined) throw new Error('the server runs only while specs do');
    return running;
  };
  const spec: ServedSpec = {
    get server() {
      return require().server;
    },
    get rows() {
      return require().rows;
    },
    get networkId() {
      return require().networkId;
    },
    chain,
    followed,
    logged,
    status: { ...base, networkId: 0 },
    access: testAccess(database, options),
    ask: async (query, variables, { as = 'ADMIN' } = {}) =>
      ask(require().server, await headersOf(spec.access, as), query, variables),
  };
  beforeAll(async () => {
    const rows = indexRowsOf(database.db);
    const networkId = await rows.network('sepolia');
    spec.status = { ...base, networkId };
    const served: ServedNetwork = {
      ...{ networkId, chainId: SEPOLIA, genesisHash: felt(1n), label: 'sepolia' },
      source: chain.source,
    };
    const more = (await options.moreNetworks?.(rows, chain)) ?? [];
    const server = await createServer(options.settings ?? {}, {
      db: options.api?.() ?? database.api,
      networks: [served, ...more],
      status: { networks: () => [spec.status] },
      profiles: createProfileRegistry(),
      logger: createLogger(options.logLevel ?? 'info', {
        write: (line: string) => void logged.push(JSON.parse(line)),
      }),
      countDeadLetters: (network) => deadLetterCountStatement(database.indexer, network).execute(),
      followOnRead,
      access: spec.access,
      ...(options.clock && { clock: options.clock }),
      ...(options.requireSafeRole && { requireSafeRole: options.requireSafeRole }),
      ...(options.nodeDeadlineMs === undefined ? {} : { nodeDeadlineMs: options.nodeDeadlineMs }),
    });
    running = { server, rows, networkId };
  });
  afterAll(() => running?.server.close());
  return spec;
};

const headersOf = async (
  access: TestAccess,
  as: NonNullable<AskOptions['as']>,
): Promise<Record<string, string>> => {
  if (as === 'NOBODY') return {};
  const key = typeof as === 'string' ? await access.keyOf(as) : as.key;
  return { authorization: `Bearer ${key}` };
};

const ask = async (
  server: PurserServer,
  headers: Record<string, string>,
  query: string,
  variables?: Record<string, unknown>,
): Promise<Answer> => {
  const payload = { query, variables };
  const answer = await server.app.inject({ method: 'POST', url: '/graphql', headers, payload });
  const { data, errors = [] } = answer.json<{ data?: Answer['data'] | null; errors?: AnswerError[] }>();
  const codes = errors.map(({ extensions }) => extensions.code);
  return { status: answer.statusCode, data: data ?? {}, errors, codes, text: answer.body };
};

export const felt = (value: bigint): Felt => value as Felt;
