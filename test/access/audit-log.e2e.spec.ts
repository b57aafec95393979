import { beforeAll, describe, expect, it } from '@jest/globals';
import { ROLES } from '#libs/api';
import { withDatabase } from '#libs/testing';
import { at, listAt, withServer } from '../api/with-server.ts';

const LOG = `query ($filter: AuditFilter, $first: Int, $after: String) {
  auditLog(filter: $filter, first: $first, after: $after) {
    nodes { id sequence at actor { kind id name } action objectKind objectId before after requestId hash }
    pageInfo { hasNextPage endCursor }
    head { sequence hash }
  }
}`;

describe('the audit log over GraphQL', () => {
  const database = withDatabase();
  const spec = withServer(database);
  const made: string[] = [];
  let others = 0;

  beforeAll(async () => {
    for (let count = 0; count < 5; count += 1)
      made.push((await spec.access.makeKey(1, { name: `key ${count}` })).keyId);
    others = (await database.organisation('others')).id;
    await spec.access.makeKey(others, { name: 'theirs' });
    await spec.access.keyOf('ADMIN');
  });

  const sequences = (data: Readonly<Record<string, unknown>>) =>
    listAt(data, 'auditLog', 'nodes').map((node) => at(node, 'sequence'));

  it('tells who did what to which thing, the newest first, page by page', async () => {
    const first = await spec.ask(LOG, { first: 4 });
    expect(first.codes).toEqual([]);
    expect(sequences(first.data)).toEqual([6, 5, 4, 3]);
    expect(at(first.data, 'auditLog', 'nodes', 1)).toMatchObject({
      id: '5',
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
      actor: { kind: 'HOST', id: 'spec', name: 'spec' },
      action: 'KEY_CREATED',
      objectKind: 'API_KEY',
      objectId: made[4],
      before: null,
      after: expect.stringContaining('key 4'),
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(at(first.data, 'auditLog', 'head', 'sequence')).toBe(6);
    const after = at(first.data, 'auditLog', 'pageInfo', 'endCursor');
    const second = await spec.ask(LOG, { first: 4, after });
    expect(sequences(second.data)).toEqual([2, 1]);
    expect(at(second.data, 'auditLog', 'pageInfo', 'hasNextPage')).toBe(false);
  });

  it('tells of one thing, one actor, one action', async () => {
    const filter = { objectKind: 'API_KEY', objectId: made[2], actorId: 'spec', action: 'KEY_CREATED' };
    expect(sequences((await spec.ask(LOG, { filter })).data)).toEqual([3]);
    expect(sequences((await spec.ask(LOG, { filter: { ...filter, action: 'KEY_REVOKED' } })).data)).toEqual(
      [],
    );
  });

  it('shows an organisation its own log, and takes no cursor of another', async () => {
    const theirs = await spec.access.makeKey(others, { role: 'AUDITOR' });
    const { data } = await spec.ask(LOG, {}, { as: { key: theirs.text } });
    expect(sequences(data)).toEqual([2, 1]);
    const mine = await spec.ask(LOG, { first: 1 });
    const after = at(mine.data, 'auditLog', 'pageInfo', 'endCursor');
    expect((await spec.ask(LOG, { after }, { as: { key: theirs.text } })).codes).toEqual(['BAD_CURSOR']);
    expect((await spec.ask(LOG, { after, filter: { actorId: 'x' } })).codes).toEqual(['BAD_CURSOR']);
  });

  it('is for admins and auditors who see the whole organisation', async () => {
    for (const role of ROLES) {
      const { codes } = await spec.ask(LOG, {}, { as: role });
      expect([role, codes]).toEqual([role, role === 'ADMIN' || role === 'AUDITOR' ? [] : ['FORBIDDEN']]);
    }
    const limited = await spec.access.makeKey(1, { scope: { accounts: [], labels: ['x'] } });
    expect((await spec.ask(LOG, {}, { as: { key: limited.text } })).codes).toEqual(['FORBIDDEN']);
    expect((await spec.ask(LOG, {}, { as: 'NOBODY' })).codes).toEqual(['UNAUTHENTICATED']);
  });

  it('refuses a page that is none', async () => {
    for (const first of [0, 101]) expect((await spec.ask(LOG, { first })).codes).toEqual(['BAD_INPUT']);
  });
});
