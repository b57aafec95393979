import {
  askIndex,
  CountScalar,
  type CursorScope,
  decodeCursor,
  encodeCursor,
  parsePageSize,
  PurserError,
  type RequestContext,
  toPage,
} from '#libs/api';
import { Inject } from '@nestjs/common';
import { Args, Context, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import { requirePrincipal } from '../../graphql/asker.ts';
import { changeAs } from '../../graphql/change-as.ts';
import { ACCESS_PORTS, type AccessPorts } from '../../graphql/ports.ts';
import { scopeOf, scopeView, secondsOf, secondsOrNull } from '../../graphql/scope.input.ts';
import { requireText } from '../../text.ts';
import type { MadeKey } from '../key-format.ts';
import { countLiveKeys, keyListStatement, lockKey, toListedKey } from '../keys.repository.ts';
import { createKey, type KeyWork, MOST_OVERLAP_SECONDS, revokeKey, rotateKey } from '../manage-keys.ts';
import type { ListedKey } from '../stored-key.ts';
import { ApiKey, ApiKeyConnection, ApiKeyInput, ApiKeysArgs, NewApiKey } from './keys.models.ts';

const DAY_SECONDS = 86_400;
const MOST_LIFE_SECONDS = 3_650 * DAY_SECONDS;
const MOST_NAME_LENGTH = 100;
/** A personal organisation is somebody that nobody here knows. */
const MOST_PERSONAL_KEYS = 5;

@Resolver()
export class KeysResolver {
  constructor(@Inject(ACCESS_PORTS) private readonly ports: AccessPorts) {}

  @Query(() => ApiKeyConnection, {
    nullable: true,
    description: 'The API keys of the organisation, never their secrets. Null only beside an error.',
  })
  async apiKeys(
    @Args() { includeRevoked, first, after }: ApiKeysArgs,
    @Context() context: RequestContext,
  ): Promise<ApiKeyConnection> {
    const size = parsePageSize(first);
    const filter = { includeRevoked: String(includeRevoked) };
    const cursors: CursorScope = { list: 'apiKeys', asker: context.scope, filter };
    const place = after === undefined || after === null ? undefined : placeOf(cursors, after);
    const { db } = this.ports;
    const options = { includeEnded: includeRevoked, after: place, limit: size + 1 };
    const rows = await askIndex(() => db.read(context.scope, keyListStatement(db.build, options)));
    return toPage(rows, size, {
      hasPrevious: place !== undefined,
      cursorOf: (row) => encodeCursor(cursors, [row.created_micros, row.key_id]),
      nodeOf: (row) => keyView(toListedKey(row)),
    });
  }

  @Mutation(() => NewApiKey, {
    nullable: true,
    description: 'Make an API key. Its secret is in this answer and nowhere else. Null only beside an error.',
  })
  async createApiKey(
    @Args('input', { type: () => ApiKeyInput, description: 'The key.' }) input: ApiKeyInput,
    @Context() context: RequestContext,
  ): Promise<NewApiKey> {
    const { clock, hasher, networks } = this.ports;
    const life = input.expiresInSeconds ?? undefined;
    if (life !== undefined && (life < 1 || life > MOST_LIFE_SECONDS))
      throw new PurserError('BAD_INPUT', `expiresInSeconds is 1 to ${MOST_LIFE_SECONDS}.`);
    const request = {
      name: requireText('name', input.name, MOST_NAME_LENGTH),
      role: input.role,
      scope: scopeOf(networks, input.scope),
      expiresAt: life === undefined ? undefined : new Date(clock.nowMilliseconds() + life * 1_000),
    };
    return await changeAs(this.ports, context, async (work) => {
      await requireRoom(work, context);
      return await newKeyView(work, await createKey(work, hasher, request));
    });
  }

  @Mutation(() => NewApiKey, {
    nullable: true,
    description:
      'Make a key of the same role and scope; the old one works beside it for a while. Null only beside an error.',
  })
  async rotateApiKey(
    @Args('id', { type: () => ID, description: 'The key that is replaced.' }) id: string,
    @Args('overlapSeconds', {
      type: () => CountScalar,
      defaultValue: DAY_SECONDS,
      description: `How long both work, 0 to ${MOST_OVERLAP_SECONDS} (30 days).`,
    })
    overlapSeconds: number,
    @Context() context: RequestContext,
  ): Promise<NewApiKey> {
    const { hasher } = this.ports;
    return await changeAs(this.ports, context, async (work) =>
      newKeyView(work, await rotateKey(work, hasher, id, overlapSeconds)),
    );
  }

  @Mutation(() => ApiKey, {
    nullable: true,
    description: 'End a key at once. One that has ended stays as it is. Null only beside an error.',
  })
  async revokeApiKey(
    @Args('id', { type: () => ID, description: 'The key.' }) id: string,
    @Context() context: RequestContext,
  ): Promise<ApiKey> {
    return keyView(await changeAs(this.ports, context, (work) => revokeKey(work, id)));
  }
}

const requireRoom = async ({ trx, organisationId }: KeyWork, context: RequestContext): Promise<void> => {
  if (requirePrincipal(context).organisation.kind !== 'PERSONAL') return;
  if ((await countLiveKeys(trx, organisationId)) < MOST_PERSONAL_KEYS) return;
  throw new PurserError(
    'CONFLICT',
    `A personal organisation has at most ${MOST_PERSONAL_KEYS} keys: revoke one.`,
  );
};

const newKeyView = async ({ trx, organisationId }: KeyWork, made: MadeKey): Promise<NewApiKey> => {
  const key = await lockKey(trx, organisationId, made.keyId);
  if (key === undefined) throw new Error('a key that was just made is not there');
  return { key: made.text, apiKey: keyView(key) };
};

const keyView = (key: ListedKey): ApiKey => ({
  id: key.keyId,
  kind: key.kind,
  name: key.name,
  role: key.role,
  scope: scopeView(key.scope),
  createdAt: secondsOf(key.createdAt),
  createdBy: key.createdBy,
  memberId: key.memberId ?? null,
  expiresAt: secondsOrNull(key.expiresAt),
  lastUsedAt: secondsOrNull(key.lastUsedAt),
  revokedAt: secondsOrNull(key.revokedAt),
  replacedBy: key.replacedBy ?? null,
  unitsPerMinute: key.unitsPerMinute ?? null,
});

const MICROS = /^\d{1,18}$/;
const KEY_ID = /^[0-9A-Za-z]{12}$/;

const placeOf = (cursors: CursorScope, after: string): { createdMicros: string; keyId: string } => {
  const [createdMicros = '', keyId = ''] = decodeCursor(cursors, after, 2);
  if (!MICROS.test(createdMicros) || !KEY_ID.test(keyId))
    throw new PurserError('BAD_CURSOR', 'The cursor names no key.');
  return { createdMicros, keyId };
};
