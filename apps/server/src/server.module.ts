import { AccessModule, type AccessPorts } from '#libs/access';
import { CLOCK, INDEXER_STATUS, systemClock } from '#libs/api';
import { NO_ORGANISATION, type RequestScope, type ScopedDb } from '#libs/database';
import { deadLetterCountStatement } from '#libs/facts';
import { LiveModule, type LivePorts } from '#libs/live';
import { NodeFinders, SessionsModule } from '#libs/sessions';
import { VerificationModule } from '#libs/verification';
import { SpendingModule } from '#libs/spending';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { GraphQLModule } from '@nestjs/graphql';
import { BACKFILL_PORTS, BackfillsResolver } from './backfills/backfills.resolver.ts';
import { ExportController } from './exports/export.controller.ts';
import { HealthController } from './health/health.controller.ts';
import { RoleGuard } from './health/role-guard.ts';
import { ExceptionFilter } from './http/exception.filter.ts';
import { graphqlOptions } from './graphql/graphql.options.ts';
import { IndexerResolver } from './indexer/indexer.resolver.ts';
import { MetricsController, PURSER_METRICS } from './metrics/metrics.controller.ts';
import type { CountDeadLetters } from './metrics/purser-metrics.ts';
import {
  DATABASE_PROBE,
  DEAD_LETTERS,
  type DatabaseProbe,
  ROLE_GUARD,
  SERVER_SETTINGS,
  type ServerParts,
} from './ports.ts';
import { type ServerSettings } from './settings.ts';

/** The ports, for every feature module. */
@Global()
@Module({})
class PortsModule {
  static of(settings: ServerSettings, deps: ServerParts): DynamicModule {
    const { metrics } = deps;
    const countFollowed = counterOf(deps.db);
    metrics.watch(deps.status);
    metrics.watchDeadLetters(deps.status, deps.countDeadLetters ?? countFollowed);
    const providers = [
      { provide: SERVER_SETTINGS, useValue: settings },
      { provide: INDEXER_STATUS, useValue: deps.status },
      { provide: NodeFinders, useValue: new NodeFinders() },
      { provide: CLOCK, useValue: deps.clock ?? systemClock },
      { provide: PURSER_METRICS, useValue: metrics },
      { provide: DEAD_LETTERS, useValue: countFollowed },
      { provide: DATABASE_PROBE, useValue: probeOf(deps.db) },
      { provide: ROLE_GUARD, useValue: new RoleGuard(deps.requireSafeRole) },
    ];
    return { module: PortsModule, providers, exports: providers.map(({ provide }) => provide) };
  }
}

@Module({})
export class ServerModule {
  static of(settings: ServerSettings, deps: ServerParts): DynamicModule {
    return {
      module: ServerModule,
      imports: [
        PortsModule.of(settings, deps),
        GraphQLModule.forRoot(graphqlOptions()),
        SessionsModule.of(deps),
        VerificationModule.of(deps),
        SpendingModule.of(deps),
        LiveModule.of(livePorts(settings, deps)),
        AccessModule.of(accessPorts(settings, deps)),
      ],
      controllers: [HealthController, MetricsController, ExportController],
      providers: [
        IndexerResolver,
        BackfillsResolver,
        { provide: BACKFILL_PORTS, useValue: deps },
        { provide: APP_FILTER, useClass: ExceptionFilter },
      ],
    };
  }
}

const accessPorts = ({ host, port }: ServerSettings, deps: ServerParts): AccessPorts => ({
  ...{ db: deps.db, networks: deps.networks, hasher: deps.access.hasher, clock: deps.clock ?? systemClock },
  signIn: deps.access.signIn ?? { service: `http://${host}:${port}`, personal: false },
  onRefused: (refusal) => {
    deps.metrics.countRefusal('SIGN_IN_REFUSED', refusal.code);
    deps.access.onRefused?.(refusal);
  },
  ...(deps.nodeDeadlineMs !== undefined && { nodeDeadlineMs: deps.nodeDeadlineMs }),
});

const livePorts = (settings: ServerSettings, deps: ServerParts): LivePorts => {
  const { db, networks, profiles, listener, logger } = deps;
  return {
    ...{ db, networks, profiles, settings: settings.subscriptions },
    ...(listener && { listener }),
    onError: (err) => logger.warn({ err }, 'changes could not be told, it is tried again'),
  };
};

/** What /metrics counts: accounts of the first organisation, which follows all unless that rule was taken from it. */
const OF_DEPLOYMENT: RequestScope = { organisationId: 1 };

const probeOf =
  (db: ScopedDb): DatabaseProbe =>
  async () => {
    await db.read(
      NO_ORGANISATION,
      db.build.selectNoFrom((of) => of.lit(1).as('one')),
    );
  };

const counterOf =
  (db: ScopedDb): CountDeadLetters =>
  (networkId, scope = OF_DEPLOYMENT) =>
    db.read(scope, deadLetterCountStatement(db.build, networkId)).catch(() => undefined);
