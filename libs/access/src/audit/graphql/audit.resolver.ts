import {
  askIndex,
  CurrentScope,
  type CursorScope,
  decodeCursor,
  encodeCursor,
  parsePageSize,
  PurserError,
  toPage,
} from '#libs/api';
import type { RequestScope } from '#libs/database';
import { Inject } from '@nestjs/common';
import { Args, Query, Resolver } from '@nestjs/graphql';
import { ACCESS_PORTS, type AccessPorts } from '../../graphql/ports.ts';
import { requireText } from '../../text.ts';
import { auditHeadStatement, auditListStatement } from '../audit-list.statement.ts';
import { AuditConnection, type AuditEntry, AuditLogArgs } from './audit.models.ts';

@Resolver()
export class AuditResolver {
  constructor(@Inject(ACCESS_PORTS) private readonly ports: AccessPorts) {}

  @Query(() => AuditConnection, {
    nullable: true,
    description:
      'Who changed what in the organisation, with the thing before and after; the newest first. Null only beside an error.',
  })
  async auditLog(
    @Args() { filter, first, after }: AuditLogArgs,
    @CurrentScope() scope: RequestScope,
  ): Promise<AuditConnection> {
    const size = parsePageSize(first);
    const wanted = {
      actorId: filter?.actorId ?? undefined,
      objectKind: filter?.objectKind ?? undefined,
      objectId: filter?.objectId ?? undefined,
      action: filter?.action ?? undefined,
    };
    for (const text of Object.values(wanted)) if (text !== undefined) requireText('A filter', text, 255);
    const cursors: CursorScope = { list: 'auditLog', asker: scope, filter: wanted };
    const before = after === undefined || after === null ? undefined : placeOf(cursors, after);
    const { db } = this.ports;
    const [rows, [head]] = await askIndex(() =>
      Promise.all([
        db.read(scope, auditListStatement(db.build, { ...wanted, before, limit: size + 1 }), {
          plan: 'CUSTOM',
        }),
        db.read(scope, auditHeadStatement(db.build)),
      ]),
    );
    const page = toPage(rows, size, {
      hasPrevious: before !== undefined,
      cursorOf: ({ sequence }) => encodeCursor(cursors, [String(sequence)]),
      nodeOf: entryOf,
    });
    return { ...page, head: head === undefined ? null : { sequence: head.sequence, hash: hexOf(head.hash) } };
  }
}

type Row = Awaited<ReturnType<ReturnType<typeof auditListStatement>['execute']>>[number];

const entryOf = ({ sequence, actorKind, actorId, actorName, hash, ...row }: Row): AuditEntry => ({
  ...row,
  sequence,
  id: String(sequence),
  actor: { kind: actorKind, id: actorId, name: actorName },
  hash: hexOf(hash),
});

const hexOf = (hash: Uint8Array): string => Buffer.from(hash).toString('hex');

const placeOf = (cursors: CursorScope, after: string): number => {
  const [text = ''] = decodeCursor(cursors, after, 1);
  const place = Number(text);
  if (!Number.isSafeInteger(place)) throw new PurserError('BAD_CURSOR', 'The cursor names no entry.');
  return place;
};
