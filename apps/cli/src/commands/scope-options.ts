import type { StoredScope } from '#libs/access';
import { type Role, ROLES } from '#libs/api';
import type { Db } from '#libs/database';
import { type Address, feltToHex, parseAddress } from '#libs/felt';
import { CliError } from '../cli.error.ts';
import { EXIT } from '../exit-codes.ts';
import { requireNetwork } from '../storage/require-network.ts';

/** @throws CliError ARGUMENT_INVALID */
export const parseRole = (text: string): Role => {
  const role = ROLES.find((known) => known === text.toUpperCase());
  if (role !== undefined) return role;
  throw new CliError('ARGUMENT_INVALID', `no role ${JSON.stringify(text)}`, {
    exitCode: EXIT.USAGE,
    hint: `one of ${ROLES.join(', ').toLowerCase()}`,
  });
};

/** Nothing given: all accounts of the organisation. Each account is an address or network:address. */
export const scopeOf = async (
  db: Db,
  accounts: readonly string[] = [],
  labels: readonly string[] = [],
): Promise<StoredScope | undefined> => {
  if (accounts.length === 0 && labels.length === 0) return undefined;
  const found = await Promise.all(accounts.map((entry) => accountOf(db, entry)));
  return { accounts: found.map(({ networkId, account }) => `${networkId}/${feltToHex(account)}`), labels };
};

/** An address, or network:address. */
export const accountOf = async (
  db: Db,
  entry: string,
): Promise<{ readonly networkId: number; readonly account: Address }> => {
  const colon = entry.lastIndexOf(':');
  const account = parseAddress(entry.slice(colon + 1));
  const { networkId } = await requireNetwork(db, colon < 0 ? undefined : entry.slice(0, colon));
  return { networkId, account };
};
