import type { ChainSource } from '#libs/chain';
import { type NetworkChoice, pickNetwork } from '#libs/api';
import type { ScopedDb } from '#libs/database';
import type { Felt } from '#libs/felt';

/** A network whose accounts can be followed. */
export interface PortfolioNetwork {
  readonly networkId: number;
  readonly chainId: Felt;
  readonly label: string;
  readonly source: ChainSource;
}

export interface PortfolioPorts {
  readonly db: ScopedDb;
  readonly networks: readonly PortfolioNetwork[];
}

export const PORTFOLIO_PORTS = Symbol('PortfolioPorts');

export const networkIdOf = ({ networks }: PortfolioPorts, choice: NetworkChoice): number =>
  pickNetwork(networks, choice).networkId;
