import { type Db, inTransaction, type Trx } from '#libs/database';
import { type Address, feltToHex } from '#libs/felt';
import { requestAccounts } from '#libs/indexing';
import { requireNetwork } from './require-network.ts';

export interface ListedAccount {
  readonly network: string;
  readonly chainId: string;
  readonly address: string;
  readonly label: string | null;
  readonly status: string;
  readonly source: string;
  readonly followedFromBlock: number | null;
  readonly reasonCode: string | null;
}

/** Asks for an account to be followed, and gives it its label. @returns how it stands now. */
export const addAccount = async (
  db: Db,
  address: Address,
  options: { readonly label?: string; readonly network?: string },
): Promise<ListedAccount> => {
  const network = await requireNetwork(db, options.network);
  await inTransaction(db, async (trx) => {
    await requestAccounts(trx, network.networkId, 'WATCH', [address], options.label);
    if (options.label !== undefined) await relabel(trx, network.networkId, address, options.label);
  });
  return await rowsOf(db)
    .where('account.network_id', '=', network.networkId)
    .where('account.address', '=', feltToHex(address))
    .executeTakeFirstOrThrow();
};

export const listAccounts = async (db: Db, label: string | undefined): Promise<ListedAccount[]> => {
  const query = rowsOf(db).orderBy('account.network_id').orderBy('account.address');
  if (label === undefined) return await query.execute();
  const { networkId } = await requireNetwork(db, label);
  return await query.where('account.network_id', '=', networkId).execute();
};

const rowsOf = (db: Db) =>
  db
    .selectFrom('accounts as account')
    .innerJoin('networks as network', 'network.network_id', 'account.network_id')
    .select([
      'network.label as network',
      'network.chain_id as chainId',
      'account.address',
      'account.label',
      'account.status',
      'account.source',
      'account.followed_from_block as followedFromBlock',
      'account.reason_code as reasonCode',
    ]);

const relabel = (trx: Trx, networkId: number, address: Address, label: string) =>
  trx
    .updateTable('accounts')
    .set({ label })
    .where('network_id', '=', networkId)
    .where('address', '=', feltToHex(address))
    .execute();
