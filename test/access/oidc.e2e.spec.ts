import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createTokenAuthenticator,
  createTokenVerifier,
  membershipsOfSubject,
  openKeySource,
  watchKeys,
} from '#libs/access';
import { systemClock } from '#libs/api';
import { connectPostgres } from '#libs/database';
import { testAccess, withDatabase } from '#libs/testing';
import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { createServer, type PurserServer } from '../../apps/server/src/create-server.ts';
import { createLogger } from '../../apps/server/src/http/create-logger.ts';
import { openPeer } from '../hardening/socket-peer.ts';

const ISSUER = 'https://id.example';
const VIEWER = '{ viewer { kind name role organisation { id } scope { isLimited labels } } }';

interface Answer {
  readonly data: { readonly viewer: Record<string, unknown> | null } | null;
  readonly errors?: readonly { extensions: { code: string; details?: Record<string, unknown> } }[];
}

describe('a server that takes tokens of an identity provider', () => {
  const database = withDatabase();
  let pair: Awaited<ReturnType<typeof generateKeyPair>>;
  let server: PurserServer;
  let url: string;
  let blind: PurserServer;
  let stop: () => Promise<void>;
  const logged: string[] = [];

  const token = (subject: string, change: Record<string, unknown> = {}): Promise<string> =>
    new SignJWT({
      iss: ISSUER,
      aud: 'purser',
      sub: subject,
      exp: Math.floor(Date.now() / 1_000) + 300,
      ...change,
    })
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .sign(pair.privateKey);
  const ask = async (bearer: string, headers: Record<string, string> = {}, of = server) => {
    const answer = await of.app.inject({
      method: 'POST',
      url: '/graphql',
      payload: { query: VIEWER },
      headers: { authorization: `Bearer ${bearer}`, ...headers },
    });
    const { data, errors = [] } = answer.json<Answer>();
    return {
      status: answer.statusCode,
      viewer: data?.viewer,
      code: errors[0]?.extensions.code,
      details: errors[0]?.extensions.details,
    };
  };
  const organisation = async (name: string) => {
    const { id } = await database.organisation(name);
    const [row] = await database.sql<{ public_id: string }[]>`
      select public_id from organisations where organisation_id = ${id}`;
    return { id, publicId: row?.public_id ?? '' };
  };
  const addMember = (id: number, subject: string, role: string, labels: string[] | null = null) =>
    database.sql`insert into members (organisation_id, name, role, issuer, subject, scope_labels)
      values (${id}, ${subject}, ${role}, ${ISSUER}, ${subject}, ${labels})`;

  const serve = async (keys: Parameters<typeof createTokenVerifier>[1]) => {
    const settings = { issuer: ISSUER, audience: 'purser', clock: systemClock };
    const tokens = createTokenAuthenticator({
      verifier: createTokenVerifier(settings, keys),
      find: (issuer, subject) => membershipsOfSubject(database.api, issuer, subject),
      nowMs: () => Date.now(),
      unitsPerMinute: 6_000,
    });
    const access = testAccess(database, { tokens });
    const made = await createServer(
      { port: 0, socketRecheckMs: 50 },
      {
        ...{ db: database.api, access, networks: [], status: { networks: () => [] } },
        profiles: { find: () => undefined } as never,
        logger: createLogger('debug', { write: (line: string) => void logged.push(line) }),
      },
    );
    return { made, access };
  };

  beforeAll(async () => {
    pair = await generateKeyPair('ES256', { extractable: true });
    const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'ES256' };
    const local = createLocalJWKSet({ keys: [jwk] });
    const { made, access } = await serve({ find: local });
    server = made;
    url = (await server.listen()).url;
    const dead = { issuer: ISSUER, audience: 'purser', jwksUrl: 'http://127.0.0.1:9/jwks' };
    blind = (await serve(openKeySource(dead))).made;
    const listener = connectPostgres({ url: database.urls.api, maxConnections: 1 });
    const watch = watchKeys(access.authenticator, { db: database.api, listener, onError: () => undefined });
    await watch.listening;
    stop = async () => {
      await watch.stop();
      await listener.end();
    };
  });

  afterAll(async () => {
    await stop();
    await server.app.close();
    await blind.app.close();
  });

  it('lets a member in as what he is there, with his scope', async () => {
    const { id, publicId } = await organisation('books');
    await addMember(id, 'ada', 'AUDITOR');
    await addMember(id, 'bob', 'FINANCE', ['eu']);
    expect((await ask(await token('ada'))).viewer).toMatchObject({
      ...{ kind: 'OIDC', name: 'ada', role: 'AUDITOR', organisation: { id: publicId } },
    });
    expect((await ask(await token('bob'))).viewer).toMatchObject({
      scope: { isLimited: true, labels: ['eu'] },
    });
  });

  it('wants to know which organisation, where he is in several, and takes none of others', async () => {
    const one = await organisation('one');
    const two = await organisation('two');
    const third = await organisation('third');
    await addMember(one.id, 'carl', 'ADMIN');
    await addMember(two.id, 'carl', 'INTEGRATOR');
    const bearer = await token('carl');
    const asked = await ask(bearer);
    expect(asked).toMatchObject({ status: 400, code: 'ORGANISATION_REQUIRED' });
    expect(asked.details?.['organisations']).toEqual([
      { id: one.publicId, name: 'one' },
      { id: two.publicId, name: 'two' },
    ]);
    const inTwo = await ask(bearer, { 'x-purser-organisation': two.publicId });
    expect(inTwo.viewer).toMatchObject({ role: 'INTEGRATOR', organisation: { id: two.publicId } });
    for (const foreign of [third.publicId, 'org_nothing'])
      expect(await ask(bearer, { 'x-purser-organisation': foreign })).toMatchObject({
        status: 403,
        code: 'NOT_A_MEMBER',
      });
  });

  it('takes the organisation over a socket too, and refuses there by the same codes', async () => {
    const [one, two, third] = [
      await organisation('here'),
      await organisation('there'),
      await organisation('else'),
    ];
    await addMember(one.id, 'fay', 'ADMIN');
    await addMember(two.id, 'fay', 'AUDITOR');
    const authorization = `Bearer ${await token('fay')}`;
    const connect = async (named: object) => {
      const peer = await openPeer(`${url}/graphql`);
      peer.send({ type: 'connection_init', payload: { authorization, ...named } });
      return peer;
    };
    const inTwo = await connect({ 'X-Purser-Organisation': two.publicId });
    expect((await inTwo.next()).type).toBe('connection_ack');
    for (const id of ['1', '2']) {
      const [answer] = await inTwo.ask(id, { query: VIEWER });
      expect(answer?.payload).toMatchObject({
        data: { viewer: { role: 'AUDITOR', organisation: { id: two.publicId } } },
      });
      // The second time it was looked at again who asks.
      await new Promise((resolve) => setTimeout(resolve, 120));
    }
    const refused: readonly [object, string][] = [
      [{}, 'ORGANISATION_REQUIRED'],
      [{ 'x-purser-organisation': third.publicId }, 'NOT_A_MEMBER'],
      [{ 'x-purser-organisation': 'org_nothing' }, 'NOT_A_MEMBER'],
      [{ 'x-purser-organisation': [two.publicId] }, 'NOT_A_MEMBER'],
    ];
    for (const [named, reason] of refused)
      expect(await (await connect(named)).closed).toEqual({ code: 4401, reason });
    await database.sql`update members set disabled_at = now() where subject = 'fay' and organisation_id = ${two.id}`;
    expect(await inTwo.closed).toEqual({ code: 4403, reason: 'NOT_A_MEMBER' });
  });

  it('knows nobody who is a member nowhere, nor one of the same name by another issuer', async () => {
    expect(await ask(await token('eve'))).toMatchObject({ status: 403, code: 'NOT_A_MEMBER' });
    const { id } = await organisation('elsewhere');
    await database.sql`insert into members (organisation_id, name, role, issuer, subject)
      values (${id}, 'eve', 'ADMIN', 'https://other.example', 'eve')`;
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(await ask(await token('eve'))).toMatchObject({ code: 'NOT_A_MEMBER' });
  });

  it('refuses a member from the moment that he is disabled', async () => {
    const { id } = await organisation('left');
    await addMember(id, 'dan', 'ADMIN');
    const bearer = await token('dan');
    expect((await ask(bearer)).viewer).toMatchObject({ role: 'ADMIN' });
    await database.sql`update members set disabled_at = now() where subject = 'dan'`;
    let code: string | undefined;
    for (let tries = 0; code === undefined && tries < 100; tries += 1) {
      ({ code } = await ask(bearer));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(code).toBe('NOT_A_MEMBER');
  });

  it('refuses tokens that are not for it before it reads the body', async () => {
    expect(await ask(await token('ada', { aud: 'other' }))).toMatchObject({
      status: 401,
      code: 'TOKEN_INVALID',
      details: { reason: 'AUDIENCE' },
    });
    const [header, payload] = (await token('ada')).split('.');
    expect(await ask(`${header}.${payload}.`)).toMatchObject({ status: 401, code: 'TOKEN_INVALID' });
    expect(await ask('pur_live_nothing')).toMatchObject({ status: 401, code: 'KEY_MALFORMED' });
  });

  it('says that it cannot tell, and lets nobody in, while the provider is away', async () => {
    expect(await ask(await token('ada'), {}, blind)).toMatchObject({
      status: 503,
      code: 'SIGN_IN_UNAVAILABLE',
    });
    const key = await testAccess(database).keyOf('ADMIN');
    expect((await ask(key, {}, blind)).viewer).toMatchObject({ kind: 'KEY' });
  });

  it('logs no token', async () => {
    const bearer = await token('ada');
    await ask(bearer);
    await ask(`${bearer}x`);
    expect(logged.join('')).not.toContain(bearer.split('.')[1]);
  });
});
