import { AddressScalar, ChainIdScalar, pickNetwork, PurserError } from '#libs/api';
import { type Address, feltToHex, parseAddress } from '#libs/felt';
import { Field, InputType } from '@nestjs/graphql';
import type { StoredScope } from '../keys/stored-key.ts';
import { requireText } from '../text.ts';
import type { AccessNetwork } from './ports.ts';
import type { KeyScope } from './viewer.models.ts';

@InputType({
  description: 'Some accounts of the organisation only: those listed, and those with one of the labels.',
})
export class ScopeInput {
  @Field(() => [AddressScalar], { nullable: true, description: 'These accounts, at most 100.' })
  accounts?: Address[] | null;

  @Field(() => ChainIdScalar, {
    nullable: true,
    description: 'The chain that they are on, where several are served.',
  })
  chainId?: bigint | null;

  @Field(() => String, { nullable: true, description: 'The name this deployment gives their network.' })
  network?: string | null;

  @Field(() => [String], { nullable: true, description: 'And those with one of these labels, at most 100.' })
  labels?: string[] | null;
}

const MOST_ENTRIES = 100;
const MOST_LABEL_LENGTH = 200;

/** Nothing given: all accounts. @throws PurserError BAD_INPUT for one that names nothing, or too much; CHAIN_REQUIRED */
export const scopeOf = (
  networks: readonly AccessNetwork[],
  input: ScopeInput | null | undefined,
): StoredScope | undefined => {
  if (input === undefined || input === null) return undefined;
  const addresses = input.accounts ?? [];
  const labels = (input.labels ?? []).map((label) => requireText('A label', label, MOST_LABEL_LENGTH));
  if (
    addresses.length + labels.length === 0 ||
    addresses.length > MOST_ENTRIES ||
    labels.length > MOST_ENTRIES
  )
    throw new PurserError('BAD_INPUT', `A scope names 1 to ${MOST_ENTRIES} accounts or labels.`);
  if (addresses.length === 0) return { accounts: [], labels };
  const { networkId } = pickNetwork(networks, input);
  return { accounts: addresses.map((address) => `${networkId}/${feltToHex(address)}`), labels };
};

/** As it is shown. */
export const scopeView = (scope: StoredScope | undefined): KeyScope => ({
  isLimited: scope !== undefined,
  accounts: (scope?.accounts ?? []).map(addressOf),
  labels: [...(scope?.labels ?? [])],
});

/** Of `networkId/0x…`: the number of the network means nothing outside of this deployment. */
const addressOf = (account: string): bigint => parseAddress(account.slice(account.indexOf('/') + 1));

/** Unix seconds of a moment of the database. */
export const secondsOf = (date: Date): bigint => BigInt(Math.floor(date.getTime() / 1_000));

export const secondsOrNull = (date: Date | undefined): bigint | null =>
  date === undefined ? null : secondsOf(date);
