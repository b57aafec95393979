import { beforeAll, describe, expect, it } from '@jest/globals';
import { withDatabase, withLogins } from '#libs/testing';
import { requireSafeApiRole } from '../index.ts';

describe('the role of the API', () => {
  const database = withDatabase();
  const logins = withLogins(database);
  let url: string;

  /** What is said against the role, one fault for each. */
  const faultsOf = async (asked: string): Promise<readonly string[]> => {
    try {
      await requireSafeApiRole({ url: asked });
      return [];
    } catch (error) {
      expect(error).toMatchObject({ code: 'API_ROLE_UNSAFE' });
      return (error as Error).message.replace(/^the API must not run as [a-z0-9_]+: /, '').split('; ');
    }
  };

  /** Does something as the superuser, asks, and undoes it. */
  const faultsAfter = async (change: string, undo: string): Promise<readonly string[]> => {
    await database.tamper(change);
    try {
      return await faultsOf(url);
    } finally {
      await database.tamper(undo);
    }
  };

  beforeAll(async () => {
    url = await logins.create();
  });

  it('is a member of purser_api and nothing more', async () => {
    expect(await faultsOf(url)).toEqual([]);
  });

  it('is none that stands above row-level security, or could come to', async () => {
    expect(await faultsOf(await logins.create('superuser in role purser_api'))).toEqual([
      'it is a superuser',
    ]);
    expect(await faultsOf(await logins.create('bypassrls in role purser_api'))).toEqual([
      'it may bypass row-level security',
    ]);
    expect(await faultsOf(await logins.create('createrole in role purser_api'))).toEqual([
      'it may make and change roles',
    ]);
    const above = new URL(await logins.create('bypassrls')).username;
    const below = await logins.create(`in role purser_api, ${above}`);
    expect(await faultsOf(below)).toEqual([`${above} may bypass row-level security`]);
    expect(await faultsOf(await logins.create('in role purser_api, pg_read_server_files'))).toEqual([
      'pg_read_server_files reaches past every grant',
    ]);
  });

  it('is not the owner, nor a member of it', async () => {
    const owner = await faultsOf(database.url);
    for (const object of [
      'table follows',
      'table uses',
      'function audit_append(',
      'schema public',
      'database spec_',
    ]) {
      expect(owner.some((fault) => fault.startsWith(`it owns the ${object}`))).toBe(true);
    }
    expect(owner).toContain('it is no member of purser_api, or does not inherit from it');
    const member = await faultsOf(
      await logins.create(`in role purser_api, ${new URL(database.url).username}`),
    );
    expect(member).toContain('it owns the table follows');
  });

  it('has the rights of purser_api', async () => {
    const missing = 'it is no member of purser_api, or does not inherit from it';
    expect(await faultsOf(await logins.create(''))).toContain(missing);
    expect(await faultsOf(await logins.create('noinherit in role purser_api'))).toContain(missing);
  });

  it('meets row-level security that is on, forced, and asks for the organisation', async () => {
    const on = 'alter table follows enable row level security';
    expect(await faultsAfter('alter table follows disable row level security', on)).toEqual([
      'row-level security of follows is off',
    ]);
    const force = 'alter table api_keys force row level security';
    expect(await faultsAfter('alter table api_keys no force row level security', force)).toEqual([
      'row-level security of api_keys is not forced',
    ]);
    expect(
      await faultsAfter('create policy wide on follows using (true)', 'drop policy wide on follows'),
    ).toEqual(['the policy wide of follows does not ask for current_organisation()']);
    expect(
      await faultsAfter(
        'create policy wide on accounts to purser_api using (true)',
        'drop policy wide on accounts',
      ),
    ).toEqual(['the policy wide of accounts does not ask for follows']);
    const rename = [
      'alter policy of_organisation on members to purser_indexer',
      'alter policy of_organisation on members to purser_api',
    ];
    expect(await faultsAfter(rename[0] ?? '', rename[1] ?? '')).toEqual(['members has no policy for it']);
  });

  it('may do no more than the table policy says', async () => {
    const cases = {
      'grant select on alerts to purser_api': [
        'revoke select on alerts from purser_api',
        'it may SELECT alerts',
      ],
      'grant delete on uses to public': ['revoke delete on uses from public', 'it may DELETE uses'],
      'grant truncate on follows to purser_api': [
        'revoke truncate on follows from purser_api',
        'it may TRUNCATE follows',
      ],
      'grant select (hash) on api_keys to purser_api': [
        'revoke select (hash) on api_keys from purser_api',
        'it may SELECT api_keys.hash',
      ],
      'grant create on schema public to public': [
        'revoke create on schema public from public',
        'it may create in the schema public',
      ],
      'grant execute on function follow_class() to public': [
        'revoke execute on function follow_class() from public',
        'it may call follow_class',
      ],
    };
    for (const [change, [undo, fault]] of Object.entries(cases)) {
      expect(await faultsAfter(change, undo ?? '')).toEqual([fault]);
    }
  });

  it('meets no table and no function with the rights of the owner that nobody thought of', async () => {
    expect(await faultsAfter('create table extra ()', 'drop table extra')).toEqual([
      'the table extra has no rule',
    ]);
    expect(await faultsAfter('create view extra as select * from follows', 'drop view extra')).toEqual([
      'the table extra has no rule',
    ]);
    const definer = `create function extra() returns bigint language sql security definer return (select count(*) from follows)`;
    expect(await faultsAfter(definer, 'drop function extra()')).toEqual([
      "the function extra runs with its owner's rights and has no rule",
    ]);
  });

  it('is told every fault at once', async () => {
    await database.tamper('alter table follows disable row level security; grant select on alerts to public');
    expect(await faultsOf(await logins.create('bypassrls in role purser_api'))).toEqual([
      'it may bypass row-level security',
      'row-level security of follows is off',
      'it may SELECT alerts',
    ]);
    await database.tamper(
      'alter table follows enable row level security; revoke select on alerts from public',
    );
  });
});
