import { beforeAll, describe, expect, it } from '@jest/globals';
import { withDatabase } from '#libs/testing';
import { type AuditResult, auditServer } from 'graphql-http';
import { withServer } from '../api/with-server.ts';

/** What the specification allows or recommends, and why it is done otherwise here. */
const NO_GET = 'questions are sent by POST: a GET could be sent by any page';
const SAYS_SO =
  'a request that is refused has a status that says so, also for clients from before the specification';
const OTHERWISE: Readonly<Record<string, string>> = {
  '5A70 MAY accept application/x-www-form-urlencoded formatted GET requests': NO_GET,
  'D6D5 MAY allow URL-encoded JSON string {variables} parameter in GETs when accepting application/graphql-response+json':
    NO_GET,
  '6A70 MAY allow URL-encoded JSON string {variables} parameter in GETs when accepting application/json':
    NO_GET,
  '572B SHOULD use 200 status code on document parsing failure when accepting application/json': SAYS_SO,
  'FDE2 SHOULD use 200 status code on document validation failure when accepting application/json': SAYS_SO,
  '7B9B SHOULD use a status code of 200 on variable coercion failure when accepting application/json':
    SAYS_SO,
};

describe('GraphQL over HTTP as the specification has it', () => {
  const spec = withServer(withDatabase(), { settings: { port: 0 } });
  let results: readonly AuditResult[] = [];

  beforeAll(async () => {
    const { url } = await spec.server.listen();
    const key = await spec.access.keyOf('ADMIN');
    const withKey: typeof fetch = (input, init) =>
      fetch(input, { ...init, headers: { ...(init?.headers as Record<string, string>), 'x-api-key': key } });
    results = await auditServer({ url: `${url}/graphql`, fetchFn: withKey });
  });

  it('fulfils everything that it must', () => {
    const musts = results.filter(({ name }) => name.startsWith('MUST'));
    // As many as graphql-http 1.23.1 has: none may be left out by a change of its own.
    expect(musts).toHaveLength(13);
    expect(musts.filter(({ status }) => status !== 'ok')).toEqual([]);
  });

  it('does otherwise only where that was decided', () => {
    const others = results.filter(({ status }) => status !== 'ok').map(({ id, name }) => `${id} ${name}`);
    expect(others).toEqual(Object.keys(OTHERWISE));
  });
});
