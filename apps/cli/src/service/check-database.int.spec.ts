import { describe, expect, it } from '@jest/globals';
import { withDatabase } from '#libs/testing';
import { checkDatabase } from './check-database.ts';

describe('looking at a database', () => {
  const database = withDatabase();
  const other = withDatabase({ migrated: false });

  const check = async (urls: Partial<typeof database.urls>) => {
    const checks = await checkDatabase({ urls, embedded: false, stopNow: () => undefined });
    const by = (state: string) => checks.filter((one) => one.state === state);
    return {
      right: by('RIGHT').map(({ what }) => what),
      wrong: by('WRONG').map(({ what }) => what),
      says: checks.map(({ says }) => says).join('\n'),
    };
  };

  it('finds nothing where each part has its own role', async () => {
    expect(await check(database.urls)).toMatchObject({
      right: ['roles', 'schema', 'indexer', 'API', 'one database'],
      wrong: [],
    });
  });

  it('says what the role of the API may too much', async () => {
    const { owner } = database.urls;
    const { wrong, says } = await check({ owner, indexer: owner, api: owner });
    expect(wrong).toEqual(['API']);
    expect(says).toMatch(/it owns the table follows.*API_ROLE_UNSAFE/);
  });

  it('says that what indexes may not', async () => {
    const { owner, api } = database.urls;
    expect(await check({ owner, indexer: api, api })).toMatchObject({ wrong: ['indexer'] });
  });

  it('looks at the one URL that there is', async () => {
    expect(await check({ api: database.urls.api })).toMatchObject({
      right: ['roles', 'schema', 'API'],
      wrong: [],
    });
  });

  it('says that the schema is not there yet, and no more than that', async () => {
    const { wrong, says } = await check(other.urls);
    expect(wrong).toEqual(['schema']);
    expect(says).toContain('purser migrate');
  });

  it('says that two URLs are of two databases, though everything else is right', async () => {
    const { owner, indexer } = other.urls;
    const { wrong, says } = await check({ ...database.urls, owner, indexer });
    expect(wrong).toEqual(['schema', 'one database']);
    expect(says).toContain('not the database of the owner: api');
  });

  it('names the fault of a server that is not there', async () => {
    const { wrong, says } = await check({ api: 'postgres://nobody:hunter2@127.0.0.1:1/none' });
    expect(wrong).toEqual(['roles', 'schema']);
    expect(says).toContain('CONNECTION_FAILED');
    expect(says).not.toContain('hunter2');
  });
});
