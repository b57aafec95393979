import type { Db } from '#libs/database';
import { listNetworks, type StoredNetwork } from '#libs/facts';
import { CliError } from '../cli.error.ts';
import { EXIT } from '../exit-codes.ts';

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
