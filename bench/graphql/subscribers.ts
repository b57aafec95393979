import { setTimeout as delay } from 'node:timers/promises';
import { readFileSync } from 'node:fs';
import type { Sql } from '#libs/database';
import { nextMessage, startChild, stopChild } from '../ingest/child.ts';
import { spreadOf } from '../ingest/statistics.ts';
import type { Figure } from '../operate/results.ts';
import { tellCores, watchCores } from './cores.ts';
import type { Measured } from './measure.ts';
import type { Setting } from './setting.ts';
import type { Heard, Said } from './subscribe.process.ts';
import { blocksOf, feltSql, keysOf, type World } from './world.ts';

export interface Audience {
  /** With those who read nothing 200: as many as an organisation may have open in a process. */
  readonly readers: number;
  readonly idlers: number;
  readonly blocks: number;
  readonly everyMs: number;
  readonly keysPerBlock: number;
}

const QUERY = `subscription { changed(kinds: [SESSION]) { id kind cursor account sessionKey sessionChanges session { status remainingCalls validUntil } asOf { blockNumber finality } } }`;

/** Blocks are committed as an indexer does it, at even distances, while so many listen and some of them read nothing. */
export const measureSubscribers = async (
  { world, database, service, server }: Setting,
  { readers, idlers, blocks, everyMs, keysPerBlock }: Audience,
): Promise<Measured> => {
  const url = `${service.url.replace('http', 'ws')}/graphql`;
  const argument = { url, key: service.key, query: QUERY, readers, idlers, readersOfSocket: 19 };
  const child = startChild('../graphql/subscribe.process.ts', { argument });
  try {
    await nextMessage(child, (message) => (message as { listening?: true }).listening);
    // The feeds of all of them have begun at the head by then.
    await delay(2_000);
    const cores = watchCores({ answersPid: service.pid, postgresPid: server.pid, driverPid: child.pid! });
    const memory: number[] = [];
    for (let at = 1; at <= blocks; at += 1) {
      const dueMs = performance.now() + everyMs;
      const block = blocksOf(world) + at;
      await commitBlock(database.sql, world, block, (at - 1) * keysPerBlock, keysPerBlock);
      child.send({ block, atMs: Date.now() } satisfies Said);
      memory.push(residentOf(service.pid));
      await delay(Math.max(0, dueMs - performance.now()));
    }
    const busy = cores();
    child.send({ events: blocks * keysPerBlock } satisfies Said);
    const heard = await nextMessage(child, (message) => (message as { heard?: Heard }).heard);
    const at = `${readers} readers beside ${idlers} who read nothing, ${keysPerBlock} keys in a block each ${everyMs} ms`;
    requireAll(heard, blocks * keysPerBlock, idlers);
    return { figures: figuresOf(at, heard, memory), notes: [tellCores('subscribers', [busy])] };
  } finally {
    await stopChild(child);
  }
};

const requireAll = (heard: Heard, events: number, idlers: number): void => {
  const { least, ended, failed } = heard;
  if (failed !== undefined) throw new Error(`a subscription failed: ${failed}`);
  if (least !== events) throw new Error(`${events} events were made, and a reader got ${least}`);
  if (ended !== idlers) throw new Error(`${idlers} read nothing, and ${ended} of them were ended`);
};

const figuresOf = (at: string, heard: Heard, memory: readonly number[]): Figure[] => {
  const one = (measure: string, unit: string, value: number, more: Partial<Figure> = {}): Figure => ({
    ...{ case: at, measure, unit, value: spreadOf([value]) },
    ...more,
  });
  const third = Math.floor(memory.length / 3);
  const [middle, last] = [memory.slice(third, 2 * third), memory.slice(2 * third)].map(spreadOf);
  return [
    one('from commit to the reader, p50', 'ms', heard.p50Ms),
    one('from commit to the reader, p99', 'ms', heard.p99Ms),
    one('events delivered', 'events', heard.events),
    { case: at, measure: 'memory of the service, last third', unit: 'MB', value: last! },
    one('its median against the third before', 'times', last!.median / middle!.median, {
      aim: { most: 1.05 },
    }),
  ];
};

const residentOf = (pid: number): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1e3;

/** A block in which these keys were used once more, in one transaction, the cursor last. */
const commitBlock = async (
  sql: Sql,
  world: World,
  block: number,
  from: number,
  count: number,
): Promise<void> => {
  const place = (at: string): string => `((${from} + ${at}) % ${keysOf(world)})`;
  const keys = `(select ${feltSql('account', `${place('n')} / ${world.keysPerAccount} + 1`)} as account,
    ${feltSql('key', `${place('n')} + 1`)} as session_key from generate_series(0, ${count - 1}) n) k`;
  const [hash, parent] = [feltSql('block', String(block)), feltSql('block', String(block - 1))];
  await sql.begin(async (trx) => {
    await trx.unsafe(`insert into blocks select 1, ${hash}, ${block}, ${parent}, timestamp_seconds + 1, 'ACCEPTED_ON_L2', true
      from blocks where network_id = 1 and block_hash = ${parent}`);
    await trx.unsafe(`insert into facts (network_id, account, block_number, block_hash, transaction_index, event_index, kind, session_key, payload)
      select 1, account, ${block}, ${hash}, 2147483647, row_number() over (), 'SessionStateChanged', session_key, '{}' from ${keys}`);
    await trx.unsafe(`create temporary table next_versions on commit drop as select v.* from session_versions v
      join ${keys} using (account, session_key) where v.network_id = 1 and v.valid_to_block is null`);
    await trx.unsafe(`update session_versions v set valid_to_block = ${block} from next_versions n
      where v.network_id = 1 and v.account = n.account and v.session_key = n.session_key and v.valid_to_block is null`);
    await trx.unsafe(`update next_versions set valid_from_block = ${block}, calls_used = calls_used + 1`);
    await trx.unsafe('insert into session_versions select * from next_versions');
    await trx.unsafe(`update cursors set block_number = ${block}, block_hash = ${hash} where network_id = 1`);
  });
};
