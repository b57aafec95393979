import { describe, expect, it } from '@jest/globals';
import { testAccess, withDatabase } from '#libs/testing';
import { runPurser } from '../../spec/run-purser.ts';

describe('purser keys', () => {
  const database = withDatabase();

  const run = (args: string, more: Record<string, string> = {}) =>
    runPurser(args, { ...database.environment, ...more });
  const create = async (args: string): Promise<{ keyId: string; key: string }> => {
    const { out, err } = await run(`keys create ${args} --json`);
    expect(err).toBe('');
    return JSON.parse(out) as { keyId: string; key: string };
  };
  const codeOf = (key: string) =>
    testAccess(database)
      .authenticate({ 'x-api-key': key })
      .then(
        (principal) => principal?.role,
        (error: unknown) => (error as { code: string }).code,
      );

  it('makes a key that the service takes, and shows it once', async () => {
    const { exitCode, out, err } = await run('keys create --role auditor --name books');
    expect([exitCode, out]).toEqual([0, expect.stringMatching(/^pur_live_\w{51}$/)]);
    expect(err).toContain('shown this once');
    expect(await codeOf(out)).toBe('AUDITOR');
    const listed = await run('keys list');
    expect(listed.out).toContain('books');
    expect(listed.out).not.toContain(out.slice(-38));
    expect((await run('keys list --json')).out).not.toContain(out.slice(-38));
  });

  it('makes a key that ends, and one of a part of the accounts', async () => {
    const { keyId } = await create('--role finance --expires 90d');
    const [row] = await database.sql`
      select extract(epoch from expires_at - created_at)::float8 as seconds from api_keys where key_id = ${keyId}`;
    expect(Number(row?.['seconds'])).toBeCloseTo(90 * 86_400, -2);
    await database.sql`insert into networks (chain_id, genesis_hash, label) values ('0x1', '0x1', 'main')`;
    const limited = await create('--role integrator --account main:0x0A1 0xb2 --label till');
    const [scope] = await database.sql`
      select scope_accounts, scope_labels from api_keys where key_id = ${limited.keyId}`;
    expect(scope).toEqual({ scope_accounts: ['1/0xa1', '1/0xb2'], scope_labels: ['till'] });
  });

  it('rotates and revokes', async () => {
    const old = await create('--role approver');
    const { out } = await run(`keys rotate ${old.keyId} --overlap 1h --json`);
    const made = JSON.parse(out) as { key: string; replaces: string };
    expect(made.replaces).toBe(old.keyId);
    expect([await codeOf(old.key), await codeOf(made.key)]).toEqual(['APPROVER', 'APPROVER']);
    expect((await run(`keys rotate ${old.keyId}`)).exitCode).toBe(65);
    expect(await run(`keys revoke ${old.keyId}`)).toMatchObject({ exitCode: 0 });
    expect([await codeOf(old.key), await codeOf(made.key)]).toEqual(['KEY_REVOKED', 'APPROVER']);
    expect((await run(`keys revoke ${old.keyId}`)).exitCode).toBe(0);
  });

  it('is written to the audit log as done on the host', async () => {
    const { keyId } = await create('--role admin');
    await run(`keys revoke ${keyId}`);
    const rows = await database.sql<{ actor_kind: string; action: string }[]>`
      select actor_kind, action from audit_entries where object_id = ${keyId} order by sequence`;
    expect(rows.map(({ actor_kind, action }) => [actor_kind, action])).toEqual([
      ['HOST', 'KEY_CREATED'],
      ['HOST', 'KEY_REVOKED'],
    ]);
  });

  it.each([
    ['keys create', 64, 'USAGE'],
    ['keys create --role king', 64, 'ARGUMENT_INVALID'],
    ['keys create --role admin --expires soon', 64, 'ARGUMENT_INVALID'],
    ['keys create --role admin --account 0x0', 65, 'INVALID_ADDRESS'],
    ['keys create --role admin --organisation nobody', 65, 'NOT_FOUND'],
    ['keys revoke nothing', 65, 'NOT_FOUND'],
    ['keys rotate nothing', 65, 'NOT_FOUND'],
  ])('answers "%s" with %d and %s', async (args, exitCode, code) => {
    const { exitCode: ended, err } = await run(args);
    expect([ended, err]).toEqual([exitCode, expect.stringContaining(code)]);
  });

  it('refuses to make keys that the service would not know', async () => {
    const { exitCode, err } = await run('keys create --role admin', { KEY_PEPPER: '' });
    expect([exitCode, err]).toEqual([78, expect.stringContaining('KEY_PEPPER')]);
  });
});
