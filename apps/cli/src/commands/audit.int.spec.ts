import { describe, expect, it } from '@jest/globals';
import { withDatabase } from '#libs/testing';
import { runPurser } from '../../spec/run-purser.ts';

describe('purser audit verify', () => {
  const database = withDatabase();

  const run = (args: string) => runPurser(args, database.environment);
  const headOf = async (): Promise<string> => {
    const { out } = await run('audit verify --json');
    const [{ head }] = JSON.parse(out) as [{ head: string }];
    return head;
  };

  it('finds nothing before anything was done, nor in what the commands wrote', async () => {
    expect(await run('audit verify')).toMatchObject({
      exitCode: 0,
      out: expect.stringContaining('no audit log'),
    });
    for (const role of ['admin', 'auditor', 'finance']) await run(`keys create --role ${role}`);
    const { exitCode, out } = await run('audit verify');
    expect([exitCode, out]).toEqual([
      0,
      expect.stringMatching(/^default: 3 entries, head 3:[0-9a-f]{64}\n.*nothing/s),
    ]);
    expect((await run(`audit verify --organisation default --expect ${await headOf()}`)).exitCode).toBe(0);
  });

  it('says which entry was edited and which is missing, and ends with 65', async () => {
    const head = await headOf();
    await database.tamper(`update audit_entries set actor_name = 'nobody' where sequence = 2`);
    const edited = await run('audit verify');
    expect(edited).toMatchObject({ exitCode: 65, err: expect.stringContaining('AUDIT_BROKEN') });
    expect(edited.out).toMatch(/EDITED +entry 2/);
    await database.tamper('delete from audit_entries where sequence = 2');
    const [report] = JSON.parse((await run('audit verify --json')).out) as [object];
    expect(report).toMatchObject({
      name: 'default',
      entries: 2,
      findings: [{ kind: 'MISSING', from: 2, to: 2 }],
    });
    await database.tamper(`delete from audit_entries; delete from audit_heads`);
    expect((await run('audit verify --organisation default')).exitCode).toBe(0);
    const expected = await run(`audit verify --organisation default --expect ${head}`);
    expect([expected.exitCode, expected.out]).toEqual([65, expect.stringMatching(/REWRITTEN +entry 3/)]);
  });

  it.each([
    ['audit verify --expect 3:00', 64, 'ARGUMENT_INVALID'],
    [`audit verify --expect 3:${'0'.repeat(64)}`, 64, '--organisation'],
    ['audit verify --organisation nobody', 65, 'NOT_FOUND'],
  ])('answers "%s" with %d and %s', async (args, exitCode, code) => {
    expect(await run(args)).toMatchObject({ exitCode, err: expect.stringContaining(code) });
  });
});
