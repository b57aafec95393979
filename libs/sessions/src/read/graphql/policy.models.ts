import type { WindowRule } from '#libs/account';
import {
  AddressScalar,
  AsOf,
  ChainIdScalar,
  connectionOf,
  History,
  Node,
  SessionKeyScalar,
  Source,
  TimestampScalar,
  U256Scalar,
  U64Scalar,
} from '#libs/api';
import { Field, ObjectType } from '@nestjs/graphql';
import type { BudgetReset, BudgetState } from '../policy-status.ts';
import { BudgetResetEnum, BudgetStateEnum, WindowAnchorEnum, WindowEndEnum } from './enums.ts';

@ObjectType({ description: 'Why the budget of a policy cannot be told.' })
export class BudgetReason {
  @Field(() => String, { description: 'A code of the reference page, for example WINDOW_RULE_UNVERIFIED.' })
  code!: string;

  @Field(() => String, { description: 'The reason in a sentence.' })
  message!: string;
}

@ObjectType({ description: 'How a class of account counts its spending window, with what shows it.' })
export class SpendingWindowRule {
  @Field(() => WindowAnchorEnum, { description: 'When the first window starts.' })
  anchor!: WindowRule['anchor'];

  @Field(() => WindowEndEnum, { description: 'Which spend starts the next window.' })
  resets!: WindowRule['resets'];

  @Field(() => String, { description: 'What shows it.' })
  evidence!: string;
}

@ObjectType({
  implements: () => [Node],
  description:
    'What a session key may spend of one token. Counted are transfer, approve and increase_allowance of that token, not what other calls move.',
})
export class SpendingPolicy extends Node {
  @Field(() => ChainIdScalar, { description: 'The chain of the account.' })
  chainId!: bigint;

  @Field(() => AddressScalar, { description: 'The account.' })
  account!: bigint;

  @Field(() => SessionKeyScalar, { description: 'The session key that is limited.' })
  sessionKey!: bigint;

  @Field(() => AddressScalar, { description: 'The token.' })
  token!: bigint;

  @Field(() => BudgetStateEnum, { description: 'Whether and how it limits.' })
  state!: BudgetState;

  @Field(() => BudgetReason, { nullable: true, description: 'Why the state is UNKNOWN; null otherwise.' })
  reason!: BudgetReason | null;

  @Field(() => U256Scalar, {
    description:
      'The most that one counted call may take. 0 with a window blocks every counted call above 0.',
  })
  maxPerCall!: bigint;

  @Field(() => U256Scalar, {
    description: 'The most that one window may take. 0 means UNLIMITED, not blocked.',
  })
  maxPerWindow!: bigint;

  @Field(() => U64Scalar, { description: 'The length of the window in seconds.' })
  windowSeconds!: bigint;

  @Field(() => U256Scalar, {
    description: 'What storage holds as spent: after the end of the window still the old figure.',
  })
  storedSpent!: bigint;

  @Field(() => TimestampScalar, {
    nullable: true,
    description: 'The stored start of the window; null where storage holds 0 (no spend yet).',
  })
  windowStart!: bigint | null;

  @Field(() => U256Scalar, {
    nullable: true,
    description:
      'What counts as spent at the block: 0 once the window is over. Null where UNLIMITED or UNKNOWN.',
  })
  effectiveSpent!: bigint | null;

  @Field(() => U256Scalar, {
    nullable: true,
    description: 'What is left of the window at the block. Null where UNLIMITED or UNKNOWN: null is not 0.',
  })
  remaining!: bigint | null;

  @Field(() => U256Scalar, {
    nullable: true,
    description: 'The most that a single call may take now: the lower of `remaining` and `maxPerCall`.',
  })
  largestCall!: bigint | null;

  @Field(() => BudgetResetEnum, {
    nullable: true,
    description: 'When the budget starts anew. Null where UNLIMITED or UNKNOWN.',
  })
  reset!: BudgetReset | null;

  @Field(() => TimestampScalar, {
    nullable: true,
    description: 'The first second of the next window, where `reset` is AT_TIME.',
  })
  resetsAt!: bigint | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'True where window start and length add up beyond u64: every counted call of the key reverts, for good. Null where UNKNOWN.',
  })
  blockedByOverflow!: boolean | null;

  @Field(() => SpendingWindowRule, {
    nullable: true,
    description: 'The rule it was judged by; null where unverified.',
  })
  windowRule!: SpendingWindowRule | null;

  @Field(() => AsOf, { description: 'The block that all of this speaks of.' })
  asOf!: AsOf;

  @Field(() => Source, { description: 'Where it was read.' })
  source!: Source;

  @Field(() => History, { description: 'How far back the index knows the account.' })
  history!: History;
}

@ObjectType({ description: 'A page of spending policies.' })
export class SpendingPolicyConnection extends connectionOf('SpendingPolicy', SpendingPolicy) {
  @Field(() => Source, { description: 'Where the page was read.' })
  source!: Source;

  @Field(() => History, { description: 'Of the account: whether an empty page means that there are none.' })
  history!: History;
}
