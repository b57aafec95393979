import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import postgres from 'postgres';
import { demoKeyOf } from '#libs/access';
import { buildCommandLine, type Environment, type Started, startPurser } from './command-line.ts';
import { type Block, freePort, installPurser, paste, readPage } from './page.ts';

jest.setTimeout(180_000);

describe('docs/how-to/incident.md', () => {
  let dataDir = '';
  let rpcPort = 0;
  let service: Started;
  let pages: ReadonlyMap<string, readonly Block[]>;
  let sql: postgres.Sql;

  const environment = (): Environment => ({
    DATA_DIR: dataDir,
    PORT: '0',
    SANDBOX_RPC_PORT: String(rpcPort),
    SANDBOX_INTERVAL_SECONDS: '1',
    LOG_LEVEL: 'warn',
    PATH: `${join(dataDir, 'bin')}:${process.env['PATH'] ?? ''}`,
  });

  beforeAll(async () => {
    buildCommandLine();
    pages = await readPage('incident.md');
    dataDir = await mkdtemp(join(tmpdir(), 'purser-incident-'));
    await chmod(dataDir, 0o755);
    rpcPort = await freePort();
    await installPurser(dataDir);
    service = await startPurser(environment());
    const { port, password } = JSON.parse(await readFile(join(dataDir, 'postgres.json'), 'utf8')) as Record<
      string,
      string
    >;
    sql = postgres(`postgres://purser:${password}@127.0.0.1:${port}/purser`, { max: 1 });
  }, 240_000);

  afterAll(async () => {
    await sql.end({ timeout: 5 });
    if (service.isRunning()) await service.stop('SIGTERM');
    await rm(dataDir, { recursive: true, force: true });
  });

  const shell = (text: string, more: Environment) =>
    paste(dataDir, text.replaceAll('127.0.0.1:5050', `127.0.0.1:${rpcPort}`), { ...environment(), ...more });

  /** Runs the blocks under a heading in their order. @returns what each printed */
  const run = async (heading: string, more: Environment = {}): Promise<string[]> => {
    const blocks = pages.get(heading);
    if (blocks === undefined || blocks.length === 0)
      throw new Error(`the page has no commands under ${heading}`);
    const printed: string[] = [];
    for (const block of blocks) {
      if (block.language === 'sql') {
        await sql.unsafe(block.text);
        continue;
      }
      const { exitCode, out } = await shell(block.text, more);
      expect([block.text, exitCode, out]).toEqual([block.text, block.expect, out]);
      printed.push(out);
      await caughtUp();
    }
    return printed;
  };

  const openKinds = async () =>
    (await sql`select distinct kind from incidents where resolved_at is null order by 1`).map(
      ({ kind }) => kind as string,
    );
  const closeAll = () =>
    sql`update incidents set resolved_at = now(), resolution = 'spec' where resolved_at is null`;
  const ready = async () =>
    (await (await fetch(`${service.url}/readyz`)).json()) as { reasons: { code: string }[] };
  const caughtUp = async () => {
    for (let tries = 0; tries < 100; tries += 1) {
      const codes = (await ready()).reasons.map(({ code }) => code);
      if (codes.includes('STOPPED') || codes.length === 0) return;
      await delay(100);
    }
  };

  it('a reorg needs nothing', async () => {
    const [, verified] = await run('Reorg');
    expect(verified).toContain('nothing differs');
    expect(await openKinds()).toEqual([]);
  });

  it('a finality violation stops the reading, and one command resumes it', async () => {
    const [make, accept] = pages.get('Finality violation') ?? [];
    await shell(make?.text ?? '', {});
    for (let tries = 0; tries < 300 && (await openKinds()).length === 0; tries += 1) await delay(100);
    expect(await openKinds()).toEqual(['FINALITY_VIOLATION']);
    expect((await ready()).reasons).toMatchObject([{ code: 'STOPPED' }]);
    const answered = await fetch(`${service.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': demoKeyOf('ADMIN').text },
      body: JSON.stringify({
        query: '{ sessions { nodes { sessionKey } asOf { blockNumber } } indexer { stopped } }',
      }),
    });
    expect(await answered.json()).toMatchObject({
      data: {
        sessions: { nodes: expect.arrayContaining([expect.anything()]) },
        indexer: [{ stopped: 'FINALITY_VIOLATION' }],
      },
    });
    const { exitCode, out } = await shell(accept?.text ?? '', {});
    expect([exitCode, out]).toEqual([
      0,
      expect.stringMatching(/FINALITY_VIOLATION[^]*accepted by \S+@\S+ at 20/),
    ]);
    for (let tries = 0; tries < 300 && (await ready()).reasons.length > 0; tries += 1) await delay(100);
    expect((await ready()).reasons).toEqual([]);
    expect(await openKinds()).toEqual([]);
  });

  it('a quarantine that a node without traces made is ended by asking one that has them', async () => {
    const printed = await run('Quarantine');
    expect(printed[1]).toMatch(/UNEXPLAINED[^]*TRACE_UNAVAILABLE[^]*ATTRIBUTION_INCOMPLETE/);
    expect(printed[2]).toMatch(/ATTRIBUTED +1[^]*ended[^]*nothing differs[^]*no open incidents/);
    const [left] = await sql`
      select (select count(*) from uses where outcome = 'UNATTRIBUTED') as uses,
        (select count(*) from accounts where attribution <> 'EXACT') as quarantined`;
    expect(left).toEqual({ uses: '0', quarantined: '0' });
    const [closed] = await sql`select resolution from incidents where kind = 'ATTRIBUTION_FAILED'`;
    expect(closed?.['resolution']).toMatch(/^every use is attributed/);
  });

  it('drift is found, and a rebuild under the running service mends it', async () => {
    const printed = await run('Drift');
    expect(printed[0]).toMatch(/READ_MODEL_DIFFERS[^]*SESSION_DRIFT/);
    expect(printed[1]).toMatch(/session_versions +[1-9][^]*nothing differs[^]*DRIFT/);
    expect(await openKinds()).toEqual(['DIGEST_MISMATCH', 'DRIFT']);
    await closeAll();
  });
});
