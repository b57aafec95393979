import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Role } from '#libs/api';
import { createAuthenticator } from './authenticate.ts';
import { DEMO_KEYS, demoKeyOf } from './demo-keys.ts';
import { type KeyKind, makeKey } from './key-format.ts';
import { createKeyHasher } from './key-hash.ts';
import type { StoredKey } from './stored-key.ts';

const hasher = createKeyHasher([new Uint8Array(32).fill(7)]);
const NOW = 1_800_000_000_000;

const stored = (
  made: { keyId: string; text: string; kind: KeyKind },
  more: Partial<StoredKey> = {},
): StoredKey => ({
  keyId: made.keyId,
  kind: made.kind,
  name: 'a key',
  ...hasher.hash(made.text),
  organisation: { id: 3, publicId: 'org_3', name: 'three', kind: 'SHARED' },
  role: 'FINANCE',
  scope: undefined,
  unitsPerMinute: undefined,
  expiresAt: undefined,
  revokedAt: undefined,
  member: undefined,
  ...more,
});

describe('admission by key', () => {
  const made = makeKey('LIVE', randomBytes);
  let rows: Map<string, StoredKey>;
  let reads: string[];
  let nowMs: number;
  beforeEach(() => {
    rows = new Map([[made.keyId, stored(made)]]);
    reads = [];
    nowMs = NOW;
  });
  const open = (sandbox = false) =>
    createAuthenticator({
      find: async (keyId) => {
        reads.push(keyId);
        await Promise.resolve();
        return rows.get(keyId);
      },
      hasher,
      clock: { nowMilliseconds: () => nowMs },
      sandbox,
    });
  const bearer = (text: string) => ({ authorization: `Bearer ${text}` });
  const codeOf = async (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => 'ADMITTED',
      (error: unknown) => {
        const { code, statusCode } = error as { code?: string; statusCode?: number };
        return [code, statusCode];
      },
    );

  it('tells whose the key is, and what that lets him do', async () => {
    const principal = await open().authenticate(bearer(made.text));
    expect(principal).toMatchObject({
      kind: 'KEY',
      id: made.keyId,
      organisation: { id: 3, publicId: 'org_3' },
      role: 'FINANCE',
      scope: { organisationId: 3 },
      unitsPerMinute: 6_000,
    });
    expect(principal?.scope.only).toBeUndefined();
    expect(principal?.rights.has('LABEL')).toBe(true);
  });

  it('takes the key from either header, and from no two', async () => {
    const authenticator = open();
    expect(await authenticator.authenticate({})).toBeUndefined();
    expect(await codeOf(authenticator.authenticate({ 'x-api-key': made.text }))).toBe('ADMITTED');
    expect(await codeOf(authenticator.authenticate({ authorization: `bearer ${made.text}` }))).toBe(
      'ADMITTED',
    );
    const both = { ...bearer(made.text), 'x-api-key': made.text };
    expect(await codeOf(authenticator.authenticate(both))).toBe('ADMITTED');
    for (const headers of [
      { ...bearer(made.text), 'x-api-key': 'other' },
      { 'x-api-key': '' },
      { 'x-api-key': [made.text, made.text] },
      { authorization: made.text },
      { authorization: 'Bearer ' },
      { authorization: `Basic ${made.text}` },
      { authorization: `Bearer ${made.text}, Bearer ${made.text}` },
    ]) {
      expect(await codeOf(authenticator.authenticate(headers))).toEqual(['UNAUTHENTICATED', 401]);
    }
  });

  it('refuses what is no key, without a question to the database', async () => {
    const authenticator = open();
    const wrong = [
      made.text.slice(0, -1),
      `${made.text}0`,
      made.text.replace('live', 'test'),
      'secret',
      'a.b.c',
    ];
    const flipped = made.text.slice(0, -1) + (made.text.endsWith('0') ? '1' : '0');
    for (const text of [...wrong, flipped])
      expect(await codeOf(authenticator.authenticate(bearer(text)))).toEqual(['KEY_MALFORMED', 401]);
    expect(reads).toEqual([]);
  });

  it('refuses an unknown id and a wrong secret alike', async () => {
    const authenticator = open();
    const stranger = makeKey('LIVE', randomBytes);
    rows.set(stranger.keyId, { ...stored(made), keyId: stranger.keyId });
    const unknown = makeKey('LIVE', randomBytes);
    const errors = await Promise.all(
      [stranger, unknown].map(({ text }) =>
        authenticator.authenticate(bearer(text)).catch((error: unknown) => error),
      ),
    );
    expect(errors.map((error) => (error as Error).message)).toEqual(
      Array(2).fill('This API key is not known here.'),
    );
  });

  it('tells that a key ended only to who has it', async () => {
    rows.set(made.keyId, stored(made, { revokedAt: new Date(NOW - 1) }));
    expect(await codeOf(open().authenticate(bearer(made.text)))).toEqual(['KEY_REVOKED', 401]);
    rows.set(made.keyId, stored(made, { expiresAt: new Date(NOW) }));
    expect(await codeOf(open().authenticate(bearer(made.text)))).toEqual(['KEY_EXPIRED', 401]);
    rows.set(made.keyId, stored(made, { expiresAt: new Date(NOW), ...hasher.hash('another') }));
    expect(await codeOf(open().authenticate(bearer(made.text)))).toEqual(['KEY_UNKNOWN', 401]);
  });

  it('lets a key end by the time, also while it is remembered', async () => {
    rows.set(made.keyId, stored(made, { expiresAt: new Date(NOW + 1_000) }));
    const authenticator = open();
    expect(await codeOf(authenticator.authenticate(bearer(made.text)))).toBe('ADMITTED');
    nowMs = NOW + 1_000;
    expect(await codeOf(authenticator.authenticate(bearer(made.text)))).toEqual(['KEY_EXPIRED', 401]);
    expect(reads).toHaveLength(1);
  });

  it('asks the database once in 5 s, and of an unknown id once a second', async () => {
    const authenticator = open();
    const unknown = makeKey('LIVE', randomBytes);
    const both = async () => {
      await Promise.all(
        [made, made, unknown, unknown].map(({ text }) => codeOf(authenticator.authenticate(bearer(text)))),
      );
    };
    await both();
    expect(reads).toEqual([made.keyId, unknown.keyId]);
    nowMs = NOW + 999;
    await both();
    expect(reads).toHaveLength(2);
    nowMs = NOW + 1_000;
    await both();
    expect(reads).toEqual([made.keyId, unknown.keyId, unknown.keyId]);
    nowMs = NOW + 5_000;
    await both();
    expect(reads.filter((id) => id === made.keyId)).toHaveLength(2);
  });

  it('stops taking a revoked key within 5 s, and at once when it is told', async () => {
    const authenticator = open();
    const admitted = () => codeOf(authenticator.authenticate(bearer(made.text)));
    expect(await admitted()).toBe('ADMITTED');
    rows.set(made.keyId, stored(made, { revokedAt: new Date(NOW) }));
    nowMs = NOW + 4_999;
    expect(await admitted()).toBe('ADMITTED');
    nowMs = NOW + 5_000;
    expect(await admitted()).toEqual(['KEY_REVOKED', 401]);
    rows.set(made.keyId, stored(made));
    authenticator.forget(made.keyId);
    expect(await admitted()).toBe('ADMITTED');
    rows.set(made.keyId, stored(made, { revokedAt: new Date(NOW) }));
    authenticator.forgetAll();
    expect(await admitted()).toEqual(['KEY_REVOKED', 401]);
  });

  it('does not keep what was read while the key was revoked', async () => {
    const answers = [Promise.withResolvers<StoredKey>(), Promise.withResolvers<StoredKey>()];
    let asked = 0;
    const authenticator = createAuthenticator({
      find: () => answers[asked++]!.promise,
      hasher,
      clock: { nowMilliseconds: () => nowMs },
      sandbox: false,
    });
    const first = authenticator.authenticate(bearer(made.text));
    authenticator.forget(made.keyId);
    answers[0]!.resolve(stored(made));
    await first;
    answers[1]!.resolve(stored(made, { revokedAt: new Date(NOW) }));
    expect(await codeOf(authenticator.authenticate(bearer(made.text)))).toEqual(['KEY_REVOKED', 401]);
  });

  it('does not let anybody in when keys cannot be read, nor remembers that', async () => {
    let isDown = true;
    const authenticator = createAuthenticator({
      find: (keyId) => (isDown ? Promise.reject(new Error('down')) : Promise.resolve(rows.get(keyId))),
      hasher,
      clock: { nowMilliseconds: () => nowMs },
      sandbox: false,
    });
    await expect(authenticator.authenticate(bearer(made.text))).rejects.toThrow('down');
    isDown = false;
    expect(await codeOf(authenticator.authenticate(bearer(made.text)))).toBe('ADMITTED');
    isDown = true;
    nowMs = NOW + 5_000;
    await expect(authenticator.authenticate(bearer(made.text))).rejects.toThrow('down');
  });

  it('asks of the member what a key of a member may do', async () => {
    const signIn = makeKey('SIGN_IN', randomBytes);
    const member = { memberId: 'mem_1', name: 'Ada', isDisabled: false };
    rows.set(signIn.keyId, stored(signIn, { member, role: 'AUDITOR' }));
    const authenticator = open();
    expect(await authenticator.authenticate(bearer(signIn.text))).toMatchObject({
      kind: 'SIGN_IN',
      id: 'mem_1',
      name: 'Ada',
      role: 'AUDITOR',
    });
    rows.set(signIn.keyId, stored(signIn, { member: { ...member, isDisabled: true } }));
    authenticator.forget('mem_1');
    expect(await codeOf(authenticator.authenticate(bearer(signIn.text)))).toEqual(['KEY_REVOKED', 401]);
  });

  it('gives a limited key its scope and takes rights of the whole from it', async () => {
    const scope = { accounts: ['1/0xa1'], labels: ['treasury'] };
    rows.set(made.keyId, stored(made, { scope, role: 'ADMIN' }));
    const principal = await open().authenticate(bearer(made.text));
    expect(principal?.scope).toEqual({ organisationId: 3, only: scope });
    expect(principal?.rights.has('MANAGE_KEYS')).toBe(false);
    expect(principal?.rights.has('READ_SPENDING')).toBe(true);
  });

  it('remembers no more keys than it has room for', async () => {
    const authenticator = open();
    const all = Array.from({ length: 10_001 }, () => makeKey('LIVE', randomBytes));
    for (const { text } of all) await codeOf(authenticator.authenticate(bearer(text)));
    await codeOf(authenticator.authenticate(bearer(all[0]!.text)));
    await codeOf(authenticator.authenticate(bearer(all[10_000]!.text)));
    expect(reads).toHaveLength(10_002);
  });

  it('tells which keys were used, once', async () => {
    const authenticator = open();
    await codeOf(authenticator.authenticate(bearer(made.text)));
    await codeOf(authenticator.authenticate(bearer(makeKey('LIVE', randomBytes).text)));
    expect(authenticator.takeUsed()).toEqual([made.keyId]);
    expect(authenticator.takeUsed()).toEqual([]);
  });
});

describe('the demo keys', () => {
  const rows = new Map(DEMO_KEYS.map((key) => [key.keyId, stored(key, { role: key.role })]));
  const reads: string[] = [];
  const open = (sandbox: boolean) =>
    createAuthenticator({
      find: (keyId) => {
        reads.push(keyId);
        return Promise.resolve(rows.get(keyId));
      },
      hasher,
      clock: { nowMilliseconds: () => NOW },
      sandbox,
    });

  it('are the same on every machine, one for each role', () => {
    expect(DEMO_KEYS.map(({ role }) => role)).toEqual([
      'ADMIN',
      'FINANCE',
      'APPROVER',
      'AUDITOR',
      'INTEGRATOR',
    ]);
    expect(demoKeyOf('ADMIN').text).toBe(DEMO_KEYS[0]?.text);
    expect(demoKeyOf('ADMIN').text).toMatch(
      /^pur_demo_ADMINadmin00_OnlyForTheSandboxOfThisMachine00[0-9A-Za-z]{6}$/,
    );
    expect(new Set(DEMO_KEYS.map(({ keyId }) => keyId)).size).toBe(5);
  });

  it.each(DEMO_KEYS.map(({ role, text }): [Role, string] => [role, text]))(
    'are taken in the sandbox (%s), and elsewhere not even looked for',
    async (role, text) => {
      const headers = { 'x-api-key': text };
      expect(await open(true).authenticate(headers)).toMatchObject({ role });
      reads.length = 0;
      await expect(open(false).authenticate(headers)).rejects.toMatchObject({ code: 'KEY_UNKNOWN' });
      expect(reads).toEqual([]);
    },
  );

  it('are not made by giving a demo row the hash of another kind of key', async () => {
    const live = makeKey('LIVE', randomBytes);
    rows.set(live.keyId, { ...stored(live), kind: 'DEMO' });
    await expect(open(false).authenticate({ 'x-api-key': live.text })).rejects.toMatchObject({
      code: 'KEY_UNKNOWN',
    });
  });
});
