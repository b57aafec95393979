import type { OrganisationKind, Role } from '#libs/api';
import { type Db, NO_ORGANISATION, type ScopedDb, type Trx } from '#libs/database';
import { sql } from 'kysely';
import type { FindKey } from './key-cache.ts';
import type { KeyKind } from './key-format.ts';
import type { KeyHash } from './key-hash.ts';
import type { ListedKey, StoredKey, StoredScope } from './stored-key.ts';

interface FoundRow {
  readonly key_id: string;
  readonly kind: KeyKind;
  readonly name: string;
  readonly hash: Uint8Array;
  readonly pepper_id: string;
  readonly organisation_id: number;
  readonly organisation_public_id: string;
  readonly organisation_name: string;
  readonly organisation_kind: OrganisationKind;
  readonly role: Role;
  readonly scope_accounts: string[] | null;
  readonly scope_labels: string[] | null;
  readonly units_per_minute: number | null;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
  readonly member_id: string | null;
  readonly member_name: string | null;
  readonly member_disabled_at: Date | null;
}

/** Reads keys as the role of the API: before anybody is known, so past row-level security, one row by its id. */
export const findKeyIn =
  (db: ScopedDb): FindKey =>
  async (keyId) => {
    const [row] = await db.read(NO_ORGANISATION, sql<FoundRow>`select * from find_api_key(${keyId})`);
    return row === undefined ? undefined : toStoredKey(row);
  };

/** Notes that keys were used, to the minute. */
export const touchKeys = (db: ScopedDb, keyIds: readonly string[]): Promise<void> =>
  db.transact(NO_ORGANISATION, async (trx) => {
    await sql`select touch_api_keys(${keyIds}::text[])`.execute(trx);
  });

/**
 * Removes keys that sign-ins made and that ended more than 7 days ago, of every organisation: the oldest first, and no more than that
 * (1,000 at most). What the audit log says of them stays. @returns how many
 */
export const removeEndedSignIns = async (trx: Trx, most: number): Promise<number> => {
  const { rows } = await sql<{ readonly removed: number }>`
    select remove_ended_sign_in_keys(${most}::integer) as removed`.execute(trx);
  return rows[0]?.removed ?? 0;
};

export interface NewKey extends KeyHash {
  readonly keyId: string;
  readonly organisationId: number;
  readonly kind: KeyKind;
  readonly name: string;
  readonly role: Role;
  readonly scope: StoredScope | undefined;
  readonly createdBy: string;
  readonly expiresAt: Date | undefined;
  readonly unitsPerMinute: number | undefined;
  /** Of a SIGN_IN key: whose. */
  readonly memberId?: string;
}

export const insertKey = async (trx: Trx, key: NewKey): Promise<void> => {
  await trx.insertInto('api_keys').values(toRow(key)).execute();
};

/** Inserts a key of a fixed id; one that is there gets the hash, and nothing else of it changes. @returns whether it is new. */
export const ensureKey = async (trx: Trx, key: NewKey): Promise<boolean> => {
  const values = toRow(key);
  const { hash, pepper_id } = values;
  const row = await trx
    .insertInto('api_keys')
    .values(values)
    .onConflict((conflict) => conflict.column('key_id').doUpdateSet({ hash, pepper_id }))
    .returning(sql<boolean>`xmax = 0`.as('isNew'))
    .executeTakeFirstOrThrow();
  return row.isNew;
};

/** As it stands, locked until the transaction ends. */
export const lockKey = async (
  trx: Trx,
  organisationId: number,
  keyId: string,
): Promise<ListedKey | undefined> => {
  const row = await listedRows(trx)
    .where('key.organisation_id', '=', organisationId)
    .where('key.key_id', '=', keyId)
    .forUpdate('key')
    .executeTakeFirst();
  return row === undefined ? undefined : toListedKey(row);
};

/** Of one organisation or of all, the newest first. */
export const listKeys = async (db: Db, organisationId: number | undefined): Promise<ListedKey[]> => {
  const all = listedRows(db)
    .orderBy('key.organisation_id')
    .orderBy('key.created_at', 'desc')
    .orderBy('key.key_id');
  const wanted = organisationId === undefined ? all : all.where('key.organisation_id', '=', organisationId);
  return (await wanted.execute()).map(toListedKey);
};

export interface KeyListOptions {
  /** Those that were revoked or came to their end too. */
  readonly includeEnded: boolean;
  /** The key behind which to go on: when it was made, in microseconds of Unix time, and its id. */
  readonly after: { readonly createdMicros: string; readonly keyId: string } | undefined;
  readonly limit: number;
}

/** Keys of the organisation of the scope, the newest first. */
export const keyListStatement = (build: Db, { includeEnded, after, limit }: KeyListOptions) => {
  let statement = listedRows(build)
    .select(sql<string>`(extract(epoch from key.created_at) * 1000000)::bigint::text`.as('created_micros'))
    .orderBy('key.created_at', 'desc')
    .orderBy('key.key_id')
    .limit(limit);
  if (!includeEnded) {
    statement = statement
      .where('key.revoked_at', 'is', null)
      .where((where) =>
        where.or([where('key.expires_at', 'is', null), where('key.expires_at', '>', sql<Date>`now()`)]),
      );
  }
  if (after === undefined) return statement;
  const { createdMicros, keyId } = after;
  const made = sql<Date>`'epoch'::timestamptz + ${createdMicros}::bigint * interval '1 microsecond'`;
  return statement.where((where) =>
    where.or([
      where('key.created_at', '<', made),
      where.and([where('key.created_at', '=', made), where('key.key_id', '>', keyId)]),
    ]),
  );
};

/** Of keys that were made for the organisation and are alive; nobody makes another meanwhile. */
export const countLiveKeys = async (trx: Trx, organisationId: number): Promise<number> => {
  await trx
    .selectFrom('organisations')
    .select('organisation_id')
    .where('organisation_id', '=', organisationId)
    .forUpdate()
    .execute();
  const { count } = await trx
    .selectFrom('api_keys')
    .select(sql<number>`count(*)::integer`.as('count'))
    .where('organisation_id', '=', organisationId)
    .where('kind', '=', 'LIVE')
    .where('revoked_at', 'is', null)
    .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', sql<Date>`now()`)]))
    .executeTakeFirstOrThrow();
  return count;
};

/** Ends a key at once. */
export const endKey = async (trx: Trx, keyId: string): Promise<void> => {
  await trx
    .updateTable('api_keys')
    .set({ revoked_at: sql<Date>`coalesce(revoked_at, now())` })
    .where('key_id', '=', keyId)
    .execute();
};

/** Lets a key work on for some time beside the one that takes its place; never longer than it would have. */
export const replaceKey = async (
  trx: Trx,
  keyId: string,
  replacedBy: string,
  overlapSeconds: number,
): Promise<void> => {
  await trx
    .updateTable('api_keys')
    .set({
      replaced_by: replacedBy,
      expires_at: sql<Date>`least(expires_at, now() + make_interval(secs => ${overlapSeconds}))`,
    })
    .where('key_id', '=', keyId)
    .execute();
};

const listedRows = (db: Db) =>
  db
    .selectFrom('api_keys as key')
    .innerJoin('organisations as organisation', 'organisation.organisation_id', 'key.organisation_id')
    .select([
      'key.key_id',
      'organisation.name as organisation',
      'key.kind',
      'key.name',
      'key.role',
      'key.scope_accounts',
      'key.scope_labels',
      'key.created_at',
      'key.created_by',
      'key.member_id',
      'key.expires_at',
      'key.last_used_at',
      'key.revoked_at',
      'key.replaced_by',
      'key.units_per_minute',
    ]);

type ListedRow = Awaited<ReturnType<ReturnType<typeof listedRows>['execute']>>[number];

export const toListedKey = (row: ListedRow): ListedKey => ({
  keyId: row.key_id,
  organisation: row.organisation,
  kind: row.kind,
  name: row.name,
  role: row.role,
  scope: toScope(row.scope_accounts, row.scope_labels),
  createdAt: row.created_at,
  createdBy: row.created_by,
  memberId: row.member_id ?? undefined,
  expiresAt: row.expires_at ?? undefined,
  lastUsedAt: row.last_used_at ?? undefined,
  revokedAt: row.revoked_at ?? undefined,
  replacedBy: row.replaced_by ?? undefined,
  unitsPerMinute: row.units_per_minute ?? undefined,
});

const toStoredKey = (row: FoundRow): StoredKey => ({
  keyId: row.key_id,
  kind: row.kind,
  name: row.name,
  hash: row.hash,
  pepperId: row.pepper_id,
  organisation: {
    id: row.organisation_id,
    publicId: row.organisation_public_id,
    name: row.organisation_name,
    kind: row.organisation_kind,
  },
  role: row.role,
  scope: toScope(row.scope_accounts, row.scope_labels),
  unitsPerMinute: row.units_per_minute ?? undefined,
  expiresAt: row.expires_at ?? undefined,
  revokedAt: row.revoked_at ?? undefined,
  member:
    row.member_id === null
      ? undefined
      : {
          memberId: row.member_id,
          name: row.member_name ?? '',
          isDisabled: row.member_disabled_at !== null,
        },
});

const toScope = (
  accounts: readonly string[] | null,
  labels: readonly string[] | null,
): StoredScope | undefined =>
  accounts === null && labels === null ? undefined : { accounts: accounts ?? [], labels: labels ?? [] };

const toRow = (key: NewKey) => ({
  key_id: key.keyId,
  organisation_id: key.organisationId,
  kind: key.kind,
  name: key.name,
  role: key.role,
  scope_accounts: key.scope === undefined ? null : [...key.scope.accounts],
  scope_labels: key.scope === undefined ? null : [...key.scope.labels],
  hash: Buffer.from(key.hash),
  pepper_id: key.pepperId,
  created_by: key.createdBy,
  expires_at: key.expiresAt ?? null,
  units_per_minute: key.unitsPerMinute ?? null,
  member_id: key.memberId ?? null,
});
