import { INDEXER_STATUS, type IndexerStatus, indexerStateOf, type NetworkStatus } from '#libs/api';
import { inTime } from '#libs/database';
import { decodeShortString, feltToHex } from '#libs/felt';
import { Controller, Get, Inject, type OnApplicationShutdown, Res } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { DATABASE_PROBE, type DatabaseProbe, ROLE_GUARD, SERVER_SETTINGS } from '../ports.ts';
import { type ServerSettings } from '../settings.ts';
import { type NotReady, notReadyReasons } from './readiness.ts';
import { RoleGuard } from './role-guard.ts';

const DATABASE_DEADLINE_MS = 2_000;

/** Without a name of the database: this page is open to everybody. */
const UNSAFE_ROLE: NotReady = {
  code: 'API_ROLE_UNSAFE',
  message: 'the database role of the API may more than it should: purser database check says what',
};

@Controller()
export class HealthController implements OnApplicationShutdown {
  private closing = false;

  constructor(
    @Inject(INDEXER_STATUS) private readonly status: IndexerStatus,
    @Inject(DATABASE_PROBE) private readonly probeDatabase: DatabaseProbe,
    @Inject(ROLE_GUARD) private readonly role: RoleGuard,
    @Inject(SERVER_SETTINGS) private readonly settings: ServerSettings,
  ) {}

  @Get('livez')
  live(): { status: string } {
    return { status: 'alive' };
  }

  @Get('readyz')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<unknown> {
    const networks = this.status.networks();
    const reasons = [
      ...this.ownReasons(),
      ...(await this.databaseReasons()),
      ...networks.flatMap((network) => notReadyReasons(network, this.settings)),
    ];
    void reply.code(reasons.length === 0 ? 200 : 503);
    return { status: reasons.length === 0 ? 'ready' : 'not ready', reasons, networks: networks.map(summary) };
  }

  onApplicationShutdown(): void {
    this.closing = true;
  }

  private ownReasons(): NotReady[] {
    return this.closing ? [{ code: 'SHUTTING_DOWN', message: 'the server is stopping' }] : [];
  }

  private async databaseReasons(): Promise<NotReady[]> {
    const untilMs = performance.now() + DATABASE_DEADLINE_MS;
    const late = (): Error => new Error('deadline');
    try {
      await inTime(this.probeDatabase(), untilMs, late);
      const isUnsafe = await inTime(this.role.isUnsafe(), untilMs, late);
      return isUnsafe ? [UNSAFE_ROLE] : [];
    } catch {
      return [{ code: 'DATABASE_UNAVAILABLE', message: 'the database does not answer' }];
    }
  }
}

const summary = (network: NetworkStatus) => ({
  network: network.label,
  chainId: feltToHex(network.chainId),
  chainName: decodeShortString(network.chainId) ?? null,
  state: indexerStateOf(network),
  head: network.head?.blockNumber ?? null,
  indexed: network.indexed?.blockNumber ?? null,
  lagBlocks: network.lagBlocks ?? null,
  stalledSeconds: network.stalledSeconds ?? null,
  stopped: network.stopped ?? null,
  lastError: network.lastError ?? null,
});
