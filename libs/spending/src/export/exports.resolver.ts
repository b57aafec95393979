import { type Asker, CurrentAsker } from '#libs/access';
import {
  CLOCK,
  type Clock,
  CurrentPrincipal,
  CurrentRequest,
  CurrentScope,
  type CursorScope,
  decodeCursor,
  encodeCursor,
  parsePageSize,
  type Principal,
  PurserError,
  type RequestContext,
  toPage,
} from '#libs/api';
import type { RequestScope } from '#libs/database';
import { pickNetwork, type ServedNetwork, SESSION_READ_PORTS, type SessionReadPorts } from '#libs/sessions';
import { Inject } from '@nestjs/common';
import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import { PeriodReader } from '../period/period.reader.ts';
import { filterFrom } from '../report/finance.arguments.ts';
import {
  CreateExportArgs,
  Export,
  ExportConnection,
  type ExportInput,
  ExportLink,
  ExportsArgs,
} from './exports.models.ts';
import { ExportsRepository } from './exports.repository.ts';
import type { ExportPlace } from './export-list.statement.ts';
import type { ExportContent } from './export-rows.statement.ts';
import type { StoredExport } from './stored-export.ts';

const SHORTEST_SECONDS = 60;
const LONGEST_SECONDS = 604_800;
const DEFAULT_SECONDS = 3_600;

@Resolver()
export class ExportsResolver {
  constructor(
    @Inject(ExportsRepository) private readonly repository: ExportsRepository,
    @Inject(PeriodReader) private readonly periods: PeriodReader,
    @Inject(SESSION_READ_PORTS) private readonly ports: SessionReadPorts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Query(() => ExportConnection, {
    nullable: true,
    description:
      'Links to exports: of an admin or auditor of the whole organisation all, of others their own. Null only beside an error.',
  })
  async exports(
    @Args() { orderBy: order, first, after }: ExportsArgs,
    @CurrentScope() asker: RequestScope,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ExportConnection> {
    const size = parsePageSize(first);
    const cursors: CursorScope = { list: 'exports', asker, filter: { order } };
    const place = after === undefined || after === null ? undefined : placeOf(cursors, after);
    const rows = await this.repository.list(asker, {
      ...{ createdBy: creatorOf(principal), order, after: place, limit: size + 1 },
    });
    return toPage(rows, size, {
      hasPrevious: place !== undefined,
      cursorOf: (row) => encodeCursor(cursors, [row.place_micros, row.export_id]),
      nodeOf: (row) => exportView(row, this.ports.networks),
    });
  }

  @Mutation(() => ExportLink, {
    nullable: true,
    description:
      'Makes a link that exports the ledgers as whoever asks sees them. Each call makes another one. Null only beside an error.',
  })
  async createExport(
    @Args() args: CreateExportArgs,
    @CurrentAsker() asker: Asker,
    @CurrentPrincipal() principal: Principal,
    @CurrentRequest() request: RequestContext,
  ): Promise<ExportLink> {
    const network = pickNetwork(this.ports.networks, args);
    const { format, contents, period, filter } = args.input;
    const { stored, token } = await this.repository.create(asker, {
      networkId: network.networkId,
      format,
      terms: {
        contents: contentsOf(contents),
        period: period ? await this.checked(request, period) : undefined,
        filter: filterFrom(filter),
      },
      expiresAt: new Date(expiryOf(args.input, principal, this.clock.nowMilliseconds())),
    });
    return { export: exportView(stored, this.ports.networks), path: `/exports/${token}` };
  }

  @Mutation(() => Export, {
    nullable: true,
    description: 'Takes a link back: it is refused from now on. Repeatable. Null only beside an error.',
  })
  async revokeExport(
    @Args('id', { type: () => ID, description: 'The id of the export.' }) id: string,
    @CurrentAsker() asker: Asker,
    @CurrentPrincipal() principal: Principal,
  ): Promise<Export> {
    const stored = await this.repository.revoke(asker, id, creatorOf(principal));
    return exportView(stored, this.ports.networks);
  }

  /** The zone as it is now, too: the link goes on to mean the same. @throws PurserError PERIOD_INVALID now, and not when it is opened */
  private async checked(request: RequestContext, asked: NonNullable<ExportInput['period']>) {
    const { from, to, timeZone } = await this.periods.read(request, asked);
    return { from, to, timeZone };
  }
}

const MICROS = /^\d{1,18}$/;
const EXPORT_ID = /^exp_[0-9a-f]{32}$/;

/** @throws PurserError BAD_CURSOR */
const placeOf = (cursors: CursorScope, after: string): ExportPlace => {
  const [micros = '', exportId = ''] = decodeCursor(cursors, after, 2);
  if (!MICROS.test(micros) || !EXPORT_ID.test(exportId))
    throw new PurserError('BAD_CURSOR', 'The cursor names no export.');
  return { micros, exportId };
};

/** Nothing: those of everybody. */
const creatorOf = ({ id, role, scope }: Principal): string | undefined =>
  scope.only === undefined && (role === 'ADMIN' || role === 'AUDITOR') ? undefined : id;

/** @throws PurserError BAD_INPUT */
const contentsOf = (asked: ExportInput['contents']): readonly ExportContent[] => {
  const contents = [...new Set(asked ?? ['LEDGERS' as const])];
  if (contents.length === 0) throw new PurserError('BAD_INPUT', 'contents names nothing.');
  return contents.sort();
};

/** @throws PurserError BAD_INPUT */
const expiryOf = ({ expiresInSeconds }: ExportInput, { validUntilMs }: Principal, nowMs: number): number => {
  const seconds = expiresInSeconds ?? DEFAULT_SECONDS;
  if (seconds < SHORTEST_SECONDS || seconds > LONGEST_SECONDS)
    throw new PurserError(
      'BAD_INPUT',
      `expiresInSeconds must be between ${SHORTEST_SECONDS} and ${LONGEST_SECONDS}.`,
    );
  return Math.min(nowMs + seconds * 1_000, validUntilMs ?? Infinity);
};

const secondsOf = (date: Date): bigint => BigInt(Math.floor(date.getTime() / 1_000));

const exportView = (row: StoredExport, networks: readonly ServedNetwork[]): Export => ({
  id: row.export_id,
  format: row.format,
  network: networks.find(({ networkId }) => networkId === row.network_id)?.label ?? '',
  creatorName: row.creator_name,
  createdAt: secondsOf(row.created_at),
  expiresAt: secondsOf(row.expires_at),
  revokedAt: row.revoked_at === null ? null : secondsOf(row.revoked_at),
});
