import type { ChainSource } from '#libs/chain';
import type { NetworkChoice, RequestContext } from '#libs/api';
import { askIndex, pickNetwork } from '#libs/api';
import type { RequestScope, ScopedDb } from '#libs/database';
import type { Felt } from '#libs/felt';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { GqlExecutionContext } from '@nestjs/graphql';
import type { Actor } from '../audit/append-audit.ts';
import type { OrganisationWork } from '../organisations/organisation-work.ts';
import { actorOf } from './change-as.ts';

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

/** Who changes something, and in which request. */
export interface Asker {
  readonly scope: RequestScope;
  readonly organisationId: number;
  readonly actor: Actor;
}

/** A parameter of a resolver: the `Asker`. The field policy has refused nobody before. */
export const CurrentAsker = createParamDecorator((_data: unknown, execution: ExecutionContext): Asker => {
  const context = GqlExecutionContext.create(execution).getContext<RequestContext>();
  const { principal, scope, requestId } = context;
  if (principal === undefined) throw new Error('a change is asked for by nobody');
  return { scope, organisationId: principal.organisation.id, actor: actorOf(principal, requestId) };
});

/** Runs a change for who asks, committed with its audit entries or not at all. @throws PurserError INDEX_UNAVAILABLE, and what the work throws */
export const change = <T>(
  { db }: PortfolioPorts,
  { scope, organisationId, actor }: Asker,
  work: (work: OrganisationWork) => Promise<T>,
): Promise<T> => askIndex(() => db.transact(scope, (trx) => work({ trx, organisationId, actor })));

export const networkIdOf = ({ networks }: PortfolioPorts, choice: NetworkChoice): number =>
  pickNetwork(networks, choice).networkId;
