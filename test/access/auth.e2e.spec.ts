import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { actFor, DEMO_KEYS, demoKeyOf, ensureDemoKeys, revokeKey, rotateKey, watchKeys } from '#libs/access';
import { type Role, ROLES } from '#libs/api';
import { connectPostgres, inTransaction, type Sql } from '#libs/database';
import { toAddress } from '#libs/felt';
import { TEST_HASHER, testAccess, testClassAbi, testClassHash, withDatabase } from '#libs/testing';
import { createServer } from '../../apps/server/src/create-server.ts';
import { at, HEAD, listAt, withServer } from '../api/with-server.ts';

const ACCOUNT = toAddress(0xa1n);
const OTHER = toAddress(0xa2n);
const CLASS = 'session_account_setting';
const VIEWER = `{ viewer {
  kind name role rights organisation { id name kind } scope { isLimited accounts labels } limits { unitsPerMinute }
} }`;
const ACCOUNTS = '{ accounts { nodes { address } } }';

describe('a server with keys', () => {
  const database = withDatabase();
  const spec = withServer(database, { unitsPerMinute: 6_000 });
  const host = { kind: 'HOST', id: 'spec', name: 'spec' } as const;

  beforeAll(async () => {
    const { networkId, rows } = spec;
    await rows.head(networkId, HEAD);
    for (const account of [ACCOUNT, OTHER]) {
      await rows.account(networkId, account, { classHash: testClassHash(CLASS), abi: testClassAbi(CLASS) });
    }
  });

  const post = (headers: Record<string, string>, payload: unknown = { query: VIEWER }) =>
    spec.server.app.inject({
      method: 'POST',
      url: '/graphql',
      headers: { 'content-type': 'application/json', ...headers },
      payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
    });
  const answerTo = async (headers: Record<string, string>) => {
    const answer = await post(headers);
    const { errors = [] } = answer.json<{ errors?: readonly { extensions: { code: string } }[] }>();
    return [answer.statusCode, errors[0]?.extensions.code];
  };
  const withKey = (key: string) => ({ authorization: `Bearer ${key}` });
  const addressesFor = async (key: string) => {
    const { data } = await spec.ask(ACCOUNTS, {}, { as: { key } });
    return listAt(data, 'accounts', 'nodes').map((node) => at(node, 'address'));
  };

  it('says who asks', async () => {
    const { data, codes } = await spec.ask(VIEWER);
    expect(codes).toEqual([]);
    expect(data['viewer']).toMatchObject({
      kind: 'KEY',
      name: 'admin',
      role: 'ADMIN',
      organisation: { id: expect.stringMatching(/^org_[0-9a-f]{32}$/), name: 'default', kind: 'SHARED' },
      scope: { isLimited: false, accounts: [], labels: [] },
      limits: { unitsPerMinute: 6_000 },
    });
    expect(listAt(data, 'viewer', 'rights')).toHaveLength(14);
  });

  it('answers nobody who gives no key', async () => {
    for (const query of [ACCOUNTS, '{ sessions { nodes { account } } }', '{ indexer { network } }', VIEWER]) {
      const { codes, text } = await spec.ask(query, {}, { as: 'NOBODY' });
      expect(codes).toEqual(['UNAUTHENTICATED']);
      expect(text).not.toContain('0xa1');
    }
  });

  it.each<[string, Record<string, string>, string]>([
    ['a JWT', { authorization: 'Bearer a.b.c' }, 'KEY_MALFORMED'],
    [
      'a key that was cut',
      { authorization: `Bearer ${demoKeyOf('ADMIN').text.slice(0, -1)}` },
      'KEY_MALFORMED',
    ],
    ['another scheme', { authorization: 'Basic YTpi' }, 'UNAUTHENTICATED'],
    ['a demo key where there is no sandbox', { 'x-api-key': demoKeyOf('ADMIN').text }, 'KEY_UNKNOWN'],
  ])('refuses %s before it reads the body', async (_what, headers, code) => {
    const answer = await post(headers, '{"query":');
    expect([answer.statusCode, at(answer.json(), 'errors', 0, 'extensions', 'code')]).toEqual([401, code]);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
  });

  it('takes no key out of the URL, the body or a cookie', async () => {
    const key = await spec.access.keyOf('ADMIN');
    const tries = [
      spec.server.app.inject({
        method: 'POST',
        url: `/graphql?key=${key}&authorization=${key}`,
        payload: { query: VIEWER },
      }),
      post({}, { query: VIEWER, variables: { key }, extensions: { authorization: `Bearer ${key}` } }),
      post({ cookie: `authorization=${key}; key=${key}` }),
    ];
    for (const answer of await Promise.all(tries))
      expect(at(answer.json(), 'errors', 0, 'extensions', 'code')).toBe('UNAUTHENTICATED');
  });

  it('lets each role ask for what it may, and says which right is missing', async () => {
    const query = `{
      accounts { nodes { address } }
      spendingSummary(account: "0xa1") { recordedFrom }
      incidents { id }
      indexer { network deadLetters }
    }`;
    const refusedTo = async (role: Role) => {
      const { codes, errors } = await spec.ask(query, {}, { as: role });
      expect(new Set(codes)).toEqual(codes.length === 0 ? new Set() : new Set(['FORBIDDEN']));
      return errors.map(({ extensions }) => extensions.details?.['right']).sort();
    };
    expect(await refusedTo('ADMIN')).toEqual([]);
    expect(await refusedTo('AUDITOR')).toEqual([]);
    for (const role of ['FINANCE', 'APPROVER'] as const)
      expect(await refusedTo(role)).toEqual(['READ_OPERATIONS', 'READ_OPERATIONS']);
    expect(await refusedTo('INTEGRATOR')).toEqual(['READ_OPERATIONS', 'READ_OPERATIONS', 'READ_SPENDING']);
  });

  it('shows a key the accounts of its organisation, and of these those in its scope', async () => {
    const other = await database.organisation('other');
    const theirs = await spec.access.makeKey(other.id, { role: 'ADMIN' });
    expect(await addressesFor(theirs.text)).toEqual([]);
    await other.follow(spec.networkId, OTHER, { label: 'till' });
    expect(await addressesFor(theirs.text)).toEqual(['0xa2']);
    expect(await addressesFor(await spec.access.keyOf('INTEGRATOR'))).toEqual(['0xa1', '0xa2']);
    const scope = { accounts: [`${spec.networkId}/0xa1`], labels: ['till'] };
    const limited = await spec.access.makeKey(1, { scope });
    expect(await addressesFor(limited.text)).toEqual(['0xa1']);
    const byLabel = await spec.access.makeKey(other.id, { scope });
    expect(await addressesFor(byLabel.text)).toEqual(['0xa2']);
    const { data } = await spec.ask(VIEWER, {}, { as: { key: limited.text } });
    expect(at(data, 'viewer', 'scope')).toEqual({ isLimited: true, accounts: ['0xa1'], labels: ['till'] });
  });

  it('lets a key work beside the one that takes its place, for the overlap', async () => {
    const old = await spec.access.makeKey(1, { role: 'AUDITOR', name: 'rotated' });
    const change = <T>(work: (work: Parameters<typeof rotateKey>[0]) => Promise<T>) =>
      inTransaction(database.db, async (trx) => {
        await actFor(trx, 1);
        return work({ trx, organisationId: 1, actor: host });
      });
    const made = await change((work) => rotateKey(work, TEST_HASHER, old.keyId, 2));
    spec.access.authenticator.forgetAll();
    for (const { text } of [old, made]) {
      const { data } = await spec.ask(VIEWER, {}, { as: { key: text } });
      expect(data['viewer']).toMatchObject({ name: 'rotated', role: 'AUDITOR' });
    }
    await delay(2_100);
    expect(await answerTo(withKey(old.text))).toEqual([401, 'KEY_EXPIRED']);
    expect((await answerTo(withKey(made.text)))[0]).toBe(200);
    const again = change((work) => rotateKey(work, TEST_HASHER, old.keyId, 2));
    await expect(again).rejects.toMatchObject({ code: 'CONFLICT' });
    await change((work) => revokeKey(work, made.keyId));
    spec.access.authenticator.forgetAll();
    expect(await answerTo(withKey(made.text))).toEqual([401, 'KEY_REVOKED']);
  });

  it('keeps no key, in the database or in the log', async () => {
    const { keyId, text } = await spec.access.makeKey(1, {});
    await spec.ask(VIEWER, {}, { as: { key: text } });
    await spec.ask(VIEWER, {}, { as: { key: `${text}x` } });
    const dumped = await database.sql`
      select k::text as row from api_keys k where key_id = ${keyId}
      union all select a::text from audit_entries a where object_id = ${keyId}`;
    expect(dumped).toHaveLength(2);
    const secret = text.slice(-38);
    expect(JSON.stringify(dumped)).not.toContain(secret);
    expect(JSON.stringify(spec.logged)).not.toContain(secret);
  });

  it('does not read the hash as the role that answers, except of the one key that is asked for', async () => {
    const client = connectPostgres({ url: database.urls.api, maxConnections: 1 });
    await expect(client`select hash from api_keys`).rejects.toThrow('permission denied');
    expect(await client`select key_id from api_keys`).toEqual([]);
    await client.end();
  });

  it('writes to the audit log who made, replaced and revoked a key', async () => {
    const { keyId } = await spec.access.makeKey(1, { name: 'audited', role: 'FINANCE' });
    const rows = await database.sql`
      select actor_kind, actor_id, action, before_text, after_text from audit_entries where object_id = ${keyId}`;
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      actor_kind: 'HOST',
      actor_id: 'spec',
      action: 'KEY_CREATED',
      before_text: null,
    });
    expect(JSON.parse(String(rows[0]?.['after_text']))).toMatchObject({ name: 'audited', role: 'FINANCE' });
  });

  it('notes when a key was used', async () => {
    const { keyId, text } = await spec.access.makeKey(1, {});
    await spec.ask(VIEWER, {}, { as: { key: text } });
    const listener = connectPostgres({ url: database.urls.api, maxConnections: 1 });
    const watch = watchKeys(spec.access.authenticator, { db: database.api, listener, onError: failed });
    await watch.listening;
    await watch.stop();
    await listener.end();
    const [row] = await database.sql`select last_used_at from api_keys where key_id = ${keyId}`;
    expect(row?.['last_used_at']).toBeInstanceOf(Date);
  });

  it('says that it cannot tell who asks while keys cannot be read', async () => {
    const broken = await createServer(
      {},
      {
        ...depsOf(),
        access: {
          authenticate: () => Promise.reject(Object.assign(new Error('x'), { code: 'ECONNREFUSED' })),
          hasher: TEST_HASHER,
        },
      },
    );
    const answer = await broken.app.inject({
      ...{ method: 'POST', url: '/graphql', headers: withKey('k'), payload: { query: VIEWER } },
    });
    expect([answer.statusCode, at(answer.json(), 'errors', 0, 'extensions', 'code')]).toEqual([
      503,
      'INDEX_UNAVAILABLE',
    ]);
    await broken.close();
  });

  it('does not start without being told who is let in', async () => {
    const open = depsOf();
    await expect(createServer({}, open as never)).rejects.toThrow('who is let in');
    await expect(createServer({}, { ...open, access: {} } as never)).rejects.toThrow('who is let in');
  });

  const depsOf = () => ({
    db: database.api,
    networks: [],
    status: { networks: () => [] },
    profiles: { find: () => undefined } as never,
    logger: spec.server.app.getHttpAdapter().getInstance().log as never,
  });
  const failed = (error: unknown): void => {
    throw error;
  };
});

describe('a key that is revoked by another process', () => {
  const database = withDatabase();
  const spec = withServer(database);
  let listener: Sql | undefined;
  let watch: ReturnType<typeof watchKeys> | undefined;
  beforeAll(async () => {
    listener = connectPostgres({ url: database.urls.api, maxConnections: 1 });
    watch = watchKeys(spec.access.authenticator, { db: database.api, listener, onError: () => undefined });
    await watch.listening;
  });
  afterAll(async () => {
    await watch?.stop();
    await listener?.end();
  });

  it('is refused before its time in memory is over', async () => {
    const { keyId, text } = await spec.access.makeKey(1, {});
    const codes = async () => (await spec.ask('{ viewer { name } }', {}, { as: { key: text } })).codes;
    expect(await codes()).toEqual([]);
    const startedMs = performance.now();
    await database.sql`update api_keys set revoked_at = now() where key_id = ${keyId}`;
    while ((await codes()).length === 0 && performance.now() - startedMs < 4_000) await delay(10);
    expect(await codes()).toEqual(['KEY_REVOKED']);
    expect(performance.now() - startedMs).toBeLessThan(2_000);
  });

  it('is refused too where the connection that listens was lost meanwhile', async () => {
    const { keyId, text } = await spec.access.makeKey(1, {});
    const codes = async () => (await spec.ask('{ viewer { name } }', {}, { as: { key: text } })).codes;
    expect(await codes()).toEqual([]);
    await database.tamper(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query ilike 'listen%'`,
    );
    await database.sql`update api_keys set revoked_at = now() where key_id = ${keyId}`;
    const startedMs = performance.now();
    while ((await codes()).length === 0 && performance.now() - startedMs < 6_000) await delay(20);
    expect(await codes()).toEqual(['KEY_REVOKED']);
  });
});

describe('the demo keys', () => {
  const database = withDatabase();

  it('are put into a sandbox, as often as it starts, and stay revoked where they were', async () => {
    const ensure = () =>
      inTransaction(database.db, async (trx) => {
        await actFor(trx, 1);
        await ensureDemoKeys(trx, 1, TEST_HASHER);
      });
    await ensure();
    await database.sql`update api_keys set revoked_at = now() where key_id = ${demoKeyOf('FINANCE').keyId}`;
    await ensure();
    const { authenticate } = testAccess(database, { sandbox: true });
    const codes = await Promise.all(
      DEMO_KEYS.map(({ text }) =>
        authenticate({ 'x-api-key': text }).then(
          (principal) => principal?.role,
          (error: unknown) => (error as { code: string }).code,
        ),
      ),
    );
    expect(codes).toEqual(ROLES.map((role) => (role === 'FINANCE' ? 'KEY_REVOKED' : role)));
    const [audited] = await database.sql`select count(*)::int as entries from audit_entries`;
    expect(audited?.['entries']).toBe(5);
  });
});
