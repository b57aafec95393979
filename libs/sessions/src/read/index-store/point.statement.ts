import type { Db } from '#libs/database';
import { feltToHex } from '#libs/felt';
import { type Expression, type RawBuilder, sql } from 'kysely';
import type { Moment } from '../moment.ts';

/** The block of a question, and the head beside it. The block is null where the index has none there. */
export interface PointRow {
  readonly network_id: number;
  readonly head_number: number;
  readonly block_number: number | null;
  readonly block_hash: string | null;
  readonly timestamp_seconds: bigint | null;
  readonly finality: 'ACCEPTED_ON_L2' | 'ACCEPTED_ON_L1' | null;
}

/** The block that an answer speaks of, as one row; no row while nothing of the network is indexed. */
export const pointOf = (db: Db, networkId: number, at: Moment): Expression<PointRow> =>
  at === undefined
    ? headOf(db, networkId).select('b.block_number as head_number').$castTo<PointRow>()
    : blockAt(networkId, at);

/** The newest committed block of a network: what every answer from the index speaks of that names no point. */
export const headOf = (db: Db, networkId: number) =>
  db
    .selectFrom('cursors as c')
    .innerJoin('blocks as b', (join) =>
      join.onRef('b.network_id', '=', 'c.network_id').onRef('b.block_hash', '=', 'c.block_hash'),
    )
    .where('c.network_id', '=', networkId)
    .select(['b.network_id', 'b.block_number', 'b.block_hash', 'b.timestamp_seconds', 'b.finality']);

/**
 * The canonical block at a point. Below the first block that was read one by one the index has single blocks only, so
 * the newest one before a time may be another than the chain's: it counts where the next one is there too.
 */
const blockAt = (networkId: number, at: NonNullable<Moment>): Expression<PointRow> => sql<PointRow>`(
  select h.network_id, h.block_number as head_number, b.block_number, b.block_hash, b.timestamp_seconds, b.finality
  from cursors c
  join blocks h on h.network_id = c.network_id and h.block_hash = c.block_hash
  left join lateral (
    select * from blocks x
    where x.network_id = ${networkId} and x.canonical and x.block_number <= h.block_number and ${conditionOf(at)}
    order by ${orderOf(at)} limit 1
  ) b on ${
    isExact(at)
      ? sql`true`
      : sql`b.block_number = h.block_number or exists (
    select from blocks n where n.network_id = ${networkId} and n.canonical and n.block_number = b.block_number + 1
  )`
  }
  where c.network_id = ${networkId}
)`;

const isExact = ({ kind }: NonNullable<Moment>): boolean => kind === 'BLOCK' || kind === 'PIN';

const conditionOf = (at: NonNullable<Moment>): RawBuilder<boolean> => {
  switch (at.kind) {
    case 'BLOCK':
      return sql`x.block_number = ${at.blockNumber}::bigint`;
    case 'PIN':
      return sql`x.block_hash = ${feltToHex(at.blockHash)}`;
    case 'TIMESTAMP':
      return sql`x.timestamp_seconds <= ${at.timestampSeconds}::numeric`;
    case 'FINALITY':
      return at.finality === 'ACCEPTED_ON_L1' ? sql`x.finality = 'ACCEPTED_ON_L1'` : sql`true`;
  }
};

const orderOf = ({ kind }: NonNullable<Moment>): RawBuilder<unknown> =>
  kind === 'TIMESTAMP' ? sql`x.timestamp_seconds desc, x.block_number desc` : sql`x.block_number desc`;

/** Whether a version, called so in the statement, is the one in force at the point. */
export const heldAt = (version: string, at: Moment): RawBuilder<boolean> => {
  const to = sql.ref(`${version}.valid_to_block`);
  if (at === undefined) return sql<boolean>`${to} is null`;
  return heldAtBlock(version, sql`point.block_number`);
};

/** Whether a version is the one in force at a block of the statement. */
export const heldAtBlock = (version: string, block: RawBuilder<unknown>): RawBuilder<boolean> => {
  const [from, to] = [sql.ref(`${version}.valid_from_block`), sql.ref(`${version}.valid_to_block`)];
  return sql<boolean>`(${from} <= ${block} and (${to} is null or ${to} > ${block}))`;
};

/** Whether a version had begun at the point. */
export const begunAt = (version: string, at: Moment): RawBuilder<boolean> =>
  at === undefined
    ? sql<boolean>`true`
    : sql<boolean>`${sql.ref(`${version}.valid_from_block`)} <= point.block_number`;

/** Whether a range of coverage holds the point. */
export const coversPoint = (range: string, at: Moment): RawBuilder<boolean> => {
  const to = sql.ref(`${range}.to_block`);
  if (at === undefined) return sql<boolean>`${to} is null`;
  const from = sql.ref(`${range}.from_block`);
  return sql<boolean>`(${from} <= point.block_number and (${to} is null or ${to} >= point.block_number))`;
};
