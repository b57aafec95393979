import { AddressScalar, CountScalar, FeltScalar, TimestampScalar } from '#libs/api';
import type { Address } from '#libs/felt';
import { Field, ID, ObjectType, registerEnumType } from '@nestjs/graphql';

export const IncidentKindEnum = {
  ATTRIBUTION_FAILED: 'ATTRIBUTION_FAILED',
  FINALITY_VIOLATION: 'FINALITY_VIOLATION',
  DRIFT: 'DRIFT',
  INCOMPLETE_EVENTS: 'INCOMPLETE_EVENTS',
  DIGEST_MISMATCH: 'DIGEST_MISMATCH',
} as const;
export type IncidentKindEnum = (typeof IncidentKindEnum)[keyof typeof IncidentKindEnum];

registerEnumType(IncidentKindEnum, {
  name: 'IncidentKind',
  description: 'What went wrong.',
  valuesMap: {
    ATTRIBUTION_FAILED: {
      description: 'No transaction explains a change of a counter; the state is exact all the same.',
    },
    FINALITY_VIOLATION: {
      description: 'A final block was replaced; nothing is read until somebody accepts it.',
    },
    DRIFT: { description: 'The index differs from what a node says.' },
    INCOMPLETE_EVENTS: { description: 'A node left events out.' },
    DIGEST_MISMATCH: { description: 'Facts or read models differ from what was written.' },
  },
});

@ObjectType('Incident', {
  description: 'Something that went wrong. At most one is open of a kind and account.',
})
export class IncidentModel {
  @Field(() => ID, { description: 'Its number.' })
  id!: string;

  @Field(() => IncidentKindEnum, { description: 'What went wrong.' })
  kind!: IncidentKindEnum;

  @Field(() => AddressScalar, { nullable: true, description: 'Null where it concerns the whole network.' })
  account!: Address | null;

  @Field(() => CountScalar, {
    nullable: true,
    description: 'The block that showed it first; null where none did.',
  })
  blockNumber!: number | null;

  @Field(() => FeltScalar, { nullable: true, description: 'The hash of that block.' })
  blockHash!: bigint | null;

  @Field(() => CountScalar, { description: 'How often it was found while open.' })
  occurrences!: number;

  @Field(() => TimestampScalar, { description: 'When it was found first, by the clock of the service.' })
  openedAt!: bigint;

  @Field(() => TimestampScalar, { nullable: true, description: 'When it was closed; null while it is open.' })
  resolvedAt!: bigint | null;

  @Field(() => String, {
    nullable: true,
    description: 'What was found out and done, by whom; null while it is open.',
  })
  resolution!: string | null;

  @Field(() => String, { description: 'What was found, as JSON.' })
  details!: string;
}

@ObjectType('Digest', { description: 'A digest over facts, equal for every operator who has the same ones.' })
export class DigestModel {
  @Field(() => CountScalar, { description: 'The last block that it is over.' })
  blockNumber!: number;

  @Field(() => FeltScalar, { description: 'The hash of that block.' })
  blockHash!: bigint;

  @Field(() => String, {
    description:
      'SHA-256 in hex: of the account from `fromBlock` on. How it is computed: docs/reference/digest.md.',
  })
  digest!: string;

  @Field(() => CountScalar, { description: 'How many facts it is over.' })
  facts!: number;

  @Field(() => CountScalar, {
    description: 'The first block of the digest: two digests can be equal only when this is.',
  })
  fromBlock!: number;
}
