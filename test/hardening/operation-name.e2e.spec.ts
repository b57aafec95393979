import { beforeAll, describe, expect, it } from '@jest/globals';
import { withDatabase } from '#libs/testing';
import { HEAD, withServer } from '../api/with-server.ts';
import { openPeer } from './socket-peer.ts';

const TWO = 'query Name { viewer { name } } query Role { viewer { role } } ';
const SHARED = `query Name { viewer { ...n } } query Role { viewer { ...r } }
  fragment n on Viewer { name } fragment r on Viewer { role }`;
const NAME = { viewer: { name: 'admin' } };
const ROLE = { viewer: { role: 'ADMIN' } };

/** Compiled documents are kept by their text; what is asked is said by operationName too. */
describe.each([0, 1])('documents of several operations, compiled after %s', (compileAfter) => {
  const spec = withServer(withDatabase(), { settings: { port: 0, compileAfter } });
  let url = '';
  let key = '';

  beforeAll(async () => {
    await spec.rows.head(spec.networkId, HEAD);
    url = `${(await spec.server.listen()).url}/graphql`;
    key = await spec.access.keyOf('ADMIN');
  });

  const overHttp = async (query: string, operationName: string): Promise<unknown> => {
    const headers = { 'content-type': 'application/json', 'x-api-key': key };
    const answer = await fetch(url, {
      method: 'POST',
      headers,
      body: JSON.stringify({ query, operationName }),
    });
    return ((await answer.json()) as { data: unknown }).data;
  };

  it.each([
    ['in their order', TWO, ['Name', 'Role', 'Name', 'Role', 'Name', 'Role']],
    ['the other way round', `${TWO}#`, ['Role', 'Name', 'Role', 'Name', 'Role', 'Name']],
    ['one often, then the other', `${TWO}##`, ['Name', 'Name', 'Name', 'Name', 'Role', 'Role']],
    ['with fragments of their own', SHARED, ['Name', 'Role', 'Name', 'Role', 'Role', 'Name']],
  ])('run the one that was named, %s', async (_how, query, names) => {
    const peer = await openPeer(url);
    await peer.init(key);
    for (const [index, name] of names.entries()) {
      const wanted = name === 'Name' ? NAME : ROLE;
      expect(await overHttp(query, name)).toEqual(wanted);
      const [answer] = await peer.ask(`${index}`, { query, operationName: name });
      expect(answer?.payload).toEqual({ data: wanted });
    }
    await peer.close();
  });

  it('answer the same whether compiled or not, with variables of each time', async () => {
    const query =
      'query Q($n: Int, $no: Boolean = false) { sessions(first: $n) { nodes { account } pageInfo { hasNextPage } } viewer @skip(if: $no) { name } }';
    const ask = (variables: Record<string, unknown>) => spec.ask(query, variables);
    for (const variables of [{ n: 1 }, { n: 2, no: true }, { n: 3, no: false }, { no: true }, {}]) {
      const { data, codes } = await ask(variables);
      expect(codes).toEqual([]);
      expect(data['viewer']).toEqual(variables.no === true ? undefined : { name: 'admin' });
    }
    expect((await ask({ n: 0 })).codes).toEqual(['BAD_INPUT']);
    expect((await ask({ n: 'x' })).codes).toEqual(['BAD_INPUT']);
  });
});
