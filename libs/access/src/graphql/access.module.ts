import { type DynamicModule, Module } from '@nestjs/common';
import { AuditResolver } from '../audit/graphql/audit.resolver.ts';
import { KeysResolver } from '../keys/graphql/keys.resolver.ts';
import { MembersResolver } from '../members/graphql/members.resolver.ts';
import { OrganisationResolver } from '../members/graphql/organisation.resolver.ts';
import { SignInResolver } from '../sign-in/graphql/sign-in.resolver.ts';
import { FollowRulesResolver } from './follow-rules.resolver.ts';
import { FollowsResolver } from './follows.resolver.ts';
import { GroupsResolver } from './groups.resolver.ts';
import { ImportResolver } from './import.resolver.ts';
import { PORTFOLIO_PORTS } from './portfolio.ports.ts';
import { ACCESS_PORTS, type AccessPorts } from './ports.ts';
import { ViewerResolver } from './viewer.resolver.ts';

/** Every class of this room that adds to the schema. */
export const ACCESS_RESOLVERS = [
  ViewerResolver,
  FollowsResolver,
  GroupsResolver,
  FollowRulesResolver,
  ImportResolver,
  AuditResolver,
  KeysResolver,
  MembersResolver,
  OrganisationResolver,
  SignInResolver,
];

/** Who asks, who may, and what his organisation follows, over GraphQL. The principal comes with the request context of the server. */
@Module({})
export class AccessModule {
  static of(ports: AccessPorts): DynamicModule {
    return {
      module: AccessModule,
      providers: [
        { provide: ACCESS_PORTS, useValue: ports },
        { provide: PORTFOLIO_PORTS, useValue: ports },
        ...ACCESS_RESOLVERS,
      ],
    };
  }
}
