import { sql } from 'kysely';
import { copyRows, copyUnlessThere, type CopyValue, type Db, FEWEST_COPIED, type Trx } from '#libs/database';
import { jsonParameter, type JsonValue, type NewFact } from '#libs/facts';
import { type Address, commonFeltToHex, type Felt, feltToHex, parseAddress, parseFelt } from '#libs/felt';
import {
  isUseFact,
  KEY_TYPES,
  type StoredUseFact,
  USE_COLUMNS,
  USE_KEY,
  type UseRow,
  useRow,
} from './use-row.ts';

/** Writes the uses that facts tell of; other facts are left aside. Accounts with one unattributed are quarantined. */
export const writeUses = async (trx: Trx, networkId: number, facts: readonly NewFact[]): Promise<void> => {
  const rows = facts.filter(isUseFact).map((fact) => useRow(stored(fact)));
  if (rows.length === 0) return;
  if (!(await copyUses(trx, networkId, rows))) await insertUses(trx, networkId, rows);
  await quarantine(trx, networkId, rows);
};

/** False: nothing is copied, since there are few or one is there. */
const copyUses = async (trx: Trx, networkId: number, rows: readonly UseRow[]): Promise<boolean> => {
  if (rows.length < FEWEST_COPIED) return false;
  const cells = rows.map((row) =>
    Object.fromEntries(NAMES.map((name) => [name, cellOf(name, row[name as keyof UseRow])])),
  );
  return await copyUnlessThere(trx, () => copyRows(trx, networkId, 'uses', NAMES, cells));
};

const cellOf = (name: string, value: JsonValue): CopyValue => {
  if (value === null || JSON_COLUMNS.has(name)) return value === null ? null : jsonParameter(value);
  return value as string | number | boolean;
};

const insertUses = async (trx: Trx, networkId: number, rows: readonly UseRow[]): Promise<void> => {
  await sql`
    insert into uses (network_id, ${columns(NAMES)})
    select ${networkId}::integer, ${columns(NAMES.map((name) => `r.${name}`))}
    from jsonb_to_recordset(${jsonParameter(rows)}::text::jsonb) as r(${sql.raw(TYPED)})
    on conflict do nothing`.execute(trx);
};

const NAMES = [...USE_KEY, ...Object.keys(USE_COLUMNS)];
const TYPED = Object.entries({ ...KEY_TYPES, ...USE_COLUMNS })
  .map(([name, type]) => `${name} ${type}`)
  .join(', ');

const JSON_COLUMNS = new Set(
  Object.entries(USE_COLUMNS).flatMap(([name, type]) => (type === 'jsonb' ? [name] : [])),
);

const columns = (names: readonly string[]) => sql.join(names.map((name) => sql.ref(name)));

const stored = (fact: NewFact): StoredUseFact => ({
  ...fact,
  account: commonFeltToHex(fact.account),
  blockHash: commonFeltToHex(fact.blockHash),
  transactionHash: fact.transactionHash === undefined ? null : feltToHex(fact.transactionHash),
  sessionKey: fact.sessionKey === undefined ? null : commonFeltToHex(fact.sessionKey),
});

const quarantine = async (trx: Trx, networkId: number, rows: readonly UseRow[]): Promise<void> => {
  const accounts = rows.filter(({ unattributed }) => unattributed !== null).map(({ account }) => account);
  if (accounts.length === 0) return;
  await trx
    .updateTable('accounts')
    .set({ attribution: 'QUARANTINED' })
    .where('network_id', '=', networkId)
    .where('address', 'in', accounts)
    .execute();
};

/** A block with a use of an account that no transaction explained. */
export interface UnattributedBlock {
  readonly account: Address;
  readonly blockNumber: number;
  readonly blockHash: Felt;
}

/** Of one account, or of all that are quarantined; the oldest first. */
export const listUnattributedBlocks = async (
  db: Db | Trx,
  networkId: number,
  account?: Address,
): Promise<UnattributedBlock[]> => {
  const rows = await db
    .selectFrom('accounts')
    .innerJoin('uses', (join) =>
      join
        .onRef('uses.network_id', '=', 'accounts.network_id')
        .onRef('uses.account', '=', 'accounts.address'),
    )
    .select(['uses.account', 'uses.block_number', 'uses.block_hash'])
    .distinct()
    .where('accounts.network_id', '=', networkId)
    .where('accounts.attribution', '=', 'QUARANTINED')
    .where('uses.outcome', '=', 'UNATTRIBUTED')
    .$if(account !== undefined, (query) => query.where('uses.account', '=', feltToHex(account ?? 0n)))
    .orderBy('uses.account')
    .orderBy('uses.block_number')
    .execute();
  return rows.map((row) => ({
    account: parseAddress(row.account),
    blockNumber: row.block_number,
    blockHash: parseFelt(row.block_hash),
  }));
};

/**
 * Ends the quarantine, and its incident, of accounts that have no unattributed use any more: of all, or of one.
 * Gives whether any ended.
 */
export const releaseQuarantine = async (
  trx: Trx,
  networkId: number,
  { account, resolution }: { readonly account?: Address; readonly resolution: string },
): Promise<boolean> => {
  const released = await sql`
    with released as (
      update accounts set attribution = 'EXACT'
      where network_id = ${networkId}::integer and attribution = 'QUARANTINED'
        and address = coalesce(${account === undefined ? null : feltToHex(account)}, address)
        and not exists (
          select from uses
          where uses.network_id = accounts.network_id and uses.account = accounts.address
            and uses.outcome = 'UNATTRIBUTED')
      returning address
    ), resolved as (
      update incidents set resolved_at = now(), resolution = ${resolution}
      from released
      where incidents.network_id = ${networkId}::integer and incidents.account = released.address
        and incidents.kind = 'ATTRIBUTION_FAILED' and incidents.resolved_at is null
    )
    select address from released`.execute(trx);
  return released.rows.length > 0;
};

/**
 * Takes back the uses of blocks above a height, and quarantines and incidents that only such blocks gave cause for.
 * @param kept the one block above it that is known to be on the chain still
 */
export const cutUsesAbove = async (
  trx: Trx,
  networkId: number,
  height: number,
  kept?: number,
): Promise<void> => {
  const uses = trx.deleteFrom('uses').where('network_id', '=', networkId).where('block_number', '>', height);
  await (kept === undefined ? uses : uses.where('block_number', '<>', kept)).execute();
  const resolution = 'the block that showed it was left by a reorg';
  await releaseQuarantine(trx, networkId, { resolution });
};
