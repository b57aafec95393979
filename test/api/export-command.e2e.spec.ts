import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { withDatabase } from '#libs/testing';
import { runPurser } from '../../apps/cli/spec/run-purser.ts';
import { withExports } from './with-exports.ts';

describe('purser export', () => {
  const database = withDatabase();
  const served = withExports(database);
  let folder = '';

  const run = async (file: string, ...more: readonly string[]) => {
    const key = await served.spec.access.keyOf('FINANCE');
    const period = ['--from', '2026-10-01', '--to', '2026-12-01'];
    const args = ['export', '--output', file, ...period, '--url', served.url, '--key', key, ...more];
    return await runPurser(args, database.environment);
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'purser-export-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each(['csv', 'jsonl'])(
    'takes both ledgers out into a file for its owner alone, whole: %s',
    async (format) => {
      const file = join(folder, `ledger.${format}`);
      const { exitCode, out } = await run(file, '--format', format, '--json');
      expect(exitCode).toBe(0);
      const { world } = served;
      const rows = world.debits.length + world.movements.length;
      const text = await readFile(file, 'utf8');
      const end = text.trimEnd().lastIndexOf('\n') + 1;
      const sha256 = createHash('sha256').update(text.slice(0, end)).digest('hex');
      expect(JSON.parse(out)).toMatchObject({ file, rows, sha256 });
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      expect(await readdir(folder)).not.toContain(`ledger.${format}.part`);
    },
  );

  it('leaves what stood there as it was where nothing can be taken out, and says so by a code', async () => {
    const file = join(folder, 'before');
    await writeFile(file, 'before');
    const refused = await run(file, '--to', '2026-09-01');
    expect(refused.exitCode).not.toBe(0);
    expect(await readFile(file, 'utf8')).toBe('before');
    expect(await run(join(folder, 'no', 'ledger'))).toMatchObject({
      exitCode: 73,
      err: expect.stringContaining('FILE_UNWRITABLE'),
    });
  });
});
