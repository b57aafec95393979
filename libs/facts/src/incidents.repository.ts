import { sql } from 'kysely';
import type { Db, IncidentKind, Row, Trx } from '#libs/database';
import { type Address, type Felt, feltToHex, parseAddress, parseFelt } from '#libs/felt';
import type { JsonObject } from './fact.ts';
import { jsonParameter } from './json-parameter.ts';

/** Something that went wrong, at the block that showed it. */
export interface NewIncident {
  readonly kind: IncidentKind;
  /** Left out where it concerns the whole network. */
  readonly account?: Address;
  readonly block?: { readonly blockNumber: number; readonly blockHash: Felt };
  readonly details: JsonObject;
}

export interface Incident extends NewIncident {
  readonly incidentId: number;
  readonly openedAt: Date;
  readonly occurrences: number;
  readonly resolved?: { readonly at: Date; readonly resolution: string };
}

/** Opens an incident, or counts it where one of its kind is open for the account: the first block stands. */
export const openIncident = async (trx: Trx, networkId: number, incident: NewIncident): Promise<void> => {
  const { kind, account, block, details } = incident;
  await sql`
    insert into incidents (network_id, kind, account, block_number, block_hash, details)
    values (${networkId}::integer, ${kind}, ${account === undefined ? null : feltToHex(account)},
      ${block?.blockNumber ?? null}::bigint, ${block === undefined ? null : feltToHex(block.blockHash)},
      ${jsonParameter(details)}::text::jsonb)
    on conflict (network_id, kind, account) where resolved_at is null
    do update set occurrences = incidents.occurrences + 1, details = excluded.details`.execute(trx);
};

/** Closes the open incident of a kind and account. Gives whether there was one. */
export const resolveIncident = async (
  trx: Trx,
  networkId: number,
  { kind, account, resolution }: Pick<NewIncident, 'kind' | 'account'> & { readonly resolution: string },
): Promise<boolean> => {
  const closed = await sql`
    update incidents set resolved_at = now(), resolution = ${resolution}
    where network_id = ${networkId}::integer and kind = ${kind} and resolved_at is null
      and account is not distinct from ${account === undefined ? null : feltToHex(account)}::text
    returning incident_id`.execute(trx);
  return closed.rows.length > 0;
};

export interface IncidentFilter {
  readonly onlyOpen: boolean;
  readonly limit: number;
}

/** The newest of a network first. */
export const incidentListStatement = (db: Db | Trx, networkId: number, { onlyOpen, limit }: IncidentFilter) =>
  db
    .selectFrom('incidents')
    .selectAll()
    .where('network_id', '=', networkId)
    .$if(onlyOpen, (query) => query.where('resolved_at', 'is', null))
    .orderBy('incident_id', 'desc')
    .limit(limit);

export const listIncidents = async (
  db: Db | Trx,
  networkId: number,
  filter: IncidentFilter,
): Promise<Incident[]> => (await incidentListStatement(db, networkId, filter).execute()).map(toIncident);

export const toIncident = (row: Row<'incidents'>): Incident => ({
  incidentId: row.incident_id,
  kind: row.kind,
  ...(row.account !== null && { account: parseAddress(row.account) }),
  ...(row.block_number !== null &&
    row.block_hash !== null && {
      block: { blockNumber: row.block_number, blockHash: parseFelt(row.block_hash) },
    }),
  details: row.details as JsonObject,
  openedAt: row.opened_at,
  occurrences: row.occurrences,
  ...(row.resolved_at !== null &&
    row.resolution !== null && { resolved: { at: row.resolved_at, resolution: row.resolution } }),
});
