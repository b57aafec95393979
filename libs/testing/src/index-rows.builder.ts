import { capabilitiesToJson, probeAbi } from '#libs/account';
import type { BlockHeader } from '#libs/chain';
import type { Db, NewRow } from '#libs/database';
import {
  type Address,
  type ClassHash,
  encodeShortString,
  type Felt,
  feltToHex,
  type SessionKey,
  toFelt,
} from '#libs/felt';
import { sql } from 'kysely';

/** Writes rows as the indexer would, for specs of what reads them. */
export interface IndexRows {
  network(label: string, genesisHash?: bigint): Promise<number>;
  /** Adds the block and moves the cursor to it. */
  head(networkId: number, header: BlockHeader): Promise<void>;
  account(networkId: number, address: Address, row?: AccountSeed): Promise<void>;
  session(
    networkId: number,
    account: Address,
    key: SessionKey,
    row?: Partial<NewRow<'session_versions'>>,
  ): Promise<void>;
  policy(
    networkId: number,
    account: Address,
    key: SessionKey,
    token: Address,
    row?: Partial<NewRow<'policy_versions'>>,
  ): Promise<void>;
}

export interface AccountSeed {
  readonly row?: Partial<NewRow<'accounts'>>;
  readonly classHash?: ClassHash | null;
  readonly abi?: unknown;
  readonly eventsFrom?: number;
  readonly stateFrom?: number;
}

export const indexRowsOf = (db: Db): IndexRows => ({
  network: async (label, genesisHash = 1n) => {
    const row = {
      chain_id: feltToHex(encodeShortString('SN_SEPOLIA')),
      genesis_hash: feltToHex(genesisHash),
      label,
    };
    const { network_id } = await db
      .insertInto('networks')
      .values(row)
      .returning('network_id')
      .executeTakeFirstOrThrow();
    return network_id;
  },
  head: (networkId, header) => insertHead(db, networkId, header),
  account: (networkId, address, seed = {}) => insertAccount(db, networkId, address, seed),
  session: async (networkId, account, key, row = {}) => {
    const id = { network_id: networkId, account: feltToHex(account), session_key: feltToHex(key) };
    await db
      .insertInto('session_keys')
      .values({ ...id, slot_base: feltToHex(toFelt(1)), entrypoints_base: feltToHex(toFelt(2)) })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    await db
      .insertInto('session_versions')
      .values({ ...SESSION_DEFAULTS, ...id, ...row })
      .execute();
  },
  policy: async (networkId, account, key, token, row = {}) => {
    const id = {
      network_id: networkId,
      account: feltToHex(account),
      session_key: feltToHex(key),
      token: feltToHex(token),
    };
    await db
      .insertInto('policy_versions')
      .values({ ...POLICY_DEFAULTS, ...id, ...row })
      .execute();
  },
});

const SESSION_DEFAULTS = {
  valid_from_block: 1,
  valid_to_block: null,
  valid_until_seconds: 2_000n,
  max_calls: 10,
  calls_used: 3,
  allowed_entrypoints: [] as string[],
  allowed_entrypoints_len: 0,
  entrypoints_known: true,
  lifecycle: 'REGISTERED',
  lifecycle_block: 1,
  lifecycle_tx: null,
} as const satisfies Partial<NewRow<'session_versions'>>;

const POLICY_DEFAULTS = {
  valid_from_block: 1,
  valid_to_block: null,
  max_per_call: 100n,
  max_per_window: 1_000n,
  window_seconds: 600n,
  spent_in_window: 250n,
  window_start_seconds: 900n,
  lifecycle: 'SET',
  lifecycle_block: 1,
  lifecycle_tx: null,
} as const satisfies Partial<NewRow<'policy_versions'>>;

const insertHead = async (db: Db, networkId: number, header: BlockHeader): Promise<void> => {
  const block_hash = feltToHex(header.blockHash);
  await db
    .insertInto('blocks')
    .values({
      network_id: networkId,
      block_hash,
      block_number: header.blockNumber,
      parent_hash: feltToHex(header.parentHash),
      timestamp_seconds: header.timestampSeconds,
      finality: header.finality,
      canonical: true,
    })
    .execute();
  const cursor = { block_number: header.blockNumber, block_hash };
  await db
    .insertInto('cursors')
    .values({ network_id: networkId, ...cursor })
    .onConflict((conflict) => conflict.column('network_id').doUpdateSet(cursor))
    .execute();
};

const insertAccount = async (
  db: Db,
  networkId: number,
  address: Address,
  seed: AccountSeed,
): Promise<void> => {
  const account = feltToHex(address);
  const values = {
    source: 'WATCH',
    label: null,
    status: 'FOLLOWED',
    reason_code: null,
    followed_from_block: 0,
  } as const;
  await db
    .insertInto('accounts')
    .values({ network_id: networkId, address: account, ...values, ...seed.row })
    .execute();
  if (typeof seed.row?.label === 'string') {
    const follows = db.updateTable('follows').set({ label: seed.row.label });
    await follows.where('network_id', '=', networkId).where('account', '=', account).execute();
  }
  const coverage = { network_id: networkId, account, to_block: null };
  await db
    .insertInto('coverage')
    .values([
      { ...coverage, kind: 'EVENTS', from_block: seed.eventsFrom ?? 0 },
      { ...coverage, kind: 'STATE', from_block: seed.stateFrom ?? 0 },
    ])
    .execute();
  const class_hash =
    seed.classHash === null || seed.classHash === undefined ? null : feltToHex(seed.classHash);
  await db
    .insertInto('account_versions')
    .values({
      network_id: networkId,
      account,
      valid_from_block: 0,
      valid_to_block: null,
      class_hash,
      public_key: null,
      signature_mode: null,
    })
    .execute();
  if (class_hash !== null && seed.abi !== undefined) {
    const json = JSON.stringify(capabilitiesToJson(probeAbi(seed.abi)));
    await sql`
      insert into classes (network_id, class_hash, capabilities)
      values (${networkId}::integer, ${class_hash}, ${json}::text::jsonb)
      on conflict do nothing`.execute(db);
  }
};

export const asKey = (value: bigint): SessionKey => value as SessionKey;
export const asAddress = (value: bigint): Address => value as Address;
export const hexOf = (felt: Felt | bigint): string => feltToHex(felt);
