import { type Actor, appendAudit } from '#libs/access';
import { type IdentifiedNetwork, PurserError } from '#libs/api';
import type { RequestScope, ReviewState, ScopedDb, Trx } from '#libs/database';
import { feltToHex } from '#libs/felt';
import { askIndex } from '#libs/sessions';
import { type RawBuilder, sql } from 'kysely';
import { encodeRowId, type LedgerRowKey } from './row-id.ts';

export interface RowReview {
  readonly state: ReviewState;
  readonly note: string | undefined;
  readonly reviewedBy: string;
  readonly reviewerName: string;
  readonly reviewedAtSeconds: bigint;
}

/** The network of the rows. */
export interface ReviewedNetwork extends IdentifiedNetwork {
  readonly networkId: number;
}

export interface ReviewWork {
  readonly rows: readonly LedgerRowKey[];
  /** NONE takes what was said back. */
  readonly state: ReviewState | 'NONE';
  readonly note: string | undefined;
  readonly actor: Actor;
}

interface StoredReview {
  readonly place: number;
  readonly found: boolean;
  readonly state: ReviewState | null;
  readonly note: string | null;
  readonly reviewed_by: string | null;
  readonly reviewer_name: string | null;
  readonly reviewed_at: Date | null;
}

/** Writes what people say of rows of the ledgers, each with its entry in the audit log, all or nothing. */
export class ReviewsRepository {
  readonly #db: ScopedDb;

  constructor(db: ScopedDb) {
    this.#db = db;
  }

  /**
   * What is said of each row afterwards, in order. Saying the same again changes nothing and adds no entry.
   * @throws PurserError NOT_FOUND for a row that is not there, or not of an account that whoever asks may see
   */
  review(
    scope: RequestScope,
    network: ReviewedNetwork,
    work: ReviewWork,
  ): Promise<readonly (RowReview | undefined)[]> {
    const { networkId } = network;
    return askIndex(() =>
      this.#db.transact(scope, async (trx) => {
        const before = await readReviews(trx, networkId, work.rows);
        requireAll(network, work.rows, before);
        const changed = before.filter((row) => !isSaid(row, work));
        await write(
          trx,
          networkId,
          work,
          changed.map(({ place }) => place),
        );
        for (const row of changed) await audit(trx, network, work, row);
        const after = changed.length === 0 ? before : await readReviews(trx, networkId, work.rows);
        return after.map(reviewFrom);
      }),
    );
  }
}

/** The rows that are asked for, by their place in the question. */
const askedRows = (rows: readonly LedgerRowKey[]): RawBuilder<unknown> => sql`
  unnest(${rows.map(({ kind }) => kind)}::text[], ${rows.map(({ account }) => feltToHex(account))}::text[],
    ${rows.map(({ transactionHash }) => feltToHex(transactionHash))}::text[], ${rows.map(({ rowIndex }) => String(rowIndex))}::integer[],
    ${rows.map(({ callIndex }) => String(callIndex))}::integer[])
  with ordinality as asked (kind, account, transaction_hash, row_index, call_index, place)`;

const readReviews = async (
  trx: Trx,
  networkId: number,
  rows: readonly LedgerRowKey[],
): Promise<readonly StoredReview[]> => {
  const answer = await sql<StoredReview>`
    select asked.place::integer as place,
      exists (select from follows fo where fo.network_id = ${networkId}::integer and fo.account = asked.account) and (
        exists (
          select from debits d
          where asked.kind = 'DEBIT' and d.network_id = ${networkId}::integer and d.account = asked.account
            and d.transaction_hash = asked.transaction_hash and d.use_index = asked.row_index and d.call_index = asked.call_index
        ) or exists (
          select from movements m
          where asked.kind = 'MOVEMENT' and m.network_id = ${networkId}::integer and m.account = asked.account
            and m.transaction_hash = asked.transaction_hash and m.event_index = asked.row_index
        )
      ) as found,
      rv.state, rv.note, rv.reviewed_by, rv.reviewer_name, rv.reviewed_at
    from ${askedRows(rows)}
    left join row_reviews rv on rv.network_id = ${networkId}::integer and rv.account = asked.account and rv.row_kind = asked.kind
      and rv.transaction_hash = asked.transaction_hash and rv.row_index = asked.row_index and rv.call_index = asked.call_index
    order by asked.place`.execute(trx);
  return answer.rows;
};

const requireAll = (
  network: ReviewedNetwork,
  rows: readonly LedgerRowKey[],
  stored: readonly StoredReview[],
): void => {
  const missing = stored.filter(({ found }) => !found).flatMap(({ place }) => rows[place - 1] ?? []);
  if (missing.length === 0) return;
  throw new PurserError('NOT_FOUND', 'The ledgers have no such row.', {
    details: { ids: missing.slice(0, 10).map((row) => encodeRowId(network, row)) },
  });
};

const isSaid = (row: StoredReview, { state, note }: ReviewWork): boolean =>
  (row.state ?? 'NONE') === state && (row.note ?? undefined) === (state === 'NONE' ? undefined : note);

const write = async (
  trx: Trx,
  networkId: number,
  work: ReviewWork,
  places: readonly number[],
): Promise<void> => {
  const rows = places.flatMap((place) => work.rows[place - 1] ?? []);
  if (rows.length === 0) return;
  const { state, note, actor } = work;
  if (state === 'NONE') {
    await sql`delete from row_reviews rv using ${askedRows(rows)}
      where rv.network_id = ${networkId}::integer and rv.account = asked.account and rv.row_kind = asked.kind
        and rv.transaction_hash = asked.transaction_hash and rv.row_index = asked.row_index
        and rv.call_index = asked.call_index`.execute(trx);
    return;
  }
  await sql`insert into row_reviews (organisation_id, network_id, account, row_kind, transaction_hash, row_index, call_index,
      state, note, reviewed_by, reviewer_name)
    select current_organisation(), ${networkId}::integer, account, kind, transaction_hash, row_index, call_index,
      ${state}::text, ${note ?? null}::text, ${actor.id}::text, ${actor.name}::text
    from ${askedRows(rows)}
    on conflict (organisation_id, network_id, account, row_kind, transaction_hash, row_index, call_index) do update
      set state = excluded.state, note = excluded.note, reviewed_by = excluded.reviewed_by,
        reviewer_name = excluded.reviewer_name, reviewed_at = now()`.execute(trx);
};

const audit = (
  trx: Trx,
  network: ReviewedNetwork,
  { rows, state, note, actor }: ReviewWork,
  before: StoredReview,
): Promise<void> => {
  const row = rows[before.place - 1];
  if (row === undefined) return Promise.resolve();
  return appendAudit(trx, actor, {
    action: state === 'NONE' ? 'REVIEW_TAKEN_BACK' : 'ROW_REVIEWED',
    objectKind: 'LEDGER_ROW',
    objectId: encodeRowId(network, row),
    ...(before.state !== null && { before: { state: before.state, note: before.note } }),
    ...(state !== 'NONE' && { after: { state, note: note ?? null } }),
  });
};

/** Of columns that are joined loosely. */
export const reviewFrom = (row: Omit<StoredReview, 'place' | 'found'>): RowReview | undefined => {
  const { state, note, reviewed_by: by, reviewer_name: name, reviewed_at: at } = row;
  if (state === null || by === null || name === null || at === null) return undefined;
  return {
    state,
    note: note ?? undefined,
    reviewedBy: by,
    reviewerName: name,
    reviewedAtSeconds: BigInt(Math.floor(at.getTime() / 1_000)),
  };
};
