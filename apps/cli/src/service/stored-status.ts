import type { NetworkStatus, StatusBlock } from '#libs/api';
import type { Db } from '#libs/database';
import { parseFelt } from '#libs/felt';
import { type InferResult, sql } from 'kysely';
import type { ConnectedNetwork } from './connect-network.ts';
import type { StoredReads } from './stored-reads.ts';

type Network = Pick<ConnectedNetwork, 'networkId' | 'chainId' | 'label' | 'sandbox' | 'source'>;

/** How far each network is by the database and by a node, for processes that do not index it themselves. */
export interface StoredStatus {
  of(network: Network): NetworkStatus;
  /** Reads what the writer committed. @throws DatabaseError */
  refresh(): Promise<void>;
  /** Asks a node where the head is; one that does not answer leaves what was known, for a while. */
  seeHead(network: Network): Promise<void>;
}

/** A head that no node has told of for so long is not known any more. */
const HEAD_VALID_MS = 60_000;
const HEAD_DEADLINE_MS = 10_000;

interface SeenHead {
  readonly block: StatusBlock;
  readonly atMs: number;
}

export const createStoredStatus = (reads: StoredReads, nowMs: () => number = Date.now): StoredStatus => {
  let cursors = new Map<number, Cursor>();
  let stopped = new Map<number, string>();
  // By label: networks that nobody indexes yet have no number of their own.
  const heads = new Map<string, SeenHead>();
  const behindSinceMs = new Map<string, number>();
  const headOf = ({ label }: Network): StatusBlock | undefined => {
    const seen = heads.get(label);
    return seen && nowMs() - seen.atMs <= HEAD_VALID_MS ? seen.block : undefined;
  };
  return {
    of: (network) => {
      const { networkId, chainId, label, sandbox } = network;
      const code = stopped.get(networkId);
      const cursor = cursors.get(networkId);
      const lag = lagOf(headOf(network), cursor);
      const since = behindSince(behindSinceMs, label, lag.lagBlocks, nowMs());
      return {
        ...{ networkId, chainId, label, sandbox },
        ...lag,
        ...(lag.lagBlocks !== undefined && { stalledSeconds: stallOf(cursor, since, nowMs()) }),
        ...(code !== undefined && { stopped: code }),
      };
    },
    refresh: async () => {
      const rows = await reads(cursorsStatement);
      const atMs = nowMs();
      cursors = new Map(rows.map((row) => [row.network_id, cursorOf(row, atMs)]));
      stopped = new Map((await reads(stoppedStatement)).map((row) => [row.network_id, row.kind]));
    },
    seeHead: async ({ label, source }) => {
      const { blockNumber, blockHash, timestampSeconds } = await source.head({
        signal: AbortSignal.timeout(HEAD_DEADLINE_MS),
      });
      heads.set(label, { block: { blockNumber, blockHash, timestampSeconds }, atMs: nowMs() });
    },
  };
};

interface Cursor {
  readonly block: StatusBlock;
  readonly movedAtMs: number;
}

const cursorsStatement = (db: Db) =>
  db
    .selectFrom('cursors as cursor')
    .innerJoin('blocks as block', (join) =>
      join
        .onRef('block.network_id', '=', 'cursor.network_id')
        .onRef('block.block_hash', '=', 'cursor.block_hash'),
    )
    .select([
      'cursor.network_id',
      'block.block_number',
      'block.block_hash',
      'block.timestamp_seconds',
      'block.finality',
      // By the clock of the server: that of this computer may differ.
      sql<number>`extract(epoch from clock_timestamp() - cursor.updated_at)::float8`.as('age_seconds'),
    ]);

type CursorRow = InferResult<ReturnType<typeof cursorsStatement>>[number];

const cursorOf = (row: CursorRow, atMs: number): Cursor => ({
  block: {
    blockNumber: row.block_number,
    blockHash: parseFelt(row.block_hash),
    timestampSeconds: row.timestamp_seconds,
    finality: row.finality,
  },
  movedAtMs: atMs - row.age_seconds * 1000,
});

/** What only somebody ends: the writer, wherever it is, waits for that. */
const stoppedStatement = (db: Db) =>
  db
    .selectFrom('incidents')
    .select(['network_id', 'kind'])
    .where('kind', '=', 'FINALITY_VIOLATION')
    .where('resolved_at', 'is', null);

/** A node asked a moment ago may know less than what is committed by now. */
const lagOf = (
  seen: StatusBlock | undefined,
  cursor: Cursor | undefined,
): Pick<NetworkStatus, 'head' | 'indexed' | 'lagBlocks' | 'lagSeconds'> => {
  const indexed = cursor?.block;
  if (seen === undefined) return indexed === undefined ? {} : { indexed };
  if (indexed === undefined) return { head: seen, lagBlocks: seen.blockNumber + 1 };
  const head = seen.blockNumber < indexed.blockNumber ? indexed : seen;
  const lagBlocks = head.blockNumber - indexed.blockNumber;
  return { head, indexed, lagBlocks, lagSeconds: Number(head.timestampSeconds - indexed.timestampSeconds) };
};

/** When a block was first seen that is not committed yet: on a quiet chain the cursor is old without any stall. */
const behindSince = (
  since: Map<string, number>,
  label: string,
  lagBlocks: number | undefined,
  nowMs: number,
): number | undefined => {
  if (lagBlocks === undefined) return undefined;
  if (lagBlocks === 0) since.delete(label);
  else if (!since.has(label)) since.set(label, nowMs);
  return since.get(label);
};

const stallOf = (cursor: Cursor | undefined, since: number | undefined, nowMs: number): number =>
  since === undefined ? 0 : Math.max(0, Math.floor((nowMs - Math.max(since, cursor?.movedAtMs ?? 0)) / 1000));
