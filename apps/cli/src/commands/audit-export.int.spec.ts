import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { inTransaction } from '#libs/database';
import { actFor, appendAudit } from '#libs/access';
import { withDatabase } from '#libs/testing';
import fc from 'fast-check';
import { runPurser } from '../../spec/run-purser.ts';

interface Printed {
  readonly entries: number;
  readonly head: string | null;
  readonly findings: readonly object[];
  readonly findingCount: number;
}

describe('an exported audit log', () => {
  const database = withDatabase();
  const ENTRIES = 1_200;
  let folder = '';
  let file = '';
  let head = '';
  let lines: readonly string[] = [];

  const run = (args: readonly string[]) => runPurser(args, database.environment);
  /** Without a database: none is set. */
  const verify = async (of: string, ...more: string[]) => {
    const { exitCode, out, err } = await runPurser(['audit', 'verify', '--file', of, '--json', ...more], {
      DATABASE_URL: 'postgres://nobody@127.0.0.1:9/nothing',
    });
    const [report] = out === '' ? [] : (JSON.parse(out) as Printed[]);
    return { exitCode, report, code: /[A-Z]+_[A-Z]+/.exec(err)?.[0] };
  };
  const verifyLines = async (changed: readonly string[], ...more: string[]) => {
    const other = join(folder, 'changed.jsonl');
    await writeFile(other, changed.map((line) => `${line}\n`).join(''));
    return await verify(other, ...more);
  };
  /** Line 0 is the head, so line n is entry n. */
  const change = (entry: number, to: (line: string) => string): readonly string[] =>
    lines.map((line, at) => (at === entry ? to(line) : line));
  const moved = (from: number, to: number): readonly string[] => {
    const rest = lines.toSpliced(from, 1);
    return rest.toSpliced(to, 0, lines[from] ?? '');
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'audit-'));
    file = join(folder, 'log.jsonl');
    await inTransaction(database.db, async (trx) => {
      await actFor(trx, 1);
      for (let n = 1; n < ENTRIES; n += 1)
        await appendAudit(
          trx,
          { kind: 'HOST', id: 'spec', name: 'ünï "💰"' },
          {
            action: 'KEY_CREATED',
            objectKind: 'API_KEY',
            objectId: `key ${n}`,
            after: { n, text: 'a\nb\u2028' },
          },
        );
    });
    const { out } = await run(['audit', 'export', '--output', file, '--json']);
    head = (JSON.parse(out) as { head: string }).head;
    lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('has every entry in its order, and says itself that it was taken out and by whom', async () => {
    expect(lines).toHaveLength(ENTRIES + 1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      ...{ type: 'purser.audit', version: 1, organisation: { id: 1, name: 'default' } },
      head: { sequence: ENTRIES, hash: head.split(':')[1] },
    });
    const entries = lines.slice(1).map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(entries.map(({ sequence }) => sequence)).toEqual(entries.map((_, at) => at + 1));
    expect(entries.at(-1)).toMatchObject({
      ...{ action: 'AUDIT_EXPORTED', actorKind: 'HOST', objectKind: 'ORGANISATION' },
      hash: head.split(':')[1],
      previousHash: entries.at(-2)?.['hash'],
    });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await run(['audit', 'verify'])).exitCode).toBe(0);
  });

  it('is verified without a database, against itself and against a head that was kept elsewhere', async () => {
    expect(await verify(file)).toMatchObject({
      exitCode: 0,
      report: { entries: ENTRIES, head, findings: [], findingCount: 0 },
    });
    expect((await verify(file, '--expect', head)).exitCode).toBe(0);
    const wrong = await verify(file, '--expect', `${ENTRIES}:${'0'.repeat(64)}`);
    expect(wrong).toMatchObject({
      ...{ exitCode: 65, code: 'AUDIT_BROKEN' },
      report: { findings: [{ kind: 'REWRITTEN', sequence: ENTRIES }] },
    });
    const { out } = await runPurser(['audit', 'verify', '--file', file]);
    expect(out).toMatch(
      /log\.jsonl \(default, as it says itself\): 1200 entries, head 1200:[0-9a-f]{64}\n {2}nothing was altered/,
    );
  });

  it.each<[string, () => readonly string[], readonly object[]]>([
    [
      'was edited',
      () => change(7, (line) => line.replace('key 7', 'key 8')),
      [{ kind: 'EDITED', sequence: 7 }],
    ],
    ['is missing', () => lines.toSpliced(5, 1), [{ kind: 'MISSING', from: 5, to: 5 }]],
    ['is missing at the end', () => lines.slice(0, -2), [{ kind: 'TRUNCATED', from: 1199, to: 1200 }]],
    ['is missing at the begin', () => lines.toSpliced(1, 2), [{ kind: 'MISSING', from: 1, to: 2 }]],
    ['stands too late', () => moved(5, 9), [{ kind: 'REORDERED', line: 10, sequence: 5 }]],
    ['stands too early', () => moved(900, 2), [{ kind: 'REORDERED', line: 3, sequence: 900 }]],
    [
      'stands there twice',
      () => lines.toSpliced(9, 0, lines[4] ?? ''),
      [{ kind: 'REPEATED', line: 10, sequence: 4 }],
    ],
    [
      'has something beside what is hashed',
      () => change(3, (line) => line.replace('{', '{"note":"x",')),
      [
        { kind: 'UNREADABLE', line: 4 },
        { kind: 'MISSING', from: 3, to: 3 },
      ],
    ],
    [
      'says something twice',
      () => change(3, (line) => line.replace('{', '{"action":"KEY_REVOKED",')),
      [
        { kind: 'UNREADABLE', line: 4 },
        { kind: 'MISSING', from: 3, to: 3 },
      ],
    ],
    [
      'is of another organisation',
      () => change(3, (line) => line.replace('"organisationId":1,', '"organisationId":2,')),
      [
        { kind: 'FOREIGN', line: 4, sequence: 3 },
        { kind: 'MISSING', from: 3, to: 3 },
      ],
    ],
    ['that says whose it is is gone', () => change(0, () => '{}'), [{ kind: 'UNREADABLE', line: 1 }]],
    [
      'was moved and renumbered',
      () =>
        lines.map((line, at) => {
          if (at === 3) return (lines[5] ?? '').replace('"sequence":5', '"sequence":3');
          return at === 5 ? (lines[3] ?? '').replace('"sequence":3', '"sequence":5') : line;
        }),
      [
        { kind: 'MOVED', sequence: 3, writtenAt: 5 },
        { kind: 'MOVED', sequence: 5, writtenAt: 3 },
      ],
    ],
  ])('tells where one line %s', async (_what, changed, findings) => {
    const { exitCode, code, report } = await verifyLines(changed());
    expect([exitCode, code]).toEqual([65, 'AUDIT_BROKEN']);
    expect(report?.findings).toEqual(findings);
  });

  it('notices whatever happens to one line', async () => {
    const few = lines.slice(0, 30);
    const whole = change(0, (line) => {
      const told = JSON.parse(line) as { head: object };
      const last = JSON.parse(few.at(-1) ?? '') as { sequence: number; hash: string };
      return JSON.stringify({ ...told, head: { sequence: last.sequence, hash: last.hash } });
    }).slice(0, 30);
    expect((await verifyLines(whole)).exitCode).toBe(0);
    const at = fc.integer({ min: 1, max: 29 });
    await fc.assert(
      fc.asyncProperty(
        at,
        fc.nat(),
        fc.constantFrom('cut', 'edit', 'drop', 'move'),
        async (line, place, how) => {
          const text = whole[line] ?? '';
          const spot = place % text.length;
          const edited = `${text.slice(0, spot)}${text[spot] === 'x' ? 'y' : 'x'}${text.slice(spot + 1)}`;
          const target = 1 + (place % 29);
          fc.pre(how !== 'move' || target !== line);
          const altered = {
            cut: whole.with(line, text.slice(0, spot)),
            edit: whole.with(line, edited),
            drop: whole.toSpliced(line, 1),
            move: whole.toSpliced(line, 1).toSpliced(target, 0, text),
          }[how];
          expect([how, (await verifyLines(altered)).exitCode]).toEqual([how, 65]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('takes a file whose last line has no end, and a line of any length', async () => {
    const other = join(folder, 'open.jsonl');
    await writeFile(other, lines.join('\n'));
    expect((await verify(other)).exitCode).toBe(0);
    const long = change(2, (line) => line.replace('key 2', 'k'.repeat(200_000)));
    expect((await verifyLines(long)).report?.findings).toEqual([{ kind: 'EDITED', sequence: 2 }]);
  });

  it.each<[string, () => Promise<readonly string[]>, number, string]>([
    ['no file', () => Promise.resolve(['verify', '--file', join(folder, 'none')]), 65, 'FILE_UNREADABLE'],
    ['a folder', () => Promise.resolve(['verify', '--file', folder]), 65, 'FILE_UNREADABLE'],
    [
      'a file of something else',
      async () => {
        const other = join(folder, 'other.txt');
        await writeFile(other, 'nothing\nof the kind\n');
        return ['verify', '--file', other];
      },
      ...([65, 'FILE_UNREADABLE'] as const),
    ],
    [
      'an organisation beside a file',
      () => Promise.resolve(['verify', '--file', file, '--organisation', 'default']),
      ...([64, 'ARGUMENT_INVALID'] as const),
    ],
    [
      'a place where nothing can be written',
      () => Promise.resolve(['export', '--output', join(folder, 'no', 'log')]),
      ...([73, 'FILE_UNWRITABLE'] as const),
    ],
    [
      'an organisation that is not there',
      () => Promise.resolve(['export', '--output', file, '--organisation', 'x']),
      ...([65, 'NOT_FOUND'] as const),
    ],
  ])('refuses %s', async (_what, args, exitCode, code) => {
    const ended = await run(['audit', ...(await args())]);
    expect(ended).toMatchObject({ exitCode, err: expect.stringContaining(code) });
  });
});
