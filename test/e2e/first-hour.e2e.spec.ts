import { createHash } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { buildCommandLine, type Environment, type Started, startPurser } from './command-line.ts';
import { type Block, freePort, installPurser, paste, readPage } from './page.ts';

jest.setTimeout(180_000);

describe('docs/how-to/first-hour.md', () => {
  let dataDir = '';
  let rpcPort = 0;
  let service: Started;
  let page: ReadonlyMap<string, readonly Block[]>;

  const environment = (): Environment => ({
    ...{ DATA_DIR: dataDir, PORT: '0', SANDBOX_RPC_PORT: String(rpcPort), LOG_LEVEL: 'warn' },
    PATH: process.env['PATH'] ?? '',
  });

  beforeAll(async () => {
    buildCommandLine();
    page = await readPage('first-hour.md');
    dataDir = await mkdtemp(join(tmpdir(), 'purser-first-hour-'));
    await chmod(dataDir, 0o755);
    rpcPort = await freePort();
    await installPurser(dataDir);
    service = await startPurser(environment());
  }, 240_000);

  afterAll(async () => {
    if (service.isRunning()) await service.stop('SIGTERM');
    await rm(dataDir, { recursive: true, force: true });
  });

  /** Runs the blocks under a heading in their order. @returns what each printed */
  const run = async (heading: string): Promise<string[]> => {
    const printed: string[] = [];
    for (const { text, expect: code } of page.get(heading) ?? []) {
      const { exitCode, out } = await paste(dataDir, text, environment());
      expect([text, exitCode, out]).toEqual([text, code, out]);
      printed.push(out);
    }
    expect(printed.length).toBeGreaterThan(0);
    return printed;
  };

  it('is there, and makes a key', async () => {
    const [status, key] = await run('Is it there');
    expect(status).toMatch(/sandbox \(made up\).* at the head/);
    expect(key).toMatch(/^pur_live_[0-9A-Za-z_]{50,}$/m);
  });

  it('knows whose accounts these are', async () => {
    const [tried, done] = await run('Say whose accounts these are');
    expect(tried).toMatch(/2 good, 0 wrong[^]*dry run: nothing was written/);
    expect(done).toMatch(/2 changed/);
    expect(done).toMatch(/till 1 +shop +4711/);
    expect(done).toMatch(/arcade +games +4712/);
  });

  it('says which keys run out', async () => {
    const [week, month, one] = await run('Which keys run out this week');
    expect(week).toContain('no session keys');
    const keys = (month ?? '').match(/^0x[0-9a-f]+ +0x[0-9a-f]+ +ACTIVE/gm) ?? [];
    expect(keys.length).toBeGreaterThan(2);
    expect(month).toMatch(/ACTIVE +\d{4}-\d\d-\d\dT/);
    expect(one).toMatch(/status +ACTIVE[^]*remaining calls +\d+ of 20/);
  });

  it('says what they spent, in a file that adds up', async () => {
    const [spent, end] = await run('What did they spend');
    expect(spent).toMatch(/^games +0x[0-9a-f]+ +(USDX|EURX) +[1-9]/m);
    expect(spent).toMatch(/^total +- +USDX +[1-9]/m);
    const ledger = await readFile(join(dataDir, 'ledger.csv'), 'utf8');
    const body = ledger.slice(0, ledger.lastIndexOf('\n', ledger.length - 2) + 1);
    expect(end).toContain(createHash('sha256').update(body).digest('hex'));
    expect(body).toMatch(/^debit,[^]*^total,/m);
  });

  it('says that nobody altered who did what', async () => {
    const [verified] = await run('Who did what');
    expect(verified).toMatch(/default: \d+ entries[^]*nothing was altered/);
  });
});
