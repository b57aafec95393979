import { beforeAll, describe, expect, it } from '@jest/globals';
import { ROLES } from '#libs/api';
import { withDatabase } from '#libs/testing';
import { at, listAt, withServer } from '../api/with-server.ts';

const CREATE_KEY = `mutation ($input: ApiKeyInput!) { createApiKey(input: $input) { key apiKey {
  id kind name role createdBy expiresAt createdAt revokedAt scope { isLimited accounts labels } } } }`;
const ROTATE_KEY = `mutation ($id: ID!, $overlap: Count!) { rotateApiKey(id: $id, overlapSeconds: $overlap) { key apiKey { id role } } }`;
const REVOKE_KEY = 'mutation ($id: ID!) { revokeApiKey(id: $id) { id revokedAt } }';
const KEYS = `query ($first: Int, $after: String, $all: Boolean) { apiKeys(first: $first, after: $after, includeRevoked: $all) {
  nodes { id name replacedBy revokedAt memberId lastUsedAt unitsPerMinute } pageInfo { hasNextPage endCursor } } }`;
const ADD_MEMBER = `mutation ($input: MemberInput!) { addMember(input: $input) {
  id name role issuer subject account chainId createdAt disabledAt scope { isLimited accounts labels } } }`;
const SET_ROLE = `mutation ($id: ID!, $role: Role!, $scope: ScopeInput) { setMemberRole(id: $id, role: $role, scope: $scope) {
  id role scope { isLimited labels } } }`;
const DISABLE = 'mutation ($id: ID!) { disableMember(id: $id) { id disabledAt } }';
const MEMBERS = `query ($first: Int, $after: String) { members(first: $first, after: $after) {
  nodes { id name role } pageInfo { hasNextPage endCursor } } }`;
const RENAME = 'mutation ($input: OrganisationInput!) { updateOrganisation(input: $input) { id name kind } }';
const ADA = { name: 'Ada', role: 'AUDITOR', issuer: 'https://id.example', subject: 'ada' };

describe('people and keys over GraphQL', () => {
  const database = withDatabase();
  const spec = withServer(database);
  let others = 0;
  let theirs = '';

  beforeAll(async () => {
    others = (await database.organisation('others')).id;
    theirs = (await spec.access.makeKey(others, { name: 'theirs' })).text;
  });

  const lastEntry = async (organisationId = 1) => {
    const [row] = await database.sql`
      select action, actor_kind, actor_name, object_kind, object_id, before_text, after_text, request_id from audit_entries
      where organisation_id = ${organisationId} order by sequence desc limit 1`;
    return row;
  };
  const entries = async (): Promise<number> => {
    const [row] = await database.sql`select count(*)::int as n from audit_entries`;
    return Number(row?.['n']);
  };
  const createKey = async (input: object) => {
    const { data, codes } = await spec.ask(CREATE_KEY, { input });
    expect(codes).toEqual([]);
    return {
      key: String(at(data, 'createApiKey', 'key')),
      id: String(at(data, 'createApiKey', 'apiKey', 'id')),
      data,
    };
  };
  const addMember = async (input: object): Promise<string> => {
    const { data, codes } = await spec.ask(ADD_MEMBER, { input });
    expect(codes).toEqual([]);
    return String(at(data, 'addMember', 'id'));
  };

  it('makes a key that works, tells its secret once, and writes down who made it', async () => {
    const scope = { accounts: ['0xa1'], labels: ['till'] };
    const { key, id, data } = await createKey({
      name: 'books',
      role: 'FINANCE',
      expiresInSeconds: 3_600,
      scope,
    });
    expect(at(data, 'createApiKey', 'apiKey')).toMatchObject({
      ...{
        kind: 'LIVE',
        name: 'books',
        role: 'FINANCE',
        createdBy: expect.stringMatching(/^KEY:\w{12}$/),
        revokedAt: null,
      },
      scope: { isLimited: true, accounts: ['0xa1'], labels: ['till'] },
    });
    const made = at(data, 'createApiKey', 'apiKey') as { createdAt: string; expiresAt: string };
    expect(Math.abs(Number(made.expiresAt) - Number(made.createdAt) - 3_600)).toBeLessThan(30);
    const viewer = await spec.ask('{ viewer { name role scope { labels } } }', {}, { as: { key } });
    expect(viewer.data['viewer']).toEqual({ name: 'books', role: 'FINANCE', scope: { labels: ['till'] } });
    const entry = await lastEntry();
    expect(entry).toMatchObject({
      ...{ action: 'KEY_CREATED', actor_kind: 'KEY', actor_name: 'admin', object_id: id, before_text: null },
      request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    const secret = key.slice(-38);
    expect(JSON.stringify(entry)).not.toContain(secret);
    expect(JSON.stringify(spec.logged)).not.toContain(secret);
    expect((await spec.ask(KEYS, { first: 100 })).text).not.toContain(secret);
    expect(JSON.stringify(await database.sql`select k::text from api_keys k`)).not.toContain(secret);
  });

  it('rotates and revokes, each once', async () => {
    const old = await createKey({ name: 'turning', role: 'APPROVER' });
    const { data } = await spec.ask(ROTATE_KEY, { id: old.id, overlap: 60 });
    const made = {
      key: String(at(data, 'rotateApiKey', 'key')),
      id: String(at(data, 'rotateApiKey', 'apiKey', 'id')),
    };
    expect(await lastEntry()).toMatchObject({ action: 'KEY_ROTATED', object_id: old.id });
    for (const { key } of [old, made])
      expect((await spec.ask('{ viewer { role } }', {}, { as: { key } })).data['viewer']).toEqual({
        role: 'APPROVER',
      });
    expect((await spec.ask(ROTATE_KEY, { id: old.id, overlap: 60 })).codes).toEqual(['CONFLICT']);
    expect((await spec.ask(ROTATE_KEY, { id: made.id, overlap: 2_592_001 })).codes).toEqual(['BAD_INPUT']);
    expect(at((await spec.ask(REVOKE_KEY, { id: made.id })).data, 'revokeApiKey', 'revokedAt')).toMatch(
      /^\d+$/,
    );
    const before = await entries();
    expect((await spec.ask(REVOKE_KEY, { id: made.id })).codes).toEqual([]);
    expect(await entries()).toBe(before);
    spec.access.authenticator.forgetAll();
    expect((await spec.ask('{ viewer { role } }', {}, { as: { key: made.key } })).codes).toEqual([
      'KEY_REVOKED',
    ]);
    const nodes = async (all: boolean) =>
      listAt((await spec.ask(KEYS, { first: 100, all })).data, 'apiKeys', 'nodes').map((node) =>
        at(node, 'id'),
      );
    expect(await nodes(false)).not.toContain(made.id);
    expect(await nodes(true)).toEqual(expect.arrayContaining([made.id, old.id]));
  });

  it('pages through keys that were made in the same moment', async () => {
    await database.sql`update api_keys set created_at = '2026-11-01T00:00:00.123457Z' where organisation_id = 1`;
    const seen: unknown[] = [];
    for (let after: unknown = null; ; ) {
      const { data, codes } = await spec.ask(KEYS, { first: 2, after, all: true });
      expect(codes).toEqual([]);
      seen.push(...listAt(data, 'apiKeys', 'nodes').map((node) => at(node, 'id')));
      if (at(data, 'apiKeys', 'pageInfo', 'hasNextPage') !== true) break;
      after = at(data, 'apiKeys', 'pageInfo', 'endCursor');
    }
    const all = await database.sql<{ key_id: string }[]>`
      select key_id from api_keys where organisation_id = 1 order by key_id collate "C"`;
    expect([...seen].sort()).toEqual(all.map(({ key_id }) => key_id));
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('adds a member by a subject or by an account, changes what he may do, and disables him', async () => {
    const { data, codes } = await spec.ask(ADD_MEMBER, { input: ADA });
    expect(codes).toEqual([]);
    const ada = String(at(data, 'addMember', 'id'));
    expect(at(data, 'addMember')).toMatchObject({ ...ADA, account: null, chainId: null, disabledAt: null });
    expect(await lastEntry()).toMatchObject({ action: 'MEMBER_ADDED', object_id: ada, before_text: null });
    const byAccount = await spec.ask(ADD_MEMBER, {
      input: { name: 'Bob', role: 'FINANCE', account: '0xb0b' },
    });
    expect(at(byAccount.data, 'addMember')).toMatchObject({
      account: '0xb0b',
      chainId: expect.stringMatching(/^0x/),
      issuer: null,
    });
    const changed = await spec.ask(SET_ROLE, { id: ada, role: 'FINANCE', scope: { labels: ['eu'] } });
    expect(at(changed.data, 'setMemberRole')).toEqual({
      id: ada,
      role: 'FINANCE',
      scope: { isLimited: true, labels: ['eu'] },
    });
    const entry = await lastEntry();
    expect(entry).toMatchObject({ action: 'MEMBER_CHANGED', object_id: ada });
    expect(JSON.parse(String(entry?.['before_text']))).toEqual({ role: 'AUDITOR', scope: null });
    expect(JSON.parse(String(entry?.['after_text']))).toEqual({
      role: 'FINANCE',
      scope: { accounts: [], labels: ['eu'] },
    });
    expect(at((await spec.ask(DISABLE, { id: ada })).data, 'disableMember', 'disabledAt')).toMatch(/^\d+$/);
    expect(await lastEntry()).toMatchObject({ action: 'MEMBER_DISABLED', object_id: ada });
    const before = await entries();
    expect((await spec.ask(DISABLE, { id: ada })).codes).toEqual([]);
    expect(await entries()).toBe(before);
    expect((await spec.ask(SET_ROLE, { id: ada, role: 'ADMIN' })).codes).toEqual(['CONFLICT']);
    expect((await spec.ask(ADD_MEMBER, { input: ADA })).codes).toEqual(['CONFLICT']);
    const seen: unknown[] = [];
    for (let after: unknown = null, more: unknown = true; more === true; ) {
      const page = (await spec.ask(MEMBERS, { first: 1, after })).data;
      seen.push(...listAt(page, 'members', 'nodes').map((node) => at(node, 'name')));
      after = at(page, 'members', 'pageInfo', 'endCursor');
      more = at(page, 'members', 'pageInfo', 'hasNextPage');
    }
    expect(seen.sort()).toEqual(['Ada', 'Bob']);
  });

  it.each<[string, object]>([
    ['nobody', { issuer: undefined, subject: undefined }],
    ['a subject of no issuer', { issuer: undefined }],
    ['two at once', { account: '0x1' }],
    ['an empty subject', { subject: '' }],
    ['a name of blanks', { name: '  ' }],
    ['a name with a zero byte', { name: 'a\u0000b' }],
    ['a subject with a zero byte', { subject: 'a\u0000b' }],
    ['a scope that names nothing', { scope: {} }],
    ['a label with a zero byte', { scope: { labels: ['\u0000'] } }],
    ['101 labels', { scope: { labels: Array.from({ length: 101 }, () => 'x') } }],
  ])('lets in no %s', async (_what, change) => {
    expect((await spec.ask(ADD_MEMBER, { input: { ...ADA, subject: 'new', ...change } })).codes).toEqual([
      'BAD_INPUT',
    ]);
  });

  it.each<[string, string, object]>([
    ['a name that is too long', CREATE_KEY, { input: { name: 'x'.repeat(101), role: 'ADMIN' } }],
    ['a life of nothing', CREATE_KEY, { input: { name: 'x', role: 'ADMIN', expiresInSeconds: 0 } }],
    [
      'a life without an end',
      CREATE_KEY,
      { input: { name: 'x', role: 'ADMIN', expiresInSeconds: 400_000_000 } },
    ],
    [
      'a filter with a zero byte',
      `query ($f: AuditFilter) { auditLog(filter: $f) { nodes { id } } }`,
      { f: { actorId: '\u0000' } },
    ],
    ['an organisation without a name', RENAME, { input: { name: '' } }],
  ])('refuses %s', async (_what, query, variables) => {
    expect((await spec.ask(query, { ...variables })).codes).toEqual(['BAD_INPUT']);
  });

  it.each<[string, string, object]>([
    ['revokeApiKey', REVOKE_KEY, {}],
    ['rotateApiKey', ROTATE_KEY, { overlap: 1 }],
    ['setMemberRole', SET_ROLE, { role: 'ADMIN' }],
    ['disableMember', DISABLE, {}],
  ])(
    'finds nothing of another organisation, and nothing that never was: %s',
    async (_what, query, variables) => {
      const key = await createKey({ name: 'mine', role: 'ADMIN' });
      const member = await addMember({ ...ADA, subject: `of ${_what}` });
      const before = await entries();
      for (const id of [key.id, member, 'AAAAAAAAAAAA', `mem_${'0'.repeat(32)}`, '\u0000', ''])
        expect((await spec.ask(query, { id, ...variables }, { as: { key: theirs } })).codes).toEqual([
          'NOT_FOUND',
        ]);
      expect(await entries()).toBe(before);
    },
  );

  it('shows each organisation its own people and keys, and takes no cursor of another', async () => {
    const { text } = await spec.ask(KEYS, { first: 100, all: true }, { as: { key: theirs } });
    expect(text).toContain('theirs');
    expect(text).not.toContain('books');
    expect((await spec.ask(MEMBERS, {}, { as: { key: theirs } })).data).toMatchObject({
      members: { nodes: [] },
    });
    const after = at((await spec.ask(KEYS, { first: 1 })).data, 'apiKeys', 'pageInfo', 'endCursor');
    expect((await spec.ask(KEYS, { after }, { as: { key: theirs } })).codes).toEqual(['BAD_CURSOR']);
  });

  it('lets nobody but an admin change anything, nor one who sees a part of the accounts', async () => {
    const limited = (await spec.access.makeKey(1, { scope: { accounts: [], labels: ['x'] } })).text;
    const changes: readonly (readonly [string, object])[] = [
      [CREATE_KEY, { input: { name: 'x', role: 'INTEGRATOR' } }],
      [ROTATE_KEY, { id: 'x', overlap: 1 }],
      [REVOKE_KEY, { id: 'x' }],
      [ADD_MEMBER, { input: ADA }],
      [SET_ROLE, { id: 'x', role: 'ADMIN' }],
      [DISABLE, { id: 'x' }],
      [RENAME, { input: { name: 'x' } }],
    ];
    const before = await entries();
    for (const [query, variables] of changes) {
      for (const role of ROLES.filter((other) => other !== 'ADMIN'))
        expect((await spec.ask(query, { ...variables }, { as: role })).codes).toEqual(['FORBIDDEN']);
      expect((await spec.ask(query, { ...variables }, { as: { key: limited } })).codes).toEqual([
        'FORBIDDEN',
      ]);
      expect((await spec.ask(query, { ...variables }, { as: 'NOBODY' })).codes).toEqual(['UNAUTHENTICATED']);
    }
    // Keys for the roles of this spec are made as they are first asked for.
    expect((await entries()) - before).toBeLessThanOrEqual(ROLES.length);
    for (const role of ROLES) {
      const codes = role === 'ADMIN' || role === 'AUDITOR' ? [] : ['FORBIDDEN'];
      for (const query of [KEYS, MEMBERS])
        expect((await spec.ask(query, {}, { as: role })).codes).toEqual(codes);
    }
  });

  it('renames the organisation, and writes it down', async () => {
    const renamed = await spec.ask(RENAME, { input: { name: ' Others Ltd ' } }, { as: { key: theirs } });
    expect(at(renamed.data, 'updateOrganisation')).toMatchObject({ name: 'Others Ltd', kind: 'SHARED' });
    expect(await lastEntry(others)).toMatchObject({
      ...{
        action: 'ORGANISATION_CHANGED',
        before_text: '{"name": "others"}',
        after_text: '{"name": "Others Ltd"}',
      },
    });
  });

  it('gives a personal organisation five keys, and no people', async () => {
    const [row] = await database.sql<{ organisation_id: number }[]>`
      insert into organisations (name, kind, network_id, account) values ('0xabc', 'PERSONAL', ${spec.networkId}, '0xabc')
      returning organisation_id`;
    const own = await spec.access.makeKey(row?.organisation_id ?? 0, {});
    const as = { key: own.text };
    const create = () => spec.ask(CREATE_KEY, { input: { name: 'x', role: 'ADMIN' } }, { as });
    const answers = await Promise.all(Array.from({ length: 6 }, create));
    expect(answers.flatMap(({ codes }) => codes)).toEqual(['CONFLICT', 'CONFLICT']);
    expect((await spec.ask(ADD_MEMBER, { input: ADA }, { as })).codes).toEqual(['FORBIDDEN']);
    expect((await spec.ask(RENAME, { input: { name: 'x' } }, { as })).codes).toEqual(['CONFLICT']);
  });

  it('takes the change back where it cannot be written down', async () => {
    const before = await database.sql`select count(*)::int as n from api_keys`;
    await database.tamper(`alter table audit_entries rename to audit_entries_away`);
    const { codes } = await spec.ask(CREATE_KEY, { input: { name: 'lost', role: 'ADMIN' } });
    await database.tamper(`alter table audit_entries_away rename to audit_entries`);
    expect(codes).toEqual(['INTERNAL']);
    expect(await database.sql`select count(*)::int as n from api_keys`).toEqual(before);
  });
});
