import { createProfileRegistry } from '#libs/account';
import { connectPostgres, createScopedDatabase } from '#libs/database';
import { toFelt } from '#libs/felt';
import { ChangeHub, type HubSettings } from '#libs/live';
import { createScriptedChain, type TestAccess, type TestDatabase } from '#libs/testing';
import { createServer, type PurserServer } from '../../apps/server/src/create-server.ts';
import { createLogger } from '../../apps/server/src/http/create-logger.ts';
import { DEFAULT_SERVER_SETTINGS } from '../../apps/server/src/settings.ts';
import { openPeer, type SocketPeer } from '../hardening/socket-peer.ts';
import { at, HEAD, SEPOLIA } from './with-server.ts';

/** One of several processes that answer out of one database: nothing of it is shared with the others. */
export interface ServedFeed {
  readonly server: PurserServer;
  readonly hub: ChangeHub;
  readonly url: string;
  close(): Promise<void>;
}

export interface ServingOptions {
  /** In pg_stat_activity. Absent: it hears nothing, and only looks. */
  readonly listensAs?: string;
  readonly settings?: Partial<HubSettings>;
}

export const serveFeed = async (
  database: TestDatabase,
  access: TestAccess,
  networkId: number,
  { listensAs, settings }: ServingOptions,
): Promise<ServedFeed> => {
  const pool = createScopedDatabase({ url: database.urls.api });
  const listener =
    listensAs === undefined
      ? undefined
      : connectPostgres({ url: database.urls.api, maxConnections: 1, applicationName: listensAs });
  const base = { networkId, chainId: SEPOLIA, label: 'sandbox' };
  const server = await createServer(
    {
      ...{ port: 0, socketRecheckMs: 100 },
      subscriptions: { ...DEFAULT_SERVER_SETTINGS.subscriptions, gatherMs: 5, ...settings },
    },
    {
      ...{ db: pool.db, access, profiles: createProfileRegistry() },
      ...(listener && { listener }),
      networks: [{ ...base, genesisHash: toFelt(1n), source: createScriptedChain(HEAD).source }],
      status: { networks: () => [] },
      logger: createLogger('fatal', { write: () => undefined }),
    },
  );
  const { url } = await server.listen();
  return {
    server,
    url,
    hub: server.app.get(ChangeHub, { strict: false }),
    close: async () => {
      await server.close();
      await Promise.all([pool.close(), listener?.end({ timeout: 5 })]);
    },
  };
};

export interface ToldEvent {
  readonly id: string;
  readonly kind: 'SESSION' | 'POLICY' | 'FINDING' | 'RETRACTED' | 'FINALIZED';
  readonly cursor: string;
  /** Null of what is told of the network. */
  readonly account: string | null;
  readonly sessionKey: string | null;
  readonly token: string | null;
  readonly retracts: string | null;
  readonly retractedKind: string | null;
  readonly sessionChanges: readonly string[];
  readonly session: {
    readonly status: string;
    readonly callsUsed: number;
    readonly remainingCalls: number;
  } | null;
  readonly policyChanges: readonly string[];
  readonly policy: {
    readonly remaining: string | null;
    readonly storedSpent: string;
    readonly remainingScaled: string | null;
    readonly storedSpentScaled: string | null;
  } | null;
  readonly appeared: readonly { readonly code: string }[];
  readonly asOf: { readonly blockNumber: number; readonly blockHash: string; readonly finality: string };
}

const CHANGED = `subscription ($after: String, $kinds: [ChangedKind!], $accounts: [Address!]) {
  changed(after: $after, kinds: $kinds, accounts: $accounts) {
    id kind cursor account sessionKey token retracts retractedKind
    sessionChanges session { status callsUsed remainingCalls } policyChanges
    policy { remaining storedSpent remainingScaled storedSpentScaled }
    appeared { code } asOf { blockNumber blockHash finality }
  }
}`;

/** One who subscribed, and what was told and not taken yet. */
export interface Listening {
  readonly peer: SocketPeer;
  /** The next event; rejects with the code where the subscription ended in an error. */
  next(): Promise<ToldEvent>;
  /** So many. */
  take(count: number): Promise<ToldEvent[]>;
  close(): Promise<void>;
}

/** How many listen, once those whose sockets are closed are gone. */
export const emptied = async ({ hub }: ServedFeed): Promise<number> => {
  for (let tries = 0; hub.size > 0 && tries < 200; tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 5));
  return hub.size;
};

/** Of a refusal, whether the subscription did not begin or ended. */
const codeOf = ({
  type,
  payload,
}: {
  readonly type: string;
  readonly payload?: unknown;
}): string | undefined => {
  const errors = type === 'error' ? payload : (payload as { errors?: unknown } | undefined)?.errors;
  return Array.isArray(errors) ? String(at(errors, 0, 'extensions', 'code')) : undefined;
};

/** Resolves when the server has taken the subscription. */
export const listenTo = async (
  { url, hub }: ServedFeed,
  key: string,
  variables: { after?: string; kinds?: readonly string[]; accounts?: readonly string[] } = {},
): Promise<Listening> => {
  const peer = await openPeer(`${url}/graphql`);
  await peer.init(key);
  const before = hub.size;
  peer.send({ id: 's', type: 'subscribe', payload: { query: CHANGED, variables } });
  const refused = (): boolean => peer.received.some((message) => codeOf(message) !== undefined);
  for (let tries = 0; hub.size === before && !refused() && tries < 1_000; tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 5));
  const next = async (): Promise<ToldEvent> => {
    const message = await peer.next();
    const code = codeOf(message);
    if (code !== undefined) throw new Error(code);
    return at(message.payload, 'data', 'changed') as ToldEvent;
  };
  return {
    peer,
    next,
    take: async (count) => {
      const events: ToldEvent[] = [];
      while (events.length < count) events.push(await next());
      return events;
    },
    close: () => peer.close(),
  };
};
