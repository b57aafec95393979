import { afterAll, beforeAll } from '@jest/globals';
import { signEcdsa } from '#libs/account';
import { type ChainSource, createHttpChainSource } from '#libs/chain';
import { feltToHex, toFelt } from '#libs/felt';
import { createSandboxChain, sessionKeyOf, TEST_HASHER, testAccess, type TestDatabase } from '#libs/testing';
import { createServer, type PurserServer } from '../../apps/server/src/create-server.ts';
import { createLogger } from '../../apps/server/src/http/create-logger.ts';

export const SERVICE = 'https://purser.example';
/** Secrets of the owner of two accounts, and of a session key that both have. */
export const OWNER = 0x0123n;
export const SESSION = 0x0777n;
export const VALID_UNTIL = 4_000_000_000n;

export interface Answer<T> {
  readonly data: T | null;
  readonly errors?: readonly {
    extensions: { code: string; retryable: boolean; details?: Record<string, unknown> };
  }[];
}

export interface Challenge {
  readonly challengeId: string;
  readonly typedData: string;
  readonly messageHash: string;
}

interface Keys {
  readonly signIn: {
    readonly keys: readonly { key: string; role: string; organisation: { id: string; kind: string } }[];
  };
}

const OPEN = `mutation ($account: Address!) {
  openSignIn(account: $account) { challengeId typedData messageHash expiresAt } }`;
const SIGN_IN = `mutation ($challengeId: ID!, $signature: [Felt!]!) { signIn(challengeId: $challengeId, signature: $signature) {
  keys { key keyId role expiresAt organisation { id name kind } } } }`;

export const codeOf = ({ errors = [] }: Answer<unknown>): string | undefined => errors[0]?.extensions.code;

export const sign = (hash: string | bigint, secret: bigint): bigint[] => {
  const { r, s } = signEcdsa(BigInt(hash), secret);
  return [r, s];
};

/** Servers that accounts of a sandbox sign in to. Call at the top of a describe. */
export const withSignIn = (database: TestDatabase) => {
  const chain = createSandboxChain();
  const actors = {
    spend: chain.deployAccount('session_account_spend', OWNER),
    setting: chain.deployAccount('session_account_setting', OWNER),
    other: chain.deployAccount('session_account_spend', OWNER + 1n),
  };
  let node: Awaited<ReturnType<typeof chain.sandbox.listen>>;
  let source: ChainSource;
  let networkId = 0;
  let server: PurserServer;
  let elsewhere: PurserServer;
  const access = testAccess(database);
  const logged: string[] = [];
  let caller = 0;

  const serve = (service: string, personal: boolean, over: ChainSource = source) =>
    createServer(
      {},
      {
        db: database.api,
        access: { ...access, hasher: TEST_HASHER, signIn: { service, personal } },
        networks: [
          { networkId, chainId: chain.chainId, genesisHash: toFelt(1n), label: 'sandbox', source: over },
        ],
        status: { networks: () => [] },
        profiles: { find: () => undefined } as never,
        logger: createLogger('debug', { write: (line: string) => void logged.push(line) }),
      },
    );
  const ask = async <T>(
    of: PurserServer,
    query: string,
    variables: object,
    { key, address }: { key?: string; address?: string } = {},
  ): Promise<Answer<T>> => {
    caller += 1;
    const answer = await of.app.inject({
      method: 'POST',
      url: '/graphql',
      payload: { query, variables },
      // Limits go by the address: each request here is somebody else, unless it says who.
      remoteAddress: address ?? `10.0.${caller >> 8}.${caller & 255}`,
      ...(key !== undefined && { headers: { authorization: `Bearer ${key}` } }),
    });
    return answer.json<Answer<T>>();
  };
  const open = async (actor: { readonly address: bigint }, of = server): Promise<Challenge> => {
    const { data } = await ask<{ openSignIn: Challenge }>(of, OPEN, { account: feltToHex(actor.address) });
    if (data === null) throw new Error('no challenge');
    return data.openSignIn;
  };
  const send = (challengeId: string, signature: readonly bigint[], of = server, address?: string) =>
    ask<Keys>(
      of,
      SIGN_IN,
      { challengeId, signature: signature.map(feltToHex) },
      address === undefined ? {} : { address },
    );

  beforeAll(async () => {
    for (const actor of [actors.spend, actors.setting]) {
      actor.change({
        kind: 'AddOrUpdateSessionKey',
        sessionKey: sessionKeyOf(SESSION),
        validUntilSeconds: VALID_UNTIL,
        maxCalls: 100n,
        allowedEntrypoints: [],
      });
    }
    node = await chain.sandbox.listen({ port: 0 });
    source = createHttpChainSource({ providers: [{ url: node.url }] });
    const genesis = (await source.network()).genesisHash;
    const [row] = await database.sql<{ network_id: number }[]>`
      insert into networks (chain_id, genesis_hash, label)
      values (${feltToHex(chain.chainId)}, ${feltToHex(genesis)}, 'sandbox') returning network_id`;
    networkId = row?.network_id ?? 0;
    server = await serve(SERVICE, true);
    elsewhere = await serve('https://elsewhere.example', true);
  });

  afterAll(async () => {
    await server.app.close();
    await elsewhere.app.close();
    await source.close();
    await node.close();
  });

  return {
    ...{ access, actors, ask, chain, logged, open, send, serve },
    get networkId() {
      return networkId;
    },
    /** Gives strangers an organisation of their own. */
    get server() {
      return server;
    },
    /** The same by another name. */
    get elsewhere() {
      return elsewhere;
    },
  };
};
