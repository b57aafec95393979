import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  createTokenAuthenticator,
  createTokenVerifier,
  membershipsOfSubject,
  verifyAudit,
} from '#libs/access';
import { inTransaction } from '#libs/database';
import { testAccess, withDatabase } from '#libs/testing';
import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { pino } from 'pino';
import { createServer, type PurserServer } from '../../apps/server/src/create-server.ts';

const ISSUER = 'https://id.example';
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

interface Entry {
  readonly action: string;
  readonly actor_kind: string;
  readonly object_kind: string;
  readonly object_id: string;
  readonly after: Record<string, unknown>;
}

describe('credentials that are refused', () => {
  const database = withDatabase();
  let nowMs = Date.now();
  const clock = { nowMilliseconds: () => nowMs };
  let pair: Awaited<ReturnType<typeof generateKeyPair>>;
  let forger: typeof pair;
  let server: PurserServer;
  let organisations = 0;
  let callers = 0;
  const access = testAccess(database, {
    clock,
    tokens: createTokenAuthenticator({
      verifier: createTokenVerifier(
        { issuer: ISSUER, audience: 'purser', clock },
        { find: async (header, token) => createLocalJWKSet({ keys: [await jwk()] })(header, token) },
      ),
      find: (issuer, subject) => membershipsOfSubject(database.api, issuer, subject),
      nowMs: () => nowMs,
      unitsPerMinute: 6_000,
    }),
  });
  const jwk = async () => ({ ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'ES256' });

  const token = (subject: string, change: Record<string, unknown> = {}, by = pair): Promise<string> =>
    new SignJWT({
      ...{ iss: ISSUER, aud: 'purser', sub: subject, exp: Math.floor(nowMs / 1_000) + 300 },
      ...change,
    })
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .sign(by.privateKey);
  /** Each time from another address, unless it is said. */
  const codeOf = async (
    credential: string,
    headers: Record<string, string> = {},
    address?: string,
  ): Promise<unknown> => {
    callers += 1;
    const answer = await server.app.inject({
      ...{ method: 'POST', url: '/graphql', payload: { query: '{ viewer { name } }' } },
      headers: { authorization: `Bearer ${credential}`, ...headers },
      remoteAddress: address ?? `10.0.${callers >> 8}.${callers & 255}`,
    });
    return answer.json<{ errors?: { extensions: { code: string } }[] }>().errors?.[0]?.extensions.code;
  };
  const organisation = async () => {
    organisations += 1;
    const { id } = await database.organisation(`of refusals ${organisations}`);
    const [row] = await database.sql<{ public_id: string }[]>`
      select public_id from organisations where organisation_id = ${id}`;
    return { id, publicId: row?.public_id ?? '' };
  };
  const addMember = async (id: number, subject: string, disabled: Date | null = null): Promise<string> => {
    const [row] = await database.sql<{ member_id: string }[]>`
      insert into members (organisation_id, name, role, issuer, subject, disabled_at)
      values (${id}, ${subject}, 'AUDITOR', ${ISSUER}, ${subject}, ${disabled}) returning member_id`;
    return row?.member_id ?? '';
  };
  const logOf = async (id: number): Promise<Entry[]> => {
    await access.refusals.flush();
    const rows = await database.sql<Entry[]>`
      select action, actor_kind, object_kind, object_id, after_text::jsonb as after from audit_entries
      where organisation_id = ${id} and action like '%REFUSED' order by sequence`;
    return [...rows];
  };
  const noted = (action: string, objectKind: string, objectId: string, after: Record<string, unknown>) => ({
    ...{ action, actor_kind: 'SYSTEM', object_kind: objectKind, object_id: objectId, after },
  });

  beforeAll(async () => {
    pair = await generateKeyPair('ES256', { extractable: true });
    forger = await generateKeyPair('ES256', { extractable: true });
    server = await createServer(
      { requestsPerMinuteWithoutKey: 4 },
      {
        ...{ db: database.api, access, networks: [], status: { networks: () => [] }, clock },
        ...{ profiles: { find: () => undefined } as never, logger: pino({ level: 'silent' }) },
      },
    );
  });
  afterAll(() => server.app.close());
  beforeEach(async () => {
    await access.refusals.flush({ all: true });
    access.unnoted.length = 0;
    nowMs += 2 * HOUR_MS;
  });

  it.each<[string, Record<string, unknown>, boolean]>([
    ['AUDIENCE', { aud: 'other' }, false],
    ['EXPIRED', { exp: 1_000 }, false],
    ['NOT_YET_VALID', { nbf: 9_000_000_000 }, false],
    ['SIGNATURE', {}, true],
  ])('are noted with those whose member the token speaks of: %s', async (reason, change, forged) => {
    const { id } = await organisation();
    const subject = `ada ${reason}`;
    const memberId = await addMember(id, subject);
    expect(await codeOf(await token(subject, change, forged ? forger : pair))).toBe('TOKEN_INVALID');
    expect(await logOf(id)).toEqual([
      noted('TOKEN_REFUSED', 'MEMBER', memberId, { code: 'TOKEN_INVALID', reason, issuer: ISSUER, subject }),
    ]);
  });

  it('are noted once an hour, and how many came after that when it is over', async () => {
    const { id } = await organisation();
    const memberId = await addMember(id, 'bob');
    const expired = await token('bob', { exp: 1_000 });
    for (let tries = 0; tries < 30; tries += 1) await codeOf(expired);
    const what = { code: 'TOKEN_INVALID', reason: 'EXPIRED', issuer: ISSUER, subject: 'bob' };
    const once = noted('TOKEN_REFUSED', 'MEMBER', memberId, what);
    expect(await logOf(id)).toEqual([once]);
    await codeOf(await token('bob', { aud: 'other' }));
    const other = noted('TOKEN_REFUSED', 'MEMBER', memberId, { ...what, reason: 'AUDIENCE' });
    expect(await logOf(id)).toEqual([once, other]);
    const since = new Date(nowMs).toISOString();
    nowMs += HOUR_MS;
    const until = new Date(nowMs).toISOString();
    const counted = noted('TOKEN_REFUSED', 'MEMBER', memberId, { ...what, further: 29, since, until });
    expect(await logOf(id)).toEqual([once, other, counted]);
    await codeOf(expired);
    expect(await logOf(id)).toEqual([once, other, counted, once]);
    expect(await inTransaction(database.db, (trx) => verifyAudit(trx, id))).toMatchObject({ findings: [] });
  });

  it('say of a member who is disabled that he is', async () => {
    const { id } = await organisation();
    const memberId = await addMember(id, 'carl', new Date());
    expect(await codeOf(await token('carl'))).toBe('NOT_A_MEMBER');
    const after = { code: 'MEMBER_DISABLED', issuer: ISSUER, subject: 'carl' };
    expect(await logOf(id)).toEqual([noted('TOKEN_REFUSED', 'MEMBER', memberId, after)]);
  });

  it('are noted with the organisation that a stranger asked for, if his issuer vouches for him', async () => {
    const { id, publicId } = await organisation();
    const wanted = { 'x-purser-organisation': publicId };
    expect(await codeOf(await token('eve'), wanted)).toBe('NOT_A_MEMBER');
    const after = { code: 'NOT_A_MEMBER', issuer: ISSUER, subject: 'eve' };
    const entries = [noted('TOKEN_REFUSED', 'ORGANISATION', publicId, after)];
    expect(await logOf(id)).toEqual(entries);
    expect(await codeOf(await token('mallory', {}, forger), wanted)).toBe('TOKEN_INVALID');
    expect(await codeOf(await token('dan'), { 'x-purser-organisation': 'org_none' })).toBe('NOT_A_MEMBER');
    expect(await codeOf(await token('dan'))).toBe('NOT_A_MEMBER');
    expect(await logOf(id)).toEqual(entries);
  });

  it('concern nobody where nobody can be told, however they look', async () => {
    const before = await database.sql`select count(*)::int as n from audit_entries`;
    const [header, payload] = (await token('frank')).split('.');
    for (const credential of [
      await token('frank', { sub: 7 }),
      await token('x'.repeat(256)),
      await token('line\nfeed', { aud: 'other' }),
      `${header}.${payload}.`,
      `${header}.bm90IGpzb24.AAAA`,
      `${header}.${'A'.repeat(20_000)}.AAAA`,
    ])
      expect(await codeOf(credential)).toBe('TOKEN_INVALID');
    await access.refusals.flush();
    expect([...(await database.sql`select count(*)::int as n from audit_entries`)]).toEqual([...before]);
    expect(access.unnoted).toEqual([]);
  });

  it('are noted of API keys that ended, and of wrong secrets of keys that are there', async () => {
    const { id } = await organisation();
    const expired = await access.makeKey(id, { expiresAt: new Date(nowMs - 1_000) });
    const revoked = await access.makeKey(id, {});
    await database.sql`update api_keys set revoked_at = now() where key_id = ${revoked.keyId}`;
    const live = await access.makeKey(id, {});
    const guessed = await access.makeKey(id, {});
    await database.sql`update api_keys set hash = sha256('another secret') where key_id = ${guessed.keyId}`;
    for (let tries = 0; tries < 3; tries += 1) {
      expect(await codeOf(expired.text)).toBe('KEY_EXPIRED');
      expect(await codeOf(revoked.text)).toBe('KEY_REVOKED');
      expect(await codeOf(guessed.text)).toBe('KEY_UNKNOWN');
      expect(await codeOf(live.text)).toBeUndefined();
      expect(await codeOf('pur_live_nothing')).toBe('KEY_MALFORMED');
    }
    expect(await logOf(id)).toEqual([
      noted('KEY_REFUSED', 'API_KEY', expired.keyId, { code: 'KEY_EXPIRED' }),
      noted('KEY_REFUSED', 'API_KEY', revoked.keyId, { code: 'KEY_REVOKED' }),
      noted('KEY_REFUSED', 'API_KEY', guessed.keyId, { code: 'KEY_UNKNOWN', reason: 'WRONG_SECRET' }),
    ]);
  });

  it('cannot fill a log: ten entries a minute of an organisation, and what is left out is told', async () => {
    const { id } = await organisation();
    for (let n = 0; n < 25; n += 1) await addMember(id, `crowd ${n}`);
    for (let n = 0; n < 25; n += 1) await codeOf(await token(`crowd ${n}`, { exp: 1_000 }));
    expect(await logOf(id)).toHaveLength(10);
    expect(access.unnoted).toEqual([15]);
    nowMs += MINUTE_MS;
    await codeOf(await token('crowd 24', { aud: 'other' }));
    expect(await logOf(id)).toHaveLength(11);
  });

  it('are not noted of an address that was refused too often', async () => {
    const { id } = await organisation();
    for (let n = 0; n < 8; n += 1) await addMember(id, `tried ${n}`);
    const codes: unknown[] = [];
    for (let n = 0; n < 8; n += 1)
      codes.push(await codeOf(await token(`tried ${n}`, { exp: 1_000 }), {}, '192.0.2.9'));
    expect(codes).toEqual(Array.from({ length: 8 }, (_, n) => (n < 4 ? 'TOKEN_INVALID' : 'RATE_LIMITED')));
    expect(await logOf(id)).toHaveLength(4);
    expect(access.unnoted).toEqual([]);
  });

  it('are counted by what was refused and its code, whoever they concern, and by nothing that was sent', async () => {
    const told = async () => {
      const { body } = await server.app.inject({ method: 'GET', url: '/metrics' });
      return body.split('\n').filter((line) => line.startsWith('purser_refused_credentials_total{'));
    };
    const { id } = await organisation();
    const expired = await access.makeKey(id, { expiresAt: new Date(nowMs - 1_000) });
    const credentials: readonly string[] = [
      expired.text,
      'pur_live_nothing',
      await token('nobody'),
      await token('nobody', {}, forger),
      (await access.makeKey(id, {})).text,
    ];
    const counts = async () =>
      new Map(
        (await told())
          .map((line) => line.split(' ') as [string, string])
          .map(([name, n]) => [name, Number(n)]),
      );
    const before = await counts();
    // Of one address: those that are too many are counted too.
    for (let round = 0; round < 2; round += 1)
      for (const credential of credentials) await codeOf(credential, {}, '192.0.2.77');
    const after = await counts();
    const more = [...after].map(([name, count]) => [name, count - (before.get(name) ?? 0)] as const);
    const named = (action: string, code: string) =>
      `purser_refused_credentials_total{action="${action}",code="${code}"}`;
    expect(new Map(more.filter(([, count]) => count > 0))).toEqual(
      new Map([
        [named('KEY_REFUSED', 'KEY_EXPIRED'), 2],
        [named('KEY_REFUSED', 'KEY_MALFORMED'), 2],
        [named('TOKEN_REFUSED', 'NOT_A_MEMBER'), 2],
        [named('TOKEN_REFUSED', 'TOKEN_INVALID'), 2],
      ]),
    );
  });

  it('cannot fill the memory nor busy the database: a hundred a minute are looked at', async () => {
    const { id } = await organisation();
    await addMember(id, 'guest 120');
    for (let n = 0; n < 130; n += 1) await codeOf(await token(`guest ${n}`, { exp: 1_000 }));
    expect(await logOf(id)).toEqual([]);
    expect(access.unnoted).toEqual([30]);
  });

  it('are never written down themselves', async () => {
    const [row] = await database.sql<{ text: string }[]>`
      select string_agg(concat(object_id, after_text), ' ') as text from audit_entries where action like '%REFUSED'`;
    expect(row?.text).toContain('TOKEN_INVALID');
    expect(row?.text).not.toMatch(/eyJ|pur_live_/);
  });
});
