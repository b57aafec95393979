import { type Db, inTransaction, type Trx } from '#libs/database';
import { type Address, feltToHex } from '#libs/felt';
import { listNetworks, type StoredNetwork } from '#libs/facts';
import { requestAccounts } from '#libs/indexing';
import { CliError } from '../cli.error.ts';
import { EXIT } from '../exit-codes.ts';

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

/** Of several networks of one label (a sandbox begun anew) the newest. */
export const requireNetwork = async (db: Db, label: string | undefined): Promise<StoredNetwork> => {
  const networks = await listNetworks(db);
  const labels = [...new Set(networks.map((network) => network.label))];
  if (labels.length === 0) {
    throw new CliError('NOT_STARTED_YET', 'no network is known yet', {
      hint: 'run purser start once, or name the account in WATCH_ACCOUNTS',
    });
  }
  if (label === undefined && labels.length > 1) {
    throw new CliError('NETWORK_REQUIRED', 'several networks are followed: say which with --network', {
      exitCode: EXIT.USAGE,
      hint: `one of ${labels.join(', ')}`,
    });
  }
  const network = networks.findLast((candidate) => label === undefined || candidate.label === label);
  if (network !== undefined) return network;
  throw new CliError('NETWORK_UNKNOWN', `no network ${label ?? ''} is followed`, {
    exitCode: EXIT.REFUSED,
    hint: `one of ${labels.join(', ')}`,
  });
};
