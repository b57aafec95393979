import { AddressScalar, TimestampScalar } from '#libs/api';
import { Field, ObjectType } from '@nestjs/graphql';
import type { BlockCode, Repair } from '../blocked-by.ts';
import { BlockCodeEnum, RepairEnum } from './enums.ts';

@ObjectType({ description: 'One reason why a session key is not usable, and what takes it away.' })
export class BlockedBy {
  @Field(() => BlockCodeEnum, { description: 'The rule that refuses.' })
  code!: BlockCode;

  @Field(() => String, { description: 'The rule and its numbers in a sentence.' })
  message!: string;

  @Field(() => RepairEnum, { description: 'What takes the reason away.' })
  repair!: Repair;

  @Field(() => AddressScalar, {
    nullable: true,
    description:
      'Set where only counted calls of this token (transfer, approve, increase_allowance) are refused; null where every call of the key is.',
  })
  token!: bigint | null;

  @Field(() => TimestampScalar, {
    nullable: true,
    description:
      'Where `repair` is WAIT_FOR_WINDOW: the first second at which a spend starts the next window.',
  })
  resetsAt!: bigint | null;
}
