import { PurserError } from './purser.error.ts';
import { type Felt, feltToHex } from '#libs/felt';

export interface NetworkName {
  readonly chainId: Felt;
  readonly label: string;
}

/** What a question says of its network. */
export interface NetworkChoice {
  readonly chainId?: bigint | null | undefined;
  readonly network?: string | null | undefined;
}

/**
 * The one network that a question means. No answer mixes chains, so with several candidates the question is refused.
 * @throws PurserError CHAIN_UNKNOWN, CHAIN_REQUIRED
 */
export const pickNetwork = <N extends NetworkName>(networks: readonly N[], choice: NetworkChoice): N => {
  const candidates = networks.filter(
    ({ chainId, label }) => chainId === (choice.chainId ?? chainId) && label === (choice.network ?? label),
  );
  const [network, ...others] = candidates;
  if (network === undefined) {
    throw new PurserError('CHAIN_UNKNOWN', 'This deployment does not serve that network.', {
      details: { networks: networks.map(printed) },
    });
  }
  if (others.length > 0) {
    throw new PurserError('CHAIN_REQUIRED', 'Several networks are served: say which by chainId or network.', {
      details: { networks: candidates.map(printed) },
    });
  }
  return network;
};

const printed = ({ chainId, label }: NetworkName) => ({ chainId: feltToHex(chainId), network: label });
