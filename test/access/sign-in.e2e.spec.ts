import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ChainSource, createHttpChainSource } from '#libs/chain';
import { encodeShortString, feltToHex, toFelt } from '#libs/felt';
import { publicKeyOf, signEcdsa, signInHash, type SignInMessage } from '#libs/account';
import {
  type ChainActor,
  createSandboxChain,
  sessionKeyOf,
  testAccess,
  TEST_HASHER,
  withDatabase,
} from '#libs/testing';
import { ec, typedData } from 'starknet';
import { createServer, type PurserServer } from '../../apps/server/src/create-server.ts';
import { createLogger } from '../../apps/server/src/http/create-logger.ts';

const SERVICE = 'https://purser.example';
const OWNER = 0x0123n;
const SESSION = 0x0777n;
const VALID_UNTIL = 4_000_000_000n;

interface Answer<T> {
  readonly data: T | null;
  readonly errors?: readonly {
    extensions: { code: string; retryable: boolean; details?: Record<string, unknown> };
  }[];
}

interface Challenge {
  readonly challengeId: string;
  readonly typedData: string;
  readonly messageHash: string;
}

interface Keys {
  readonly signIn: {
    readonly keys: readonly { key: string; role: string; organisation: { id: string; kind: string } }[];
  };
}

type TypedData = Parameters<typeof typedData.getMessageHash>[0];

describe('signing in with a Starknet account', () => {
  const database = withDatabase();
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
  const open = async (actor: { address: bigint }, of = server): Promise<Challenge> => {
    const query = `mutation ($account: Address!) {
      openSignIn(account: $account) { challengeId typedData messageHash expiresAt } }`;
    const { data } = await ask<{ openSignIn: Challenge }>(of, query, { account: feltToHex(actor.address) });
    if (data === null) throw new Error('no challenge');
    return data.openSignIn;
  };
  const SIGN_IN = `mutation ($challengeId: ID!, $signature: [Felt!]!) { signIn(challengeId: $challengeId, signature: $signature) {
    keys { key keyId role expiresAt organisation { id name kind } } } }`;
  const send = (challengeId: string, signature: readonly bigint[], of = server, address?: string) =>
    ask<Keys>(
      of,
      SIGN_IN,
      { challengeId, signature: signature.map(feltToHex) },
      address === undefined ? {} : { address },
    );
  const sign = (hash: string | bigint, secret: bigint): bigint[] => {
    const { r, s } = signEcdsa(BigInt(hash), secret);
    return [r, s];
  };
  const codeOf = ({ errors = [] }: Answer<unknown>): string | undefined => errors[0]?.extensions.code;
  const messageOf = (challenge: Challenge, actor: { address: bigint }): SignInMessage => {
    const { message } = JSON.parse(challenge.typedData) as { message: Record<string, string> };
    return {
      service: SERVICE,
      account: actor.address as SignInMessage['account'],
      chainId: chain.chainId,
      nonce: BigInt(message['Nonce'] ?? '') as SignInMessage['nonce'],
      issuedAtSeconds: BigInt(message['Issued At'] ?? ''),
      expiresAtSeconds: BigInt(message['Expires At'] ?? ''),
    };
  };

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

  it.each(['spend', 'setting'] as const)(
    'lets the owner in, to an organisation of his account: %s',
    async (family) => {
      const actor = actors[family];
      const challenge = await open(actor);
      // As a wallet does it: the typed data, and nothing that the service says of its hash.
      const data = JSON.parse(challenge.typedData) as TypedData;
      const hash = typedData.getMessageHash(data, feltToHex(actor.address));
      expect(BigInt(hash)).toBe(BigInt(challenge.messageHash));
      expect(data).toMatchObject({ primaryType: 'SignIn', message: { Service: SERVICE } });
      const { r, s } = ec.starkCurve.sign(hash, feltToHex(OWNER));
      const answer = await send(challenge.challengeId, [r, s]);
      expect(answer.errors).toBeUndefined();
      const [made] = answer.data?.signIn.keys ?? [];
      expect(made).toMatchObject({ role: 'ADMIN', organisation: { kind: 'PERSONAL' } });
      const viewer = `{ viewer { kind role rights organisation { id kind name } } }`;
      const { data: seen } = await ask<{ viewer: { rights: string[] } }>(
        server,
        viewer,
        {},
        { key: made?.key ?? '' },
      );
      expect(seen?.viewer).toMatchObject({
        kind: 'SIGN_IN',
        organisation: { id: made?.organisation.id, kind: 'PERSONAL', name: feltToHex(actor.address) },
      });
      expect(seen?.viewer.rights).not.toContain('FOLLOW');
      const [key] = await database.sql`
        select extract(epoch from expires_at - created_at) as seconds from api_keys where kind = 'SIGN_IN' order by created_at desc limit 1`;
      expect(Math.abs(Number(key?.['seconds']) - 8 * 3_600)).toBeLessThan(60);
      const follows = await database.sql`
        select f.account, f.source from follows f join organisations o using (organisation_id) where o.public_id = ${made?.organisation.id ?? ''}`;
      expect([...follows]).toEqual([{ account: feltToHex(actor.address), source: 'SIGN_IN' }]);
      const audited = await database.sql`
        select action, actor_kind from audit_entries join organisations o using (organisation_id) where o.public_id = ${made?.organisation.id ?? ''}`;
      expect([...audited]).toEqual([{ action: 'SIGNED_IN', actor_kind: 'MEMBER' }]);
    },
  );

  it.each(['spend', 'setting'] as const)(
    'refuses the four felts of a live session key, which the account itself would take: %s',
    async (family) => {
      const actor = actors[family];
      const challenge = await open(actor);
      const four = [publicKeyOf(SESSION), ...sign(challenge.messageHash, SESSION), VALID_UNTIL];
      const [said] = chain.view(
        actor.address,
        'is_valid_signature',
        BigInt(challenge.messageHash),
        4n,
        ...four,
      );
      expect(said).toBe(encodeShortString('VALID'));
      expect(codeOf(await send(challenge.challengeId, four))).toBe('SESSION_SIGNATURE_REFUSED');
      const two = await open(actor);
      expect(codeOf(await send(two.challengeId, sign(two.messageHash, SESSION)))).toBe('SIGN_IN_REFUSED');
    },
  );

  it('takes a challenge once, also when it is sent twice at the same time', async () => {
    const challenge = await open(actors.spend);
    const signature = sign(challenge.messageHash, OWNER);
    const answers = await Promise.all([1, 2, 3].map(() => send(challenge.challengeId, signature)));
    expect(answers.map(codeOf).sort()).toEqual(['CHALLENGE_EXPIRED', 'CHALLENGE_EXPIRED', undefined].sort());
    expect(codeOf(await send(challenge.challengeId, signature))).toBe('CHALLENGE_EXPIRED');
    expect(codeOf(await send('chl_none', signature))).toBe('CHALLENGE_EXPIRED');
  });

  it('is over after a refusal too: nobody tries signatures one after the other', async () => {
    const challenge = await open(actors.spend);
    expect(codeOf(await send(challenge.challengeId, [1n, 2n]))).toBe('SIGN_IN_REFUSED');
    expect(codeOf(await send(challenge.challengeId, sign(challenge.messageHash, OWNER)))).toBe(
      'CHALLENGE_EXPIRED',
    );
  });

  it('refuses a challenge that is over', async () => {
    const challenge = await open(actors.spend);
    const [row] = await database.sql`
      select extract(epoch from expires_at - issued_at)::int as seconds from sign_in_challenges where challenge_id = ${challenge.challengeId}`;
    expect(row?.['seconds']).toBe(300);
    await database.sql`update sign_in_challenges set expires_at = now() where challenge_id = ${challenge.challengeId}`;
    expect(codeOf(await send(challenge.challengeId, sign(challenge.messageHash, OWNER)))).toBe(
      'CHALLENGE_EXPIRED',
    );
  });

  it.each<[string, Partial<SignInMessage>]>([
    ['another domain', { service: 'https://elsewhere.example' }],
    ['another chain', { chainId: encodeShortString('SN_MAIN') }],
    ['another account', { account: actors.other.address }],
    ['another time', { expiresAtSeconds: 4_000_000_000n }],
    ['another nonce', { nonce: 1n as SignInMessage['nonce'] }],
  ])('refuses a signature over %s', async (_what, change) => {
    const challenge = await open(actors.spend);
    const hash = signInHash({ ...messageOf(challenge, actors.spend), ...change });
    expect(hash).not.toBe(BigInt(challenge.messageHash));
    expect(codeOf(await send(challenge.challengeId, sign(hash, OWNER)))).toBe('SIGN_IN_REFUSED');
  });

  it('refuses a challenge of another service, and the signature of another owner', async () => {
    const challenge = await open(actors.spend, elsewhere);
    expect(codeOf(await send(challenge.challengeId, sign(challenge.messageHash, OWNER)))).toBe(
      'CHALLENGE_EXPIRED',
    );
    expect(
      codeOf(await send(challenge.challengeId, sign(challenge.messageHash, OWNER), elsewhere)),
    ).toBeUndefined();
    const mine = await open(actors.spend);
    expect(codeOf(await send(mine.challengeId, sign(mine.messageHash, OWNER + 1n)))).toBe('SIGN_IN_REFUSED');
  });

  it.each([0, 33])('refuses a signature of %i felts', async (felts) => {
    const challenge = await open(actors.spend);
    expect(
      codeOf(
        await send(
          challenge.challengeId,
          Array.from({ length: felts }, () => 1n),
        ),
      ),
    ).toBe('BAD_INPUT');
    expect(codeOf(await send(challenge.challengeId, sign(challenge.messageHash, OWNER)))).toBeUndefined();
  });

  it('says of an account that is not there that it does not vouch for anything', async () => {
    const challenge = await open({ address: 0xdeadn });
    const answer = await send(challenge.challengeId, [1n, 2n]);
    expect([codeOf(answer), answer.errors?.[0]?.extensions.details]).toEqual([
      'SIGN_IN_REFUSED',
      { reason: 'NOT_DEPLOYED' },
    ]);
  });

  it('lets nobody pass while no node answers, and takes the same signature afterwards', async () => {
    const dead = createHttpChainSource({ providers: [{ url: 'http://127.0.0.1:9' }] });
    const blind = await serve(SERVICE, true, dead);
    const challenge = await open(actors.spend);
    const signature = sign(challenge.messageHash, OWNER);
    const answer = await send(challenge.challengeId, signature, blind);
    expect(answer.data?.signIn ?? null).toBeNull();
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'NODE_UNAVAILABLE', retryable: true });
    expect(codeOf(await send(challenge.challengeId, signature))).toBeUndefined();
    await blind.app.close();
    await dead.close();
  });

  it('gives a member keys of the organisations that he is a member of, with the roles he has there', async () => {
    const { id } = await database.organisation('treasury');
    const account = feltToHex(actors.other.address);
    await database.sql`insert into members (organisation_id, name, role, network_id, account)
      values (${id}, 'Ada', 'FINANCE', ${networkId}, ${account})`;
    const signIn = async () => {
      const challenge = await open(actors.other);
      return await send(challenge.challengeId, sign(challenge.messageHash, OWNER + 1n));
    };
    const { data } = await signIn();
    expect(data?.signIn.keys).toEqual([
      expect.objectContaining({
        role: 'FINANCE',
        organisation: expect.objectContaining({ name: 'treasury' }),
      }),
    ]);
    await database.sql`update members set disabled_at = now() where organisation_id = ${id}`;
    const key = data?.signIn.keys[0]?.key ?? '';
    let code: string | undefined;
    for (let tries = 0; code === undefined && tries < 200; tries += 1) {
      const answer = await server.app.inject({
        method: 'POST',
        url: '/graphql',
        payload: { query: '{ viewer { name } }' },
        headers: { authorization: `Bearer ${key}` },
      });
      code = codeOf(answer.json<Answer<unknown>>());
      if (code === undefined) await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(code).toBe('KEY_REVOKED');
  });

  it('says so to who is a member nowhere, where accounts get no organisation of their own', async () => {
    const closed = await serve(SERVICE, false);
    const stranger: ChainActor = chain.deployAccount('session_account_setting', OWNER + 2n);
    const challenge = await open(stranger);
    expect(codeOf(await send(challenge.challengeId, sign(challenge.messageHash, OWNER + 2n), closed))).toBe(
      'NOT_A_MEMBER',
    );
    const [row] =
      await database.sql`select count(*)::int as n from organisations where account = ${feltToHex(stranger.address)}`;
    expect(row?.['n']).toBe(0);
    await closed.app.close();
  });

  it('notes what was refused with those whom the account is a member of, and tells nobody else', async () => {
    const guarded = chain.deployAccount('session_account_setting', OWNER + 3n);
    const account = feltToHex(guarded.address);
    const of = async (name: string, disabled: Date | null) => {
      const { id } = await database.organisation(name);
      await database.sql`insert into members (organisation_id, member_id, name, role, network_id, account, disabled_at)
        values (${id}, ${`mem_${name}`}, 'Eve', 'FINANCE', ${networkId}, ${account}, ${disabled})`;
      return id;
    };
    const [first, second] = [await of('guarded', null), await of('elsewhere', null)];
    const closed = await serve(SERVICE, false);
    const refused = async (secret: bigint) => {
      const challenge = await open(guarded);
      return await send(challenge.challengeId, sign(challenge.messageHash, secret), closed);
    };
    const stranger = await open(actors.other);
    const told = await send(stranger.challengeId, sign(stranger.messageHash, OWNER + 9n), closed);
    for (let tries = 0; tries < 7; tries += 1) {
      const { errors } = await refused(OWNER);
      expect(errors?.map(({ extensions }) => ({ ...extensions, requestId: '' }))).toEqual(
        told.errors?.map(({ extensions }) => ({ ...extensions, requestId: '' })),
      );
    }
    const metrics = await closed.app.inject({ method: 'GET', url: '/metrics' });
    expect(metrics.body).toContain(
      'purser_refused_credentials_total{action="SIGN_IN_REFUSED",code="SIGN_IN_REFUSED"} 8',
    );
    await closed.app.close();
    const noted = async (name: string) => {
      const entries = await database.sql`
        select organisation_id, actor_kind, request_id is null as counted, after_text::jsonb as after from audit_entries
        where action = 'SIGN_IN_REFUSED' and object_id = ${`mem_${name}`} order by sequence`;
      return [...entries];
    };
    await access.refusals.flush();
    const what = { code: 'SIGN_IN_REFUSED', reason: 'NOT_VALID' };
    const once = { actor_kind: 'SYSTEM', counted: false, after: what };
    expect(await noted('guarded')).toEqual([{ organisation_id: first, ...once }]);
    expect(await noted('elsewhere')).toEqual([{ organisation_id: second, ...once }]);
    await access.refusals.flush({ all: true });
    const time = expect.stringMatching(/^\d{4}-.*Z$/);
    expect(await noted('guarded')).toEqual([
      { organisation_id: first, ...once },
      {
        ...{ organisation_id: first, actor_kind: 'SYSTEM', counted: true },
        after: { ...what, further: 6, since: time, until: time },
      },
    ]);
    expect(access.unnoted).toEqual([]);
  });

  it('notes that a member is disabled whose account signs in all the same', async () => {
    const former = chain.deployAccount('session_account_setting', OWNER + 4n);
    const { id } = await database.organisation('former');
    await database.sql`insert into members (organisation_id, name, role, network_id, account, disabled_at)
      values (${id}, 'Eve', 'FINANCE', ${networkId}, ${feltToHex(former.address)}, now())`;
    const closed = await serve(SERVICE, false);
    const challenge = await open(former);
    const answer = await send(challenge.challengeId, sign(challenge.messageHash, OWNER + 4n), closed);
    expect(codeOf(answer)).toBe('NOT_A_MEMBER');
    await closed.app.close();
    await access.refusals.flush();
    const [entry] = await database.sql`
      select after_text::jsonb ->> 'code' as code from audit_entries
      where organisation_id = ${id} and action = 'SIGN_IN_REFUSED'`;
    expect(entry?.['code']).toBe('MEMBER_DISABLED');
  });

  it('bounds what one address may try, and not what others may', async () => {
    const codes: (string | undefined)[] = [];
    for (let tries = 0; tries < 22; tries += 1)
      codes.push(codeOf(await send('chl_none', [1n, 2n], server, '192.0.2.1')));
    expect(codes.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 'CHALLENGE_EXPIRED'));
    expect(codes.slice(20)).toEqual(['RATE_LIMITED', 'RATE_LIMITED']);
    expect(codeOf(await send('chl_none', [1n, 2n], server, '192.0.2.2'))).toBe('CHALLENGE_EXPIRED');
  });

  it('bounds the challenges that are open for one account', async () => {
    await database.sql`insert into sign_in_challenges (network_id, account, service, nonce, issued_at, expires_at)
      select ${networkId}, '0xabc', ${SERVICE}, '0x1', now(), now() + interval '5 minutes' from generate_series(1, 200)`;
    const query = 'mutation { openSignIn(account: "0xabc") { challengeId } }';
    expect(codeOf(await ask(server, query, {}))).toBe('RATE_LIMITED');
    expect(codeOf(await ask(server, query.replace('0xabc', '0xabd'), {}))).toBeUndefined();
  });

  it('logs no key', () => {
    expect(logged.join('')).not.toContain('pur_sign_');
  });
});
