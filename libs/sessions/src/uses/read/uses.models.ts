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
  TimestampScalar,
  U256Scalar,
  U32Scalar,
} from '#libs/api';
import { Field, Int, ObjectType } from '@nestjs/graphql';
import type { StoredOutcome, StoredPath } from './use-columns.ts';
import { UseAttributionEnum, UseOutcomeEnum, UsePathEnum } from './uses.enums.ts';

@ObjectType({ description: 'One inner call that a session key asked for.' })
export class UseCall {
  @Field(() => FeltScalar, { description: 'The contract; 0 where the calldata names nobody.' })
  to!: bigint;

  @Field(() => FeltScalar, { description: 'The entry point.' })
  selector!: bigint;

  @Field(() => String, { nullable: true, description: 'Its name, where it is a known one.' })
  name!: string | null;

  @Field(() => [FeltScalar], { description: 'Its arguments.' })
  calldata!: bigint[];

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether it failed; null where the class does not tell and the transaction was not traced.',
  })
  failed!: boolean | null;
}

@ObjectType({
  description: 'What one inner call took of a spending policy: budget consumed, not tokens moved.',
})
export class UseDebit {
  @Field(() => CountScalar, { description: 'Which inner call, from 0.' })
  callIndex!: number;

  @Field(() => AddressScalar, { description: 'The token of the policy.' })
  token!: bigint;

  @Field(() => U256Scalar, { description: 'What was counted, in base units.' })
  amount!: bigint;

  @Field(() => U256Scalar, {
    description: 'Spent of the window before; 0 where this call started a new one.',
  })
  spentBefore!: bigint;

  @Field(() => U256Scalar, { description: 'Spent of the window after.' })
  spentAfter!: bigint;

  @Field(() => TimestampScalar, { description: 'The start of the window it counts to.' })
  windowStart!: bigint;

  @Field(() => Boolean, { description: 'Whether this call started the window.' })
  windowStarted!: boolean;
}

@ObjectType({ description: 'Why a use came to nothing: by the rules of the account on the state before it.' })
export class UseRefusal {
  @Field(() => String, {
    description:
      'A code of the reference page; UNKNOWN where a rule that is not verified for the class decides.',
  })
  code!: string;

  @Field(() => String, { nullable: true, description: 'The rule of the account; several share a code.' })
  rule!: string | null;

  @Field(() => CountScalar, { nullable: true, description: 'The first inner call that broke it, from 0.' })
  callIndex!: number | null;

  @Field(() => String, { nullable: true, description: 'The text the account refuses with by this rule.' })
  panicText!: string | null;

  @Field(() => Boolean, { description: 'Whether the chain gave that text. One text has several causes.' })
  confirmed!: boolean;
}

@ObjectType({ description: 'The fee of a transaction, and who paid it.' })
export class UseFee {
  @Field(() => U256Scalar, { description: 'In the smallest unit of `unit`.' })
  amount!: bigint;

  @Field(() => String, { description: 'FRI or WEI.' })
  unit!: string;

  @Field(() => AddressScalar, { nullable: true, description: 'The sender; null where nobody sent it.' })
  payer!: bigint | null;

  @Field(() => Boolean, {
    description:
      'True where an earlier use of the account in the transaction carries the same fee: not to be added up again.',
  })
  shared!: boolean;
}

@ObjectType({ description: 'What is known of calls that no transaction explains.' })
export class UnattributedUse {
  @Field(() => String, { description: 'NO_TRANSACTION_EXPLAINS or TRACE_UNAVAILABLE.' })
  reason!: string;

  @Field(() => [AddressScalar], { description: 'Tokens whose policy is not as the explained uses leave it.' })
  tokens!: bigint[];

  @Field(() => [FeltScalar], { description: 'Transactions that may be behind it.' })
  transactionHashes!: bigint[];
}

@ObjectType({
  implements: () => [Node],
  description: 'A call that a session key consumed or was denied.',
})
export class Use extends Node {
  @Field(() => ChainIdScalar, { description: 'The chain of the account.' })
  chainId!: bigint;

  @Field(() => AddressScalar, { description: 'The account.' })
  account!: bigint;

  @Field(() => SessionKeyScalar, { description: 'The session key.' })
  sessionKey!: bigint;

  @Field(() => UseOutcomeEnum, { description: 'What became of it.' })
  outcome!: StoredOutcome;

  @Field(() => Int, {
    description: 'Calls of the key it took: 1, or 0 where it was taken back; where UNATTRIBUTED any number.',
  })
  callsBurned!: number;

  @Field(() => UsePathEnum, { nullable: true, description: 'How it came; null where UNATTRIBUTED.' })
  path!: StoredPath | null;

  @Field(() => UseAttributionEnum, {
    nullable: true,
    description: 'How it is known; null where UNATTRIBUTED.',
  })
  attribution!: 'REPLAY' | 'TRACE' | null;

  @Field(() => FeltScalar, { nullable: true, description: 'The transaction; null where UNATTRIBUTED.' })
  transactionHash!: bigint | null;

  @Field(() => CountScalar, {
    nullable: true,
    description: 'Its place in the block; null where UNATTRIBUTED.',
  })
  transactionIndex!: number | null;

  @Field(() => CountScalar, { description: 'The block.' })
  blockNumber!: number;

  @Field(() => FeltScalar, { description: 'The hash of the block.' })
  blockHash!: bigint;

  @Field(() => TimestampScalar, { description: 'The time of the block.' })
  timestamp!: bigint;

  @Field(() => AddressScalar, { nullable: true, description: 'Who sent the transaction.' })
  sender!: bigint | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether the sender’s account made the call itself, not a contract it called.',
  })
  topLevel!: boolean | null;

  @Field(() => U256Scalar, { nullable: true, description: 'The expiry in the signature, seconds.' })
  signatureValidUntil!: bigint | null;

  @Field(() => FeltScalar, { nullable: true, description: 'The nonce of the outside execution.' })
  outsideNonce!: bigint | null;

  @Field(() => FeltScalar, { nullable: true, description: 'Who may send it: 0 and ANY_CALLER are anyone.' })
  outsideCaller!: bigint | null;

  @Field(() => [UseCall], {
    nullable: true,
    description: 'The inner calls; null where the calldata does not have the form of the standard.',
  })
  calls!: UseCall[] | null;

  @Field(() => U32Scalar, { nullable: true, description: 'Calls used before; null where not explained.' })
  callsUsedBefore!: bigint | null;

  @Field(() => U32Scalar, { nullable: true, description: 'Calls used after; null where not explained.' })
  callsUsedAfter!: bigint | null;

  @Field(() => U32Scalar, { nullable: true, description: 'Calls granted at the time.' })
  maxCalls!: bigint | null;

  @Field(() => [UseDebit], {
    nullable: true,
    description: 'What its calls took of policies. Null where the window rule of the class is not verified.',
  })
  debits!: UseDebit[] | null;

  @Field(() => UseRefusal, {
    nullable: true,
    description:
      'Why it came to nothing. Null where it did not, and where no rule of the account refuses it.',
  })
  refusal!: UseRefusal | null;

  @Field(() => String, { nullable: true, description: 'What the node says of a reverted transaction.' })
  revertReason!: string | null;

  @Field(() => UseFee, {
    nullable: true,
    description: 'The fee of the transaction; null where UNATTRIBUTED.',
  })
  fee!: UseFee | null;

  @Field(() => UnattributedUse, { nullable: true, description: 'Set where UNATTRIBUTED.' })
  unattributed!: UnattributedUse | null;
}

@ObjectType({ description: 'A page of uses, the newest first.' })
export class UseConnection extends connectionOf('Use', Use) {
  @Field(() => History, {
    description: 'Of the account: uses are known from the first block whose state is.',
  })
  history!: History;
}

@ObjectType({ description: 'The uses in one transaction: it may hold several.' })
export class TransactionUses {
  @Field(() => [Use], { description: 'In their order; empty where no followed account was used in it.' })
  nodes!: Use[];

  @Field(() => AsOf, { description: 'The block that all of this speaks of.' })
  asOf!: AsOf;
}
