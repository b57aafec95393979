import { describe, expect, it } from '@jest/globals';
import { withDatabase } from '#libs/testing';
import { runPurser } from '../../spec/run-purser.ts';

const OIDC = { OIDC_ISSUER: 'https://id.example', OIDC_AUDIENCE: 'purser' };

describe('purser members', () => {
  const database = withDatabase();

  const run = (args: string, more: Record<string, string> = {}) =>
    runPurser(args, { ...database.environment, ...more });

  it('lets in whom a token names, of the issuer that is set, and lists him', async () => {
    expect((await run('members list')).out).toContain('no members yet');
    const added = await run('members add --name Ada --role auditor --subject ada --label eu --json', OIDC);
    expect(added).toMatchObject({ exitCode: 0, err: '' });
    const member = JSON.parse(added.out) as { memberId: string };
    expect(member).toMatchObject({
      ...{ name: 'Ada', role: 'AUDITOR', issuer: 'https://id.example', subject: 'ada', account: null },
      scope: { accounts: [], labels: ['eu'] },
    });
    expect((await run('members list')).out).toMatch(
      /AUDITOR +Ada +ada of https:\/\/id\.example +some .* active/,
    );
    expect(await run('members add --name Ada --role auditor --subject ada', OIDC)).toMatchObject({
      exitCode: 65,
      err: expect.stringContaining('CONFLICT'),
    });
    expect((await run(`members disable ${member.memberId}`)).out).toContain('disabled');
    expect((await run(`members disable ${member.memberId}`)).exitCode).toBe(0);
    const rows = await database.sql`
      select actor_kind, action from audit_entries where object_id = ${member.memberId} order by sequence`;
    expect(rows.map((row): unknown[] => [row['actor_kind'], row['action']])).toEqual([
      ['HOST', 'MEMBER_ADDED'],
      ['HOST', 'MEMBER_DISABLED'],
    ]);
    expect((await run('audit verify')).exitCode).toBe(0);
  });

  it('lets in an account, of the network that is named', async () => {
    await database.sql`insert into networks (chain_id, genesis_hash, label) values ('0x1', '0x1', 'main')`;
    const { out } = await run(
      'members add --name Bob --role admin --account main:0x0B0B --sees-account 0x1 --json',
    );
    expect(JSON.parse(out)).toMatchObject({
      account: '0xb0b',
      networkId: 1,
      issuer: null,
      scope: { accounts: ['1/0x1'] },
    });
  });

  it.each([
    ['members add --name X', 64, 'USAGE'],
    ['members add --name X --role king --subject x', 64, 'ARGUMENT_INVALID'],
    ['members add --name X --role admin', 64, 'ARGUMENT_INVALID'],
    ['members add --name X --role admin --subject x', 64, 'OIDC_ISSUER'],
    ['members add --name X --role admin --subject x --account 0x1', 64, 'ARGUMENT_INVALID'],
    ['members add --name X --role admin --account 0x0', 65, 'INVALID_ADDRESS'],
    ['members disable nothing', 65, 'NOT_FOUND'],
  ])('answers "%s" with %d and %s', async (args, exitCode, code) => {
    expect(await run(args)).toMatchObject({ exitCode, err: expect.stringContaining(code) });
  });
});
