import {
  AddressScalar,
  connectionOf,
  CountScalar,
  FeltScalar,
  Node,
  SessionKeyScalar,
  TimestampScalar,
  U256Scalar,
} from '#libs/api';
import { Field, ID, Int, ObjectType } from '@nestjs/graphql';
import type { DebitCause, MovementCause } from '../../ledger/causes.ts';
import { Review } from '../../reviews/reviews.models.ts';
import { DebitCauseEnum, MovementCauseEnum, MovementDirectionEnum } from './enums.ts';

@ObjectType({ isAbstract: true })
abstract class LedgerRow {
  @Field(() => ID, {
    description:
      'Of the row, by its transaction: the same after a rebuild, and in whichever block it comes to stand.',
  })
  id!: string;

  @Field(() => Review, {
    nullable: true,
    description: 'What the organisation said of it; null where nothing.',
  })
  review!: Review | null;

  @Field(() => CountScalar, { description: 'The block.' })
  blockNumber!: number;

  @Field(() => TimestampScalar, { description: 'The time of the block.' })
  timestamp!: bigint;

  @Field(() => FeltScalar, { description: 'The transaction.' })
  transactionHash!: bigint;

  @Field(() => Int, { description: 'The place of the transaction in the block.' })
  transactionIndex!: number;

  @Field(() => AddressScalar, { description: 'The token.' })
  token!: bigint;

  @Field(() => U256Scalar, { description: 'The amount, in the smallest unit of the token.' })
  amount!: bigint;
}

@ObjectType({
  implements: () => [Node],
  description: 'What the account counted of one call against a spending policy.',
})
export class Debit extends LedgerRow {
  @Field(() => SessionKeyScalar, { description: 'The session key whose budget it is.' })
  sessionKey!: bigint;

  @Field(() => Int, { description: 'The place of the call among those of its use.' })
  callIndex!: number;

  @Field(() => FeltScalar, { description: 'The selector that was called.' })
  selector!: bigint;

  @Field(() => String, { nullable: true, description: 'The name of the selector.' })
  selectorName!: string | null;

  @Field(() => FeltScalar, { description: 'The recipient, or the spender that was approved.' })
  counterparty!: bigint;

  @Field(() => U256Scalar, { description: 'What counted as spent in the window before.' })
  spentBefore!: bigint;

  @Field(() => U256Scalar, { description: 'What counts as spent after.' })
  spentAfter!: bigint;

  @Field(() => TimestampScalar, { description: 'When the window started that it is counted in.' })
  windowStart!: bigint;

  @Field(() => Boolean, { description: 'Whether this call started that window.' })
  windowStarted!: boolean;

  @Field(() => DebitCauseEnum, { description: 'What became of it.' })
  cause!: DebitCause;

  @Field(() => U256Scalar, { description: 'What moved for it; 0 where nothing did.' })
  movedAmount!: bigint;
}

@ObjectType({
  implements: () => [Node],
  description:
    'An ERC-20 transfer out of the account, as the token told of it, or into it beside one. The fee of a transaction is none. Any contract can tell of transfers: judge a token by its address.',
})
export class Movement extends LedgerRow {
  @Field(() => Int, { description: 'The place of the event in the transaction.' })
  eventIndex!: number;

  @Field(() => MovementDirectionEnum, { description: 'Which way.' })
  direction!: 'OUT' | 'IN' | 'SELF';

  @Field(() => FeltScalar, {
    description: 'Who got it, or where it came in, who gave it. 0 for burnt and minted.',
  })
  counterparty!: bigint;

  @Field(() => MovementCauseEnum, { description: 'Which debit it belongs to, or why no budget counted it.' })
  cause!: MovementCause;

  @Field(() => SessionKeyScalar, {
    nullable: true,
    description: 'The session key, where one alone moved it.',
  })
  sessionKey!: bigint | null;

  @Field(() => Int, { nullable: true, description: 'The call that moved it, where one alone can have.' })
  callIndex!: number | null;

  @Field(() => FeltScalar, { nullable: true, description: 'Who sent the transaction; null for none.' })
  sender!: bigint | null;
}

const RECORDED_FROM =
  'Every transaction from this block on was looked at. Of those before only such as changed the state of the account are in the list, where its history was filled.';

@ObjectType({ description: 'A page of debits, the newest first.' })
export class DebitConnection extends connectionOf('Debit', Debit) {
  @Field(() => CountScalar, { description: RECORDED_FROM })
  recordedFrom!: number;
}

@ObjectType({ description: 'A page of movements, the newest first.' })
export class MovementConnection extends connectionOf('Movement', Movement) {
  @Field(() => CountScalar, { description: RECORDED_FROM })
  recordedFrom!: number;
}
