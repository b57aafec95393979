import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { feltToHex } from '#libs/felt';
import { createSandboxChain, followSandbox, type RunningIndexer, withDatabase } from '#libs/testing';
import { runPurser } from '../../spec/run-purser.ts';

jest.setTimeout(300_000);

const ROWS = 50_000;
const hex = (index: number): string => `0x${(0x1_0000_0000 + index).toString(16)}`;

interface Report {
  readonly rows: number;
  readonly good: number;
  readonly wrong: number;
  readonly faults: readonly { readonly line: number; readonly code: string; readonly firstLine?: number }[];
  readonly outcome?: { readonly followed: number; readonly changed: number; readonly unchanged: number };
  readonly assessment?: Readonly<Record<string, unknown>>;
}

/**
 * 50,000 rows, every thousandth label over three lines, and what is wrong with 37 of them.
 * @returns the file, and by line what was made wrong.
 */
const bigFile = (mend: boolean): { readonly text: string; readonly planted: ReadonlyMap<number, string> } => {
  const planted = new Map<number, string>();
  const lines = ['address,label,team,cost_centre'];
  let line = 2;
  for (let index = 0; index < ROWS; index += 1) {
    const good = `${hex(index)},shop ${index},team ${index % 7},${4_000 + (index % 50)}`;
    // Over several lines as a spreadsheet saves it: blanks at the ends are taken off, so it is good.
    const long = `"${hex(index)}\n\n",shop ${index},"team ""x""",4000`;
    const wrong = index % 1_350 === 1_349 ? WRONG[planted.size % WRONG.length] : undefined;
    if (wrong !== undefined) planted.set(line, wrong.code);
    const text = wrong !== undefined && !mend ? wrong.row(index) : index % 1_000 === 0 ? long : good;
    lines.push(text);
    line += text.split('\n').length;
  }
  return { text: `${lines.join('\r\n')}\r\n`, planted };
};

const WRONG: readonly { readonly code: string; readonly row: (index: number) => string }[] = [
  { code: 'ADDRESS_MALFORMED', row: (index) => `shop,${index},a,b` },
  { code: 'ADDRESS_ZERO', row: () => '0x0,a,b,c' },
  { code: 'ADDRESS_OUT_OF_RANGE', row: () => `0x${'f'.repeat(63)},a,b,c` },
  { code: 'ADDRESS_MISSING', row: () => ',a,b,c' },
  { code: 'ADDRESS_TWICE', row: () => `${hex(1)},again,b,c` },
  { code: 'TEXT_TOO_LONG', row: (index) => `${hex(index)},${'x'.repeat(201)},b,c` },
  { code: 'TEXT_NOT_PRINTABLE', row: (index) => `${hex(index)},a\u0007b,b,c` },
  { code: 'CELLS_WRONG', row: (index) => `${hex(index)},a,b` },
  { code: 'QUOTES_WRONG', row: (index) => `${hex(index)},a"b",b,c` },
];

describe('purser accounts and organisations', () => {
  const database = withDatabase();
  let folder = '';
  let networkId = 0;

  const run = (...args: string[]) => runPurser(args, database.environment);
  const save = async (text: string | Buffer): Promise<string> => {
    const path = join(folder, 'accounts of the company.csv');
    await writeFile(path, text);
    return path;
  };
  const importOf = async (text: string, ...more: string[]) => {
    const { exitCode, out, err } = await run('accounts', 'import', await save(text), '--json', ...more);
    return { exitCode, err, report: JSON.parse(out) as Report };
  };
  const countOf = async (organisation: string) => {
    const [row] = await database.sql`
      select count(*)::integer as follows, count(f.label)::integer as labels from follows f
      join organisations o using (organisation_id) where o.name = ${organisation}`;
    return { ...row };
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'purser-import-'));
    await database.sql`delete from follow_rules`;
    const [row] = await database.sql`
      insert into networks (chain_id, genesis_hash, label) values ('0x1', '0x1', 'main') returning network_id`;
    networkId = row?.['network_id'] as number;
  });

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('makes organisations, each with a name of its own, and keys for them', async () => {
    const { out, exitCode } = await run('organisations', 'create', 'Acme Ltd', '--json');
    const { id, name } = JSON.parse(out) as { id: string; name: string };
    expect([exitCode, name]).toEqual([0, 'Acme Ltd']);
    expect(await run('organisations', 'create', ' Acme Ltd ')).toMatchObject({
      exitCode: 65,
      err: expect.stringContaining('CONFLICT'),
    });
    expect((await run('keys', 'create', '--role', 'finance', '--organisation', id)).exitCode).toBe(0);
    const listed = await run('organisations', 'list', '--json');
    expect(JSON.parse(listed.out)).toMatchObject([
      { name: 'default', follows: 0, keys: 0, seesEverything: false },
      { id, name: 'Acme Ltd', follows: 0, keys: 1, seesEverything: false },
    ]);
  });

  it('says who else sees what a new organisation asks for', async () => {
    const rule = await run('accounts', 'rules', 'add', '--everything', '--json');
    const { err } = await run('organisations', 'create', 'seen');
    expect(err).toContain('default follows everything');
    const { ruleId } = JSON.parse(rule.out) as { ruleId: string };
    expect((await run('accounts', 'rules', 'delete', ruleId)).out).toContain('deleted');
    expect((await run('accounts', 'rules', 'list')).out).toBe('no rules');
  });

  it('writes the label of the organisation, and no other', async () => {
    const add = (...more: string[]) => run('accounts', 'add', '0x0A1', '--json', ...more);
    expect(JSON.parse((await add('--label', 'till', '--team', 'ops')).out)).toMatchObject({
      ...{ network: 'main', address: '0xa1', label: 'till', team: 'ops', status: 'PENDING', followers: 1 },
    });
    expect(JSON.parse((await add('--organisation', 'Acme Ltd', '--cost-centre', '4711')).out)).toMatchObject({
      ...{ label: null, team: null, costCentre: '4711', followers: 2 },
    });
    const listed = async (...more: string[]) =>
      (JSON.parse((await run('accounts', 'list', '--json', ...more)).out) as { label: string }[]).map(
        ({ label }) => label,
      );
    expect([
      await listed(),
      await listed('--organisation', 'Acme Ltd'),
      await listed('--organisation', 'seen'),
    ]).toEqual([['till'], [null], []]);
    const [old] = await database.sql`select label from accounts where address = '0xa1'`;
    expect(old).toEqual({ label: null });
  });

  describe('a file of 50,000 accounts', () => {
    const { text, planted } = bigFile(false);

    it('has each of 37 wrong lines named with its number, and is not taken', async () => {
      const { exitCode, report } = await importOf(text, '--organisation', 'Acme Ltd');
      expect(planted.size).toBe(37);
      expect(new Map(report.faults.map(({ line, code }) => [line, code]))).toEqual(planted);
      expect([exitCode, report.rows, report.good, report.wrong, report.outcome]).toEqual([
        ...[65, ROWS, ROWS - 37, 37, undefined],
      ]);
      // Each is a line of the file as an editor counts them.
      const lines = text.replaceAll('\r\n', '\n').split('\n');
      for (const { line, code, firstLine } of report.faults) {
        if (code === 'ADDRESS_ZERO') expect(lines[line - 1]).toBe('0x0,a,b,c');
        if (code === 'ADDRESS_TWICE')
          expect(lines[(firstLine ?? 0) - 1]).toMatch(new RegExp(`^${hex(1)},shop 1,`));
      }
      const { err } = await run('accounts', 'import', await save(text), '--organisation', 'Acme Ltd');
      expect(err.split('\n').filter((line) => line.startsWith('line '))).toHaveLength(37);
      expect(await countOf('Acme Ltd')).toEqual({ follows: 1, labels: 0 });
    });

    it('is taken without them where that is wanted, and goes on where it was cut off', async () => {
      const { exitCode, report } = await importOf(text, '--organisation', 'Acme Ltd', '--skip-invalid');
      expect([exitCode, report.outcome]).toEqual([0, { followed: ROWS - 37, changed: 0, unchanged: 0 }]);
      const mended = await importOf(bigFile(true).text, '--organisation', 'Acme Ltd');
      expect([mended.exitCode, mended.report.outcome]).toEqual([
        0,
        { followed: 37, changed: 0, unchanged: ROWS - 37 },
      ]);
      expect(await countOf('Acme Ltd')).toEqual({ follows: ROWS + 1, labels: ROWS });
      expect(await countOf('default')).toEqual({ follows: 1, labels: 1 });
      const [pending] = await database.sql`
        select count(*)::integer as accounts from accounts where network_id = ${networkId} and status = 'PENDING'`;
      expect(pending).toEqual({ accounts: ROWS + 1 });
    });

    it('stands in the audit log account by account, as a chain that holds', async () => {
      const counts = await database.sql`
        select action, count(*)::integer as entries, min(actor_kind) as by from audit_entries e
        join organisations o using (organisation_id) where o.name = 'Acme Ltd' and action like 'ACCOUNT%'
        group by action order by action`;
      expect(counts.map((row) => ({ ...row }))).toEqual([
        { action: 'ACCOUNTS_IMPORTED', entries: 2, by: 'HOST' },
        { action: 'ACCOUNT_FOLLOWED', entries: ROWS + 1, by: 'HOST' },
      ]);
      const [broken] = await database.sql`
        select count(*)::integer as entries from (
          select e.*, lag(e.hash) over (partition by organisation_id order by sequence) as before
          from audit_entries e) c
        where (sequence > 1 and previous_hash is distinct from before)
          or hash <> audit_hash(previous_hash, organisation_id::text, sequence::text, at_text, actor_kind, actor_id, actor_name,
            action, object_kind, object_id, before_text, after_text, request_id)`;
      expect(broken).toEqual({ entries: 0 });
    });
  });
});

describe('purser accounts import --dry-run', () => {
  const database = withDatabase();
  const chain = createSandboxChain();
  let folder = '';
  let indexing: RunningIndexer | undefined;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'purser-import-'));
    await database.sql`delete from follow_rules`;
  });

  afterAll(async () => {
    await indexing?.stop();
    await chain.sandbox.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('says how accounts stand in the index and on the chain and what their history costs, and writes nothing', async () => {
    const known = chain.deployAccount('session_account_setting', 0x1234n);
    const late = chain.deployAccount('session_account_spend', 0x5678n);
    indexing = await followSandbox(database.indexer, chain, { watch: [known.address], discovery: false });
    await indexing.caughtUp();
    const node = await chain.sandbox.listen({ port: 0 });
    const [plain] = chain.sandbox.accounts;
    const rows = [known.address, late.address, plain?.address ?? 0n, 0xdeadn, 0xbeefn].map(
      (address, index) => `${feltToHex(address)},shop ${index}`,
    );
    const path = join(folder, 'accounts.csv');
    await writeFile(path, ['address,label', ...rows, 'oops,shop'].join('\n'));
    const assess = (...more: string[]) =>
      runPurser(['accounts', 'import', path, '--dry-run', ...more], {
        ...database.environment,
        BACKFILL_CALLS_PER_SECOND: '10',
      });
    const asked = await assess('--json', '--rpc-url', node.url);
    expect(asked.exitCode).toBe(65);
    const { assessment, good, wrong } = JSON.parse(asked.out) as Report;
    expect([good, wrong]).toEqual([5, 1]);
    expect(assessment).toMatchObject({
      followed: 0,
      index: { FOLLOWED: 1, PENDING: 0, REJECTED: 0, NEW: 4 },
      node: { UNDEPLOYED: 2, WITHOUT_SESSIONS: 1, WITH_SESSIONS: 1, UNREADABLE: 0 },
      backfill: { planned: { accounts: 1, sampled: 1 }, unplanned: { accounts: 4 } },
    });
    expect(Number(at(assessment, 'backfill', 'unplanned', 'leastCalls'))).toBeGreaterThanOrEqual(4 * 5);
    expect(Number(at(assessment, 'backfill', 'seconds'))).toBeGreaterThan(0);
    const unasked = await assess('--no-node', '--skip-invalid');
    expect(unasked).toMatchObject({ exitCode: 0, out: expect.stringContaining('the node was not asked') });
    const [left] = await database.sql`
      select (select count(*) from follows)::integer as follows, (select count(*) from accounts)::integer as accounts`;
    expect(left).toEqual({ follows: 0, accounts: 1 });
    await node.close();
  });
});

const at = (tree: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((node, step) => (node as Record<string, unknown>)[step], tree);
