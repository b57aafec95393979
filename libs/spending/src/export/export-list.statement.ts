import { type RawBuilder, sql } from 'kysely';
import type { StoredExport } from './stored-export.ts';

export type ExportOrder = 'CREATED_AT_DESC' | 'CREATED_AT_ASC' | 'EXPIRES_AT_DESC';

/** A row in the order of a list: its time in microseconds of Unix time, and its id. */
export interface ExportPlace {
  readonly micros: string;
  readonly exportId: string;
}

export interface ExportListQuery {
  /** Nothing: those of everybody. */
  readonly createdBy: string | undefined;
  readonly order: ExportOrder;
  readonly after: ExportPlace | undefined;
  readonly limit: number;
}

/** A row and where it stands: a date of JavaScript has no microseconds, and what was made in one millisecond would be left out. */
export type ListedExport = StoredExport & { readonly place_micros: string };

export const STORED_COLUMNS = sql`export_id, network_id, format, filter, created_by, creator_name, created_at, expires_at, revoked_at`;

interface OrderedBy {
  readonly time: RawBuilder<Date>;
  readonly direction: RawBuilder<unknown>;
  readonly isBehind: RawBuilder<unknown>;
}

const DOWN = { direction: sql`desc`, isBehind: sql`<` };
const UP = { direction: sql`asc`, isBehind: sql`>` };
/** Time and id go the same way, so that an index gives the rows in order, read from either end. */
const ORDERS: Record<ExportOrder, OrderedBy> = {
  CREATED_AT_DESC: { time: sql`created_at`, ...DOWN },
  CREATED_AT_ASC: { time: sql`created_at`, ...UP },
  EXPIRES_AT_DESC: { time: sql`expires_at`, ...DOWN },
};

const isAfter = ({ time, isBehind }: OrderedBy, after: ExportPlace | undefined): RawBuilder<unknown> => {
  if (after === undefined) return sql`true`;
  const at = sql`'epoch'::timestamptz + ${after.micros}::bigint * interval '1 microsecond'`;
  return sql`(${time}, export_id) ${isBehind} (${at}, ${after.exportId}::text)`;
};

/** Links of the organisation of the scope. */
export const exportListStatement = ({ createdBy, order, after, limit }: ExportListQuery) => {
  const ordered = ORDERS[order];
  return sql<ListedExport>`
    select ${STORED_COLUMNS}, (extract(epoch from ${ordered.time}) * 1000000)::bigint::text as place_micros
    from exports
    where ${createdBy === undefined ? sql`true` : sql`created_by = ${createdBy}::text`} and ${isAfter(ordered, after)}
    order by ${ordered.time} ${ordered.direction}, export_id ${ordered.direction} limit ${limit}`;
};
