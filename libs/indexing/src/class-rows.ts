import { sql } from 'kysely';
import { capabilitiesFromJson, capabilitiesToJson } from '#libs/account';
import { type Db, inTransaction, type Trx } from '#libs/database';
import { type ClassHash, feltToHex, parseFelt, toClassHash } from '#libs/felt';
import type { ClassCatalogue, ClassInfo, ClassStore } from './class-catalogue.ts';

/**
 * Keeps classes that rows of the same transaction name: a server that lost what was saved before must not have the ones
 * without the others. A class that is kept stays as it is; one that nobody could read is not kept.
 */
export const keepClasses = async (
  trx: Trx,
  networkId: number,
  catalogue: Pick<ClassCatalogue, 'known'>,
  classHashes: Iterable<ClassHash | undefined>,
): Promise<void> => {
  const named = [...new Set(classHashes)].filter((classHash) => classHash !== undefined);
  for (const classHash of named) await insertClass(trx, networkId, catalogue.known(classHash));
};

/** Where a catalogue begins, and where it keeps what it reads, beside the commits. */
export const classStore = (db: Db, networkId: number): ClassStore => ({
  load: async () => {
    const rows = await db
      .selectFrom('classes')
      .select(['class_hash', 'capabilities'])
      .where('network_id', '=', networkId)
      .execute();
    return rows.map((row) => toClassInfo(row.class_hash, row.capabilities));
  },
  save: (info) => inTransaction(db, (trx) => insertClass(trx, networkId, info)),
});

const insertClass = async (
  trx: Trx,
  networkId: number,
  { classHash, capabilities }: ClassInfo,
): Promise<void> => {
  if (capabilities === undefined) return;
  const json = JSON.stringify(capabilitiesToJson(capabilities));
  await sql`
    insert into classes (network_id, class_hash, capabilities)
    values (${networkId}::integer, ${feltToHex(classHash)}, ${json}::text::jsonb)
    on conflict do nothing`.execute(trx);
};

const toClassInfo = (classHash: string, json: unknown): ClassInfo => {
  const capabilities = capabilitiesFromJson(json);
  return {
    classHash: toClassHash(parseFelt(classHash)),
    capabilities,
    eventShapes: capabilities.eventShapes,
  };
};
