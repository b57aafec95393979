import {
  AddressScalar,
  AsOf,
  ChainIdScalar,
  DecimalScalar,
  FeltScalar,
  SessionKeyScalar,
  TimestampScalar,
  U256Scalar,
  U32Scalar,
  U64Scalar,
} from '#libs/api';
import {
  BudgetStateEnum,
  type BudgetState,
  FindingModel,
  type PolicyChangeKind,
  PolicyChangeKindEnum,
  type SessionChangeKind,
  SessionChangeKindEnum,
  type SessionStatus,
  SessionStatusEnum,
} from '#libs/sessions';
import { inWholeTokens } from '#libs/spending';
import { Field, ID, ObjectType } from '@nestjs/graphql';
import { type ChangedKind, ChangedKindEnum } from './changed.enums.ts';

@ObjectType({ description: 'A session key as a block left it.' })
export class SessionAfterBlock {
  @Field(() => SessionStatusEnum, { description: 'What the key may do at the time of the block.' })
  status!: SessionStatus;

  @Field(() => TimestampScalar, {
    nullable: true,
    description: 'The last second at which it is valid; null once it is revoked.',
  })
  validUntil!: bigint | null;

  @Field(() => U32Scalar, { description: 'Transactions granted.' })
  maxCalls!: bigint;

  @Field(() => U32Scalar, { description: 'Transactions used since the key was last registered.' })
  callsUsed!: bigint;

  @Field(() => U32Scalar, { description: 'Transactions left.' })
  remainingCalls!: bigint;

  @Field(() => [FeltScalar], {
    nullable: true,
    description: 'The selectors it may call; empty: every one that is no admin selector. Null: not known.',
  })
  allowedEntrypoints!: bigint[] | null;
}

@ObjectType({ description: 'A spending policy as a block left it.' })
export class PolicyAfterBlock {
  @Field(() => BudgetStateEnum, { description: 'Whether it limits spending.' })
  state!: BudgetState;

  @Field(() => U256Scalar, { description: 'The most that one counted call may take.' })
  maxPerCall!: bigint;

  @Field(() => DecimalScalar, inWholeTokens('maxPerCall'))
  maxPerCallScaled!: string | null;

  @Field(() => U256Scalar, { description: 'The most that one window may take. 0: not limited.' })
  maxPerWindow!: bigint;

  @Field(() => DecimalScalar, inWholeTokens('maxPerWindow'))
  maxPerWindowScaled!: string | null;

  @Field(() => U64Scalar, { description: 'The length of the window in seconds.' })
  windowSeconds!: bigint;

  @Field(() => U256Scalar, { description: 'What storage holds as spent.' })
  storedSpent!: bigint;

  @Field(() => DecimalScalar, inWholeTokens('storedSpent'))
  storedSpentScaled!: string | null;

  @Field(() => U256Scalar, {
    nullable: true,
    description:
      'What is left of the window at the time of the block. Null where it is not limited or not known.',
  })
  remaining!: bigint | null;

  @Field(() => DecimalScalar, inWholeTokens('remaining'))
  remainingScaled!: string | null;

  @Field(() => TimestampScalar, {
    nullable: true,
    description: 'The first second of the next window, where there is a time for it.',
  })
  resetsAt!: bigint | null;
}

@ObjectType({
  description:
    'One change in one block, told once it is committed. Events come in the order of the chain; of a block by account, session key, token and kind. A key that runs out, or a window that ends, by time alone changes no word of storage: of that there is no event.',
})
export class ChangedEvent {
  @Field(() => ID, {
    description:
      'The same wherever and whenever the event is told. That of a block which left the chain and came back is the same again.',
  })
  id!: string;

  @Field(() => ChangedKindEnum, { description: 'What it tells.' })
  kind!: ChangedKind;

  @Field(() => String, {
    description: 'For `after`: everything up to this event was read. Good under the same arguments only.',
  })
  cursor!: string;

  @Field(() => AsOf, {
    description:
      'The block that made the change, and its finality when it was told; of a retraction the block that was left; of FINALIZED the newest that is final with all before it.',
  })
  asOf!: AsOf;

  @Field(() => ChainIdScalar, { description: 'The chain that it is of.' })
  chainId!: bigint;

  @Field(() => AddressScalar, {
    nullable: true,
    description: 'The account; null of FINALIZED, which is of the network.',
  })
  account!: bigint | null;

  @Field(() => SessionKeyScalar, {
    nullable: true,
    description: 'The session key; null where the account as a whole is concerned, and of FINALIZED.',
  })
  sessionKey!: bigint | null;

  @Field(() => AddressScalar, { nullable: true, description: 'The token, of a policy.' })
  token!: bigint | null;

  @Field(() => [SessionChangeKindEnum], {
    description: 'Of SESSION: what happened, as far as the states before and after the block tell.',
  })
  sessionChanges!: SessionChangeKind[];

  @Field(() => SessionAfterBlock, {
    nullable: true,
    description: 'Of SESSION: the key after the block. Null elsewhere, and where it could not be read.',
  })
  session!: SessionAfterBlock | null;

  @Field(() => [PolicyChangeKindEnum], {
    description: 'Of POLICY: what happened, as far as the states before and after the block tell.',
  })
  policyChanges!: PolicyChangeKind[];

  @Field(() => PolicyAfterBlock, {
    nullable: true,
    description:
      'Of POLICY: the policy after the block. Null elsewhere, where it was removed, and where it could not be read.',
  })
  policy!: PolicyAfterBlock | null;

  @Field(() => [FindingModel], { description: 'Of FINDING: what there is to look at since this block.' })
  appeared!: FindingModel[];

  @Field(() => [FindingModel], { description: 'Of FINDING: what there was to look at, and is no longer.' })
  ended!: FindingModel[];

  @Field(() => ID, {
    nullable: true,
    description:
      'Of RETRACTED: the `id` of the event that is void. Of findings it may be one that was never told: then there is nothing to undo.',
  })
  retracts!: string | null;

  @Field(() => ChangedKindEnum, { nullable: true, description: 'Of RETRACTED: what kind that event was of.' })
  retractedKind!: ChangedKind | null;
}
