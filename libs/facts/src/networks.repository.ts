import type { Db, Row, Trx } from '#libs/database';
import { type Felt, feltToHex, parseFelt } from '#libs/felt';

export interface NetworkIdentity {
  readonly chainId: Felt;
  /** Hash of block 0: two development chains may share a chain id. */
  readonly genesisHash: Felt;
}

export interface StoredNetwork extends NetworkIdentity {
  readonly networkId: number;
  readonly label: string;
}

/** The row of the network, made when it is new. The label follows the settings. */
export const ensureNetwork = async (
  trx: Trx,
  { chainId, genesisHash, label }: NetworkIdentity & { readonly label: string },
): Promise<StoredNetwork> => {
  const row = await trx
    .insertInto('networks')
    .values({ chain_id: feltToHex(chainId), genesis_hash: feltToHex(genesisHash), label })
    .onConflict((conflict) => conflict.columns(['chain_id', 'genesis_hash']).doUpdateSet({ label }))
    .returningAll()
    .executeTakeFirstOrThrow();
  return toNetwork(row);
};

export const networkListStatement = (db: Db | Trx) =>
  db.selectFrom('networks').selectAll().orderBy('network_id');

export const listNetworks = async (db: Db | Trx): Promise<StoredNetwork[]> =>
  (await networkListStatement(db).execute()).map(toNetwork);

export const toNetwork = (row: Row<'networks'>): StoredNetwork => ({
  networkId: row.network_id,
  chainId: parseFelt(row.chain_id),
  genesisHash: parseFelt(row.genesis_hash),
  label: row.label,
});
