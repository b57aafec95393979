import { type DynamicModule, Module } from '@nestjs/common';
import { FollowRulesResolver } from './follow-rules.resolver.ts';
import { FollowsResolver } from './follows.resolver.ts';
import { GroupsResolver } from './groups.resolver.ts';
import { ImportResolver } from './import.resolver.ts';
import { PORTFOLIO_PORTS, type PortfolioPorts } from './portfolio.ports.ts';
import { ViewerResolver } from './viewer.resolver.ts';

/** Every class of this room that adds to the schema. */
export const ACCESS_RESOLVERS = [
  ViewerResolver,
  FollowsResolver,
  GroupsResolver,
  FollowRulesResolver,
  ImportResolver,
];

/** Who asks, and what his organisation follows, over GraphQL. The principal comes with the request context of the server. */
@Module({})
export class AccessModule {
  static of(ports: PortfolioPorts): DynamicModule {
    return {
      module: AccessModule,
      providers: [{ provide: PORTFOLIO_PORTS, useValue: ports }, ...ACCESS_RESOLVERS],
    };
  }
}
