import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { base64url, exportJWK, exportSPKI, generateKeyPair, type JWK, SignJWT } from 'jose';
import { openKeySource } from './key-source.ts';
import { createTokenVerifier, type TokenVerifier } from './token-verifier.ts';

const AUDIENCE = 'purser';
const NOW_SECONDS = 1_800_000_000;

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;

/** An identity provider: what it tells of itself, and how often it was asked. */
const provider = {
  keys: [] as JWK[],
  status: 200,
  body: undefined as string | undefined,
  asked: 0,
  issuer: '',
};

describe('bearer tokens of an identity provider', () => {
  let server: Server;
  let rsa: Pair;
  let other: Pair;
  let elliptic: Pair;
  let nowMs = NOW_SECONDS * 1_000;
  let verifier: TokenVerifier;

  const fresh = (options: { jwks?: boolean; cooldownMs?: number; keepMs?: number } = {}): TokenVerifier => {
    const { jwks = true, cooldownMs = 0, keepMs } = options;
    const settings = {
      ...{ issuer: provider.issuer, audience: AUDIENCE },
      ...(jwks && { jwksUrl: `${provider.issuer}/jwks` }),
    };
    const keys = openKeySource(settings, { cooldownMs, ...(keepMs !== undefined && { keepMs }) });
    return createTokenVerifier({ ...settings, clock: { nowMilliseconds: () => nowMs } }, keys);
  };
  const sign = (
    change: Record<string, unknown> = {},
    {
      kid = 'one',
      alg = 'RS256',
      key = rsa.privateKey,
    }: { kid?: string; alg?: string; key?: Pair['privateKey'] } = {},
  ): Promise<string> =>
    new SignJWT({
      iss: provider.issuer,
      aud: AUDIENCE,
      sub: 'ada',
      iat: NOW_SECONDS,
      exp: NOW_SECONDS + 300,
      ...change,
    })
      .setProtectedHeader({ alg, kid })
      .sign(key);
  const refusal = (token: string, by = verifier): Promise<unknown> =>
    by.verify(token).then(
      () => 'ACCEPTED',
      (error: unknown) => {
        const { code, details, retryable } = error as {
          code: string;
          details?: { reason: string };
          retryable: boolean;
        };
        return retryable ? `${code} (retryable)` : `${code} ${details?.reason ?? ''}`;
      },
    );
  const publicKey = async (pair: Pair, kid: string, alg = 'RS256'): Promise<JWK> => ({
    ...(await exportJWK(pair.publicKey)),
    kid,
    alg,
    use: 'sig',
  });

  beforeAll(async () => {
    rsa = await generateKeyPair('RS256', { extractable: true });
    other = await generateKeyPair('RS256', { extractable: true });
    elliptic = await generateKeyPair('ES256', { extractable: true });
    server = createServer((request, response) => {
      provider.asked += 1;
      const discovery = { issuer: provider.issuer, jwks_uri: `${provider.issuer}/jwks` };
      const told = request.url === '/jwks' ? { keys: provider.keys } : discovery;
      response.writeHead(provider.status, { 'content-type': 'application/json' });
      response.end(provider.body ?? JSON.stringify(told));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    provider.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(() => new Promise((resolve) => server.close(resolve)));

  beforeEach(async () => {
    Object.assign(provider, { keys: [await publicKey(rsa, 'one')], status: 200, body: undefined, asked: 0 });
    nowMs = NOW_SECONDS * 1_000;
    verifier = fresh();
  });

  it('are accepted by what the issuer tells of its keys, asked once', async () => {
    const verified = { issuer: provider.issuer, subject: 'ada', validUntilMs: (NOW_SECONDS + 360) * 1_000 };
    expect(await verifier.verify(await sign())).toEqual(verified);
    expect(await verifier.verify(await sign({ aud: ['other', AUDIENCE] }))).toEqual(verified);
    expect(provider.asked).toBe(1);
  });

  it('are accepted with each of the algorithms with a key pair', async () => {
    provider.keys = [await publicKey(rsa, 'one'), await publicKey(elliptic, 'two', 'ES256')];
    const token = await sign({}, { kid: 'two', alg: 'ES256', key: elliptic.privateKey });
    expect(await refusal(token)).toBe('ACCEPTED');
  });

  it('are checked with the keys that the discovery document names', async () => {
    expect(await refusal(await sign(), fresh({ jwks: false }))).toBe('ACCEPTED');
    expect(provider.asked).toBe(2);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['another issuer', { iss: 'https://elsewhere.example' }, 'ISSUER'],
    ['another audience', { aud: 'somebody' }, 'AUDIENCE'],
    ['no audience', { aud: undefined }, 'AUDIENCE'],
    ['a token that is over', { exp: NOW_SECONDS - 61 }, 'EXPIRED'],
    ['one without an end', { exp: undefined }, 'EXPIRY'],
    ['one of the future', { nbf: NOW_SECONDS + 61 }, 'NOT_YET_VALID'],
    ['one of nobody', { sub: undefined }, 'SUBJECT'],
    ['one of an empty subject', { sub: '' }, 'SUBJECT'],
  ])('are refused: %s', async (_what, change, reason) => {
    expect(await refusal(await sign(change))).toBe(`TOKEN_INVALID ${reason}`);
  });

  it('are taken a minute after their end, and as much before their begin: clocks differ', async () => {
    expect(await refusal(await sign({ exp: NOW_SECONDS - 59 }))).toBe('ACCEPTED');
    expect(await refusal(await sign({ nbf: NOW_SECONDS + 59 }))).toBe('ACCEPTED');
    const token = await sign();
    nowMs = (NOW_SECONDS + 361) * 1_000;
    expect(await refusal(token)).toBe('TOKEN_INVALID EXPIRED');
  });

  it('are refused with another signature, and with a payload that was changed', async () => {
    expect(await refusal(await sign({}, { key: other.privateKey }))).toBe('TOKEN_INVALID SIGNATURE');
    const [header = '', , signature = ''] = (await sign()).split('.');
    const [, admin = ''] = (await sign({ sub: 'admin' })).split('.');
    expect(await refusal(`${header}.${admin}.${signature}`)).toBe('TOKEN_INVALID SIGNATURE');
  });

  it('are refused without a signature: alg none, in every spelling', async () => {
    const [, payload = ''] = (await sign()).split('.');
    for (const alg of ['none', 'None', 'NONE', '']) {
      const header = base64url.encode(JSON.stringify({ alg, kid: 'one' }));
      for (const signature of ['', 'AA'])
        expect(await refusal(`${header}.${payload}.${signature}`)).toMatch(
          /^TOKEN_INVALID (ALGORITHM|MALFORMED)$/,
        );
    }
  });

  it('are refused where the public key was taken for a shared secret', async () => {
    const [, payload = ''] = (await sign()).split('.');
    for (const alg of ['HS256', 'HS384', 'HS512']) {
      const header = base64url.encode(JSON.stringify({ alg, kid: 'one' }));
      const secret = await exportSPKI(rsa.publicKey);
      const mac = createHmac(alg.replace('HS', 'sha'), secret)
        .update(`${header}.${payload}`)
        .digest('base64url');
      expect(await refusal(`${header}.${payload}.${mac}`)).toBe('TOKEN_INVALID ALGORITHM');
    }
  });

  it.each([
    ['nothing', ''],
    ['no token', 'a.b.c'],
    ['a very long one', `a.${'b'.repeat(20_000)}.c`],
  ])('are refused: %s', async (_what, token) => {
    expect(await refusal(token)).toMatch(/^TOKEN_INVALID (MALFORMED|TOO_LONG)$/);
    expect(provider.asked).toBe(0);
  });

  it('are accepted of a key that the issuer has changed to', async () => {
    expect(await refusal(await sign())).toBe('ACCEPTED');
    provider.keys = [await publicKey(other, 'two')];
    expect(await refusal(await sign({}, { kid: 'two', key: other.privateKey }))).toBe('ACCEPTED');
    expect(await refusal(await sign())).toBe('TOKEN_INVALID KEY_UNKNOWN');
  });

  it('do not make the issuer be asked for every key that nobody knows', async () => {
    const slow = fresh({ cooldownMs: 60_000 });
    expect(await refusal(await sign(), slow)).toBe('ACCEPTED');
    for (const kid of ['x', 'y', 'z'])
      expect(await refusal(await sign({}, { kid }), slow)).toBe('TOKEN_INVALID KEY_UNKNOWN');
    expect(provider.asked).toBe(1);
  });

  it.each<[string, () => void]>([
    ['answers with an error', () => (provider.status = 500)],
    ['redirects', () => (provider.status = 302)],
    ['answers with something else', () => (provider.body = '<html>')],
    ['answers with no keys', () => (provider.body = '{"keys": 1}')],
  ])('let nobody pass where the issuer %s', async (_what, break_) => {
    break_();
    expect(await refusal(await sign())).toBe('SIGN_IN_UNAVAILABLE (retryable)');
    expect(await refusal(await sign(), fresh({ jwks: false }))).toBe('SIGN_IN_UNAVAILABLE (retryable)');
    const asked = provider.asked;
    expect(await refusal(await sign())).toBe('SIGN_IN_UNAVAILABLE (retryable)');
    expect(provider.asked - asked).toBeLessThanOrEqual(1);
  });

  it('let nobody pass where the issuer cannot be reached, whatever the token says', async () => {
    const settings = { issuer: provider.issuer, audience: AUDIENCE, jwksUrl: 'http://127.0.0.1:9/jwks' };
    const dead = createTokenVerifier({ ...settings, clock: { nowMilliseconds: () => nowMs } });
    expect(await refusal(await sign(), dead)).toBe('SIGN_IN_UNAVAILABLE (retryable)');
  });

  it('are refused when the keys are too old to be relied on and the issuer is away', async () => {
    const forgetful = fresh({ keepMs: 0 });
    expect(await refusal(await sign(), forgetful)).toBe('ACCEPTED');
    provider.status = 500;
    expect(await refusal(await sign(), forgetful)).toBe('SIGN_IN_UNAVAILABLE (retryable)');
  });

  it('are not checked by what a discovery document of another issuer says', async () => {
    provider.body = JSON.stringify({
      issuer: 'https://elsewhere.example',
      jwks_uri: `${provider.issuer}/jwks`,
    });
    expect(await refusal(await sign(), fresh({ jwks: false }))).toBe('SIGN_IN_UNAVAILABLE (retryable)');
    provider.body = JSON.stringify({ issuer: provider.issuer, jwks_uri: 'http://keys.example/jwks' });
    expect(await refusal(await sign(), fresh({ jwks: false }))).toBe('SIGN_IN_UNAVAILABLE (retryable)');
  });
});
