import type { BenchDatabase } from '../ingest/bench-database.ts';
import { requireProfile } from '../ingest/profiles.ts';
import { spreadOf } from '../ingest/statistics.ts';
import { requireEqualContents, storedContents } from '../ingest/stored-rows.ts';
import type { Figure } from './results.ts';
import { type OperateFeed, type OperateIndexer, type PartOptions, withSetting } from './setting.ts';

const DEPTHS = [1, 10, 100, 1_000];
const DENSE_BLOCKS = 1_000;
/** About a second for a thousand blocks. */
const AIM_SECONDS = 1;

/** Of every table with rows of blocks. */
const ROWS_OF_BLOCKS = [
  ['session_versions', 'valid_from_block'],
  ['policy_versions', 'valid_from_block'],
  ['account_versions', 'valid_from_block'],
  ...['uses', 'debits', 'movements', 'approvals', 'alerts', 'limit_facts'].map(
    (table) => [table, 'block_number'] as const,
  ),
] as const;

export const measureReorg = async (options: PartOptions) => {
  const depths = DEPTHS.filter((depth) => depth <= 1_000 * options.scale);
  const dense = { ...requireProfile('dense'), mode: 'HEAD' as const };
  const tail = {
    blocks: Math.max(...depths) + 10,
    changes: { eventsPerBlock: 5, usesPerBlock: 1, noisePerBlock: 1 },
  };
  const plan = { profile: dense, blocks: Math.round(DENSE_BLOCKS * options.scale), tail, depths };
  return await withSetting(options, plan, async ({ feed, made, database, withIndexer }) => {
    const figures = await withIndexer({ pollIntervalMs: 10 }, async (indexer) => {
      await indexer.ask({ type: 'until', blockNumber: made.head });
      await copyFacts(database);
      const all: Figure[] = [];
      for (const [branch, depth] of depths.entries())
        all.push(
          ...(await measureDepth(options, { feed, indexer, database, head: made.head, branch, depth })),
        );
      return all;
    });
    const facts = await countFacts(database);
    return {
      part: 'reorg',
      title: 'Reorg',
      about:
        `Blocks of 5 session events on a stream of ${facts.toLocaleString('en')} facts are replaced by another branch, ` +
        'one block longer, and after that by the first one again. From the switch of the node to the commit of the ' +
        'roll-back, with the search for the common ancestor and a pause of up to 10 ms between looks; and to the ' +
        'commit of the new head. Versions, facts of canonical blocks and blocks compared after each switch. The limit ' +
        'deletes the same rows by block number, and those of a copy of the facts (Purser keeps its facts), and is not committed.',
      figures,
    };
  });
};

interface Reorg {
  readonly feed: OperateFeed;
  readonly indexer: OperateIndexer;
  readonly database: BenchDatabase;
  readonly head: number;
  readonly branch: number;
  readonly depth: number;
}

const measureDepth = async (options: PartOptions, reorg: Reorg): Promise<Figure[]> => {
  const { database, head, depth } = reorg;
  const deleting = spreadOf(await timesOf(3, () => deleteAbove(database, head - depth)));
  const back: number[] = [];
  const whole: number[] = [];
  for (let run = 0; run <= options.runs; run += 1) {
    for (const [branch, to] of [
      [reorg.branch, head + 1],
      [-1, head],
    ] as const) {
      const times = await switchTo(reorg, branch, to);
      if (run === 0) continue;
      back.push(times.back);
      whole.push(times.whole);
    }
  }
  const name = `${depth.toLocaleString('en')} blocks, ${(depth * 5).toLocaleString('en')} events`;
  return [
    {
      case: name,
      measure: 'rolled back',
      unit: 's',
      value: spreadOf(back),
      ...(depth === 1_000 && { aim: { most: AIM_SECONDS } }),
      limit: { name: 'DELETE of the same rows', value: deleting.median },
    },
    { case: name, measure: 'on the new branch', unit: 's', value: spreadOf(whole) },
  ];
};

const switchTo = async (
  { feed, indexer, database }: Reorg,
  branch: number,
  to: number,
): Promise<{ back: number; whole: number }> => {
  await indexer.ask({ type: 'notes' });
  const { atMs } = await feed.ask({ type: 'switch', branch });
  const { totals, headHash } = await feed.ask({ type: 'totals', branch });
  const { reorgs, commits } = await indexer.ask({ type: 'until', blockNumber: to, blockHash: headHash });
  if (totals === undefined || reorgs[0] === undefined) throw new Error('nothing was rolled back');
  requireEqualContents(totals.contents, await storedContents(database.sql, { canonicalOnly: true }));
  return { back: (reorgs[0] - atMs) / 1000, whole: ((commits.at(-1)?.atMs ?? Number.NaN) - atMs) / 1000 };
};

const timesOf = async (runs: number, work: () => Promise<void>): Promise<number[]> => {
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const startedMs = performance.now();
    await work();
    times.push((performance.now() - startedMs) / 1000);
  }
  return times;
};

/** Facts themselves refuse to be deleted. */
const copyFacts = async ({ sql }: BenchDatabase): Promise<void> => {
  await sql`create table limit_facts (like facts including all)`;
  await sql`insert into limit_facts select * from facts`;
  await sql`analyze limit_facts`;
};

const deleteAbove = async ({ sql }: BenchDatabase, ancestor: number): Promise<void> => {
  const undo = new Error('taken back');
  await sql
    .begin(async (trx) => {
      for (const [table, column] of ROWS_OF_BLOCKS)
        await trx.unsafe(`delete from ${table} where network_id = 1 and ${column} > ${ancestor}`);
      throw undo;
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error;
    });
};

const countFacts = async ({ sql }: BenchDatabase): Promise<number> => {
  const [row] = await sql<{ facts: number }[]>`select count(*)::integer as facts from facts`;
  return row?.facts ?? 0;
};
