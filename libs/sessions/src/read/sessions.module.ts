import { type DynamicModule, Module } from '@nestjs/common';
import { UseListRepository } from '../uses/read/uses.list.repository.ts';
import { UsesResolver } from '../uses/read/uses.resolver.ts';
import { FindingsRepository } from '../watching/findings.repository.ts';
import { FindingsResolver } from '../watching/findings.resolver.ts';
import { ListsResolver } from './graphql/lists.resolver.ts';
import { NodeResolver } from './graphql/node.resolver.ts';
import { SessionResolver } from './graphql/session.resolver.ts';
import { AccountListRepository } from './index-store/account-list.repository.ts';
import { PolicyListRepository } from './index-store/policy-list.repository.ts';
import { SessionListRepository } from './index-store/session-list.repository.ts';
import { SessionLookupRepository } from './index-store/session-lookup.repository.ts';
import { NodeSessionReader } from './node/node-session.reader.ts';
import { PolicyReader } from './policy.reader.ts';
import { ChangesResolver } from './graphql/changes.resolver.ts';
import { ChangesRepository } from './changes/changes.repository.ts';
import { TimelineResolver } from './graphql/timeline.resolver.ts';
import { TimelineRepository } from './timeline/timeline.repository.ts';
import { SESSION_READ_PORTS, type SessionReadPorts } from './ports.ts';
import { SessionReader } from './session.reader.ts';

/** The read side of sessions and policies. Needs INDEXER_STATUS of #libs/api from a global module. */
@Module({})
export class SessionsModule {
  static of(ports: SessionReadPorts): DynamicModule {
    const { db, followOnRead } = ports;
    const node = new NodeSessionReader(ports.nodeDeadlineMs);
    return {
      module: SessionsModule,
      providers: [
        { provide: SESSION_READ_PORTS, useValue: ports },
        { provide: SessionListRepository, useValue: new SessionListRepository(db) },
        { provide: AccountListRepository, useValue: new AccountListRepository(db) },
        {
          provide: SessionReader,
          useValue: new SessionReader(new SessionLookupRepository(db), node, followOnRead),
        },
        {
          provide: PolicyReader,
          useValue: new PolicyReader(new PolicyListRepository(db), node, followOnRead),
        },
        { provide: FindingsRepository, useValue: new FindingsRepository(db) },
        FindingsResolver,
        { provide: TimelineRepository, useValue: new TimelineRepository(db) },
        { provide: UseListRepository, useValue: new UseListRepository(db) },
        UsesResolver,
        SessionResolver,
        TimelineResolver,
        { provide: ChangesRepository, useValue: new ChangesRepository(db) },
        ChangesResolver,
        ListsResolver,
        NodeResolver,
      ],
    };
  }
}
