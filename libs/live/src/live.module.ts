import { parseFelt, toClassHash } from '#libs/felt';
import { type DynamicModule, Module } from '@nestjs/common';
import { ChangeHub } from './change-hub.ts';
import { FeedRepository } from './feed.repository.ts';
import { ChangedResolver } from './graphql/changed.resolver.ts';
import { LIVE_PORTS, type LivePorts } from './ports.ts';

/** Subscriptions. Needs INDEXER_STATUS of #libs/api from a global module. */
@Module({})
export class LiveModule {
  static of(ports: LivePorts): DynamicModule {
    return {
      module: LiveModule,
      providers: [
        { provide: LIVE_PORTS, useValue: ports },
        { provide: ChangeHub, useFactory: () => openHub(ports) },
        ChangedResolver,
      ],
    };
  }
}

const openHub = ({ db, profiles, settings, listener, onError }: LivePorts): ChangeHub => {
  const repository = new FeedRepository(db, (classHash) =>
    classHash === null ? undefined : profiles.find(toClassHash(parseFelt(classHash))),
  );
  const hub = new ChangeHub({ repository, settings, onError, ...(listener && { listener }) });
  hub.start();
  return hub;
};
