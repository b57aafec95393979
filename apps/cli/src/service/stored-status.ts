import type { NetworkStatus } from '#libs/api';
import type { Db } from '#libs/database';
import { parseFelt } from '#libs/felt';
import type { ConnectedNetwork } from './connect-network.ts';

/** How far each network is by the database, for processes that do not index it themselves. */
export interface StoredStatus {
  of(network: ConnectedNetwork): NetworkStatus;
  refresh(): Promise<void>;
}

export const createStoredStatus = (db: Db): StoredStatus => {
  let cursors = new Map<number, Cursor>();
  let stopped = new Map<number, string>();
  return {
    of: (network) => {
      const code = stopped.get(network.networkId);
      return {
        ...statusOf(network, cursors.get(network.networkId)),
        ...(code !== undefined && { stopped: code }),
      };
    },
    refresh: async () => {
      cursors = new Map((await listCursors(db)).map((row) => [row.network_id, row]));
      stopped = new Map((await listStopped(db)).map((row) => [row.network_id, row.kind]));
    },
  };
};

type Cursor = Awaited<ReturnType<typeof listCursors>>[number];

const listCursors = (db: Db) =>
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
    ])
    .execute();

/** What only somebody ends: the writer, wherever it is, waits for that. */
const listStopped = (db: Db) =>
  db
    .selectFrom('incidents')
    .select(['network_id', 'kind'])
    .where('kind', '=', 'FINALITY_VIOLATION')
    .where('resolved_at', 'is', null)
    .execute();

const statusOf = (network: ConnectedNetwork, cursor: Cursor | undefined): NetworkStatus => {
  const { networkId, chainId, label, sandbox } = network;
  const identity = { networkId, chainId, label, sandbox };
  if (cursor === undefined) return identity;
  const indexed = {
    blockNumber: cursor.block_number,
    blockHash: parseFelt(cursor.block_hash),
    timestampSeconds: cursor.timestamp_seconds,
    finality: cursor.finality,
  };
  return { ...identity, indexed };
};
