import {
  AddressScalar,
  AsOf,
  ChainIdScalar,
  connectionOf,
  CountScalar,
  FeltScalar,
  History,
  Node,
  SessionKeyScalar,
  Source,
  TimestampScalar,
  U32Scalar,
} from '#libs/api';
import { Field, ObjectType } from '@nestjs/graphql';
import type { AdminGuard, EntrypointScope } from '../entrypoints.ts';
import type { SessionReasonCode, SessionStatus } from '../session-status.ts';
import { AdminGuardEnum, EntrypointScopeEnum, SessionReasonCodeEnum, SessionStatusEnum } from './enums.ts';

const IS_ACTIVE =
  'Whether the key is registered, not past `validUntil` (the end is inclusive) and has calls left, at the block of `asOf`. Never false because something failed: a failure is an error. After `validUntil` the chain may still take a transaction of the key until `usableUntil`.';
const VALID_UNTIL =
  'The last second at which the key is valid, as stored; null when nothing is stored (revoked, or registered with 0).';
const USABLE_UNTIL =
  'The last second of block time at which the chain can still take a transaction of the key, whatever `validUntil` says: an account that validates a transaction is told the time rounded down to the hour, so the key works to the end of the hour in which it expires. Sponsored calls (SNIP-9) end at `validUntil`. Null when nothing is stored.';
const REMAINING_CALLS =
  'Transactions left: granted minus used, at least 0. One transaction takes one, however many calls are in it, and also when it reverts on its own path.';
const ALLOWED_ENTRYPOINTS =
  'The allowed selectors in list order. An EMPTY list allows every selector that is not an admin one: read it with `entrypointScope`. Null where the list is not known.';

@ObjectType({
  description:
    'Why a session key is refused: the first rule of the account, in the order of its checks, that does.',
})
export class SessionReason {
  @Field(() => SessionReasonCodeEnum, { description: 'The rule.' })
  code!: SessionReasonCode;

  @Field(() => String, { description: 'The rule and its numbers in a sentence.' })
  message!: string;
}

@ObjectType({ description: 'One entry of the list of what a session key may call.' })
export class Entrypoint {
  @Field(() => FeltScalar, { description: 'The selector, as stored.' })
  selector!: bigint;

  @Field(() => String, {
    nullable: true,
    description: 'The name of the entry point, where it is a known one.',
  })
  name!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Set where the stored felt is readable text: a name was stored in place of its selector, so the entry allows nothing.',
  })
  storedText!: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether the entry lets the key call anything. Null where it is an admin selector and the guard of the class is unverified.',
  })
  effective!: boolean | null;
}

@ObjectType({ description: 'The last thing that the owner did to a session key.' })
export class SessionLifecycle {
  @Field(() => Boolean, { description: 'True: revoked. False: registered (again).' })
  revoked!: boolean;

  @Field(() => CountScalar, {
    nullable: true,
    description: 'The block of it; null where the answer is of a node.',
  })
  blockNumber!: number | null;

  @Field(() => FeltScalar, { nullable: true, description: 'The transaction of it, where an event told.' })
  transactionHash!: bigint | null;
}

@ObjectType({
  implements: () => [Node],
  description: 'One session key of one account, as it stood at one block.',
})
export class Session extends Node {
  @Field(() => ChainIdScalar, { description: 'The chain of the account.' })
  chainId!: bigint;

  @Field(() => AddressScalar, { description: 'The account.' })
  account!: bigint;

  @Field(() => SessionKeyScalar, { description: 'The public key of the session.' })
  sessionKey!: bigint;

  @Field(() => SessionStatusEnum, { description: 'What the key may do.' })
  status!: SessionStatus;

  @Field(() => SessionReason, { nullable: true, description: 'Why the key is not ACTIVE; null while it is.' })
  reason!: SessionReason | null;

  @Field(() => Boolean, { description: IS_ACTIVE })
  isActive!: boolean;

  @Field(() => TimestampScalar, { nullable: true, description: VALID_UNTIL })
  validUntil!: bigint | null;

  @Field(() => TimestampScalar, { nullable: true, description: USABLE_UNTIL })
  usableUntil!: bigint | null;

  @Field(() => U32Scalar, { description: 'Transactions granted.' })
  maxCalls!: bigint;

  @Field(() => U32Scalar, { description: 'Transactions used since the key was last registered.' })
  callsUsed!: bigint;

  @Field(() => U32Scalar, { description: REMAINING_CALLS })
  remainingCalls!: bigint;

  @Field(() => [FeltScalar], { nullable: true, description: ALLOWED_ENTRYPOINTS })
  allowedEntrypoints!: bigint[] | null;

  @Field(() => [Entrypoint], {
    nullable: true,
    description: 'The same list with what is known of each entry.',
  })
  entrypoints!: Entrypoint[] | null;

  @Field(() => EntrypointScopeEnum, { description: 'What the list means.' })
  entrypointScope!: EntrypointScope;

  @Field(() => AdminGuardEnum, {
    description: 'Whether the class keeps session keys away from admin selectors.',
  })
  adminGuard!: AdminGuard;

  @Field(() => FeltScalar, {
    nullable: true,
    description: 'The class of the account at the block; null where not known.',
  })
  classHash!: bigint | null;

  @Field(() => String, { nullable: true, description: 'The name of the class, where its rules are known.' })
  className!: string | null;

  @Field(() => SessionLifecycle, { description: 'The last registration or revocation.' })
  lifecycle!: SessionLifecycle;

  @Field(() => AsOf, { description: 'The block that all of this speaks of.' })
  asOf!: AsOf;

  @Field(() => Source, { description: 'Where it was read.' })
  source!: Source;

  @Field(() => History, { description: 'How far back the index knows the account.' })
  history!: History;
}

@ObjectType({ description: 'A page of sessions.' })
export class SessionConnection extends connectionOf('Session', Session) {
  @Field(() => History, {
    nullable: true,
    description:
      'Of the account that was asked for: whether an empty page means that there are none. Null without `account`.',
  })
  history!: History | null;
}

@ObjectType('SessionData', {
  description: 'The four fields of the vendor’s getSessionData, with what is needed to trust them.',
})
export class SessionDataAnswer {
  @Field(() => Boolean, { description: IS_ACTIVE })
  isActive!: boolean;

  @Field(() => TimestampScalar, { nullable: true, description: VALID_UNTIL })
  validUntil!: bigint | null;

  @Field(() => TimestampScalar, { nullable: true, description: USABLE_UNTIL })
  usableUntil!: bigint | null;

  @Field(() => U32Scalar, { description: REMAINING_CALLS })
  remainingCalls!: bigint;

  @Field(() => [FeltScalar], { nullable: true, description: ALLOWED_ENTRYPOINTS })
  allowedEntrypoints!: bigint[] | null;

  @Field(() => [Entrypoint], {
    nullable: true,
    description: 'The same list with what is known of each entry.',
  })
  entrypoints!: Entrypoint[] | null;

  @Field(() => EntrypointScopeEnum, { description: 'What the list means.' })
  entrypointScope!: EntrypointScope;

  @Field(() => SessionStatusEnum, { description: 'What the key may do.' })
  status!: SessionStatus;

  @Field(() => SessionReason, { nullable: true, description: 'Why the key is not ACTIVE; null while it is.' })
  reason!: SessionReason | null;

  @Field(() => AsOf, { description: 'The block that all of this speaks of.' })
  asOf!: AsOf;

  @Field(() => Source, { description: 'Where it was read.' })
  source!: Source;

  @Field(() => History, { description: 'How far back the index knows the account.' })
  history!: History;
}
