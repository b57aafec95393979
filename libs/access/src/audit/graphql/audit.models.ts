import { CountScalar, listOf } from '#libs/api';
import { ArgsType, Field, ID, InputType, Int, ObjectType, registerEnumType } from '@nestjs/graphql';

export const ActorKindEnum = { KEY: 'KEY', MEMBER: 'MEMBER', HOST: 'HOST', SYSTEM: 'SYSTEM' } as const;

registerEnumType(ActorKindEnum, {
  name: 'ActorKind',
  description: 'What somebody acted as.',
  valuesMap: {
    KEY: { description: 'An API key of the organisation.' },
    MEMBER: { description: 'A member, by a token or by a signature of his account.' },
    HOST: { description: 'Somebody at the command line of the host.' },
    SYSTEM: { description: 'The service by itself.' },
  },
});

@ObjectType({ description: 'Who did something.' })
export class AuditActor {
  @Field(() => ActorKindEnum, { description: 'What he acted as.' })
  kind!: keyof typeof ActorKindEnum;

  @Field(() => String, {
    description: 'The id of the key or of the member; on the host the name of the user.',
  })
  id!: string;

  @Field(() => String, { description: 'The name that it had then.' })
  name!: string;
}

@ObjectType({ description: 'Something that was done, as it was written down when it was done.' })
export class AuditEntry {
  @Field(() => ID, { description: 'The sequence as text.' })
  id!: string;

  @Field(() => CountScalar, {
    description: 'The place in the log of the organisation, from 1 on without gaps.',
  })
  sequence!: number;

  @Field(() => String, {
    description: 'When, by the clock of the database: ISO 8601 in UTC, to the microsecond.',
  })
  at!: string;

  @Field(() => AuditActor, { description: 'Who.' })
  actor!: AuditActor;

  @Field(() => String, { description: 'What was done, such as KEY_CREATED.' })
  action!: string;

  @Field(() => String, { description: 'To what kind of thing, such as API_KEY.' })
  objectKind!: string;

  @Field(() => String, { description: 'To which: its id.' })
  objectId!: string;

  @Field(() => String, { nullable: true, description: 'It before, as JSON; null where it was not there.' })
  before!: string | null;

  @Field(() => String, { nullable: true, description: 'It afterwards, as JSON; null where it is no more.' })
  after!: string | null;

  @Field(() => String, { nullable: true, description: 'Of the request that did it; null on the host.' })
  requestId!: string | null;

  @Field(() => String, { description: 'The hash of the entry and of all before it: 64 hex digits.' })
  hash!: string;
}

@ObjectType('AuditHead', {
  description: 'Where the log ends. Noted elsewhere, it proves later that nothing was written anew.',
})
export class AuditHeadModel {
  @Field(() => CountScalar, { description: 'The place of the newest entry.' })
  sequence!: number;

  @Field(() => String, { description: 'Its hash: 64 hex digits.' })
  hash!: string;
}

@ObjectType({ description: 'A page of the audit log.' })
export class AuditConnection extends listOf('Audit', AuditEntry) {
  @Field(() => AuditHeadModel, {
    nullable: true,
    description: 'Where the log ends now: `purser audit verify --expect` takes it. Null while it is empty.',
  })
  head!: AuditHeadModel | null;
}

@InputType({ description: 'Which entries: those that fit all that is given.' })
export class AuditFilter {
  @Field(() => String, { nullable: true, description: 'Done by this key or member.' })
  actorId?: string | null;

  @Field(() => String, { nullable: true, description: 'Done to this kind of thing.' })
  objectKind?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Done to the thing of this id; goes with `objectKind`.',
  })
  objectId?: string | null;

  @Field(() => String, { nullable: true, description: 'This was done.' })
  action?: string | null;
}

@ArgsType()
export class AuditLogArgs {
  @Field(() => AuditFilter, { nullable: true, description: 'Which entries; all where left out.' })
  filter?: AuditFilter | null;

  @Field(() => Int, { defaultValue: 25, description: 'How many, the newest first, 1 to 100.' })
  first!: number;

  @Field(() => String, { nullable: true, description: 'The cursor behind which to go on.' })
  after?: string | null;
}
