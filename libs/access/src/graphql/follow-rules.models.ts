import { AddressScalar, CountScalar, FeltScalar, NetworkArgs, TimestampScalar } from '#libs/api';
import type { FollowRuleKind } from '#libs/database';
import type { Address, Felt } from '#libs/felt';
import { parseFelt } from '#libs/felt';
import { ArgsType, Field, ID, ObjectType, registerEnumType } from '@nestjs/graphql';
import type { StoredRule } from '../follows/follow-rules.ts';
import { secondsOf } from './groups.models.ts';

const FollowRuleKindEnum: { readonly [Kind in FollowRuleKind]: Kind } = {
  EVERYTHING: 'EVERYTHING',
  CLASS: 'CLASS',
  DEPLOYER: 'DEPLOYER',
};

registerEnumType(FollowRuleKindEnum, {
  name: 'FollowRuleKind',
  description: 'What a rule finds.',
  valuesMap: {
    EVERYTHING: { description: 'Every account of the index. Made on the host only.' },
    CLASS: { description: 'Accounts of a class.' },
    DEPLOYER: { description: 'Accounts that somebody deployed through the universal deployer.' },
  },
});

@ArgsType()
export class FollowRuleArgs extends NetworkArgs {
  @Field(() => FeltScalar, {
    nullable: true,
    description: 'Accounts of this class. Either this or `deployer`.',
  })
  classHash?: Felt | null;

  @Field(() => AddressScalar, {
    nullable: true,
    description:
      'Accounts that this one deployed through the universal deployer. Either this or `classHash`.',
  })
  deployer?: Address | null;

  @Field(() => String, { nullable: true, description: 'Label of what it finds.' })
  label?: string | null;

  @Field(() => String, { nullable: true, description: 'Team of what it finds.' })
  team?: string | null;

  @Field(() => String, { nullable: true, description: 'Cost centre of what it finds.' })
  costCentre?: string | null;
}

@ObjectType({ description: 'What the organisation follows as soon as the deployment knows of it.' })
export class FollowRule {
  @Field(() => ID, { description: 'Its id: `rule_` and 32 hex digits.' })
  id!: string;

  @Field(() => FollowRuleKindEnum, { description: 'What it finds.' })
  kind!: FollowRuleKind;

  @Field(() => String, {
    nullable: true,
    description: 'The name of its network; null: all of them, or one that is no longer served.',
  })
  network!: string | null;

  @Field(() => FeltScalar, { nullable: true, description: 'The class of a rule of kind CLASS.' })
  classHash!: bigint | null;

  @Field(() => AddressScalar, { nullable: true, description: 'The deployer of a rule of kind DEPLOYER.' })
  deployer!: bigint | null;

  @Field(() => String, { nullable: true, description: 'Label of what it finds.' })
  label!: string | null;

  @Field(() => String, { nullable: true, description: 'Team of what it finds.' })
  team!: string | null;

  @Field(() => String, { nullable: true, description: 'Cost centre of what it finds.' })
  costCentre!: string | null;

  @Field(() => TimestampScalar, { description: 'When it was made, in Unix seconds.' })
  createdAt!: bigint;
}

@ObjectType({ description: 'A rule that was made.' })
export class NewFollowRule {
  @Field(() => FollowRule, { description: 'The rule.' })
  rule!: FollowRule;

  @Field(() => CountScalar, {
    description: 'How many accounts it found at once, among those that are known.',
  })
  found!: number;
}

export const ruleView = (
  { ruleId, networkId, kind, classHash, deployer, createdAt, ...texts }: StoredRule,
  networks: readonly { readonly networkId: number; readonly label: string }[],
): FollowRule => ({
  id: ruleId,
  kind,
  network: networks.find((network) => network.networkId === networkId)?.label ?? null,
  classHash: classHash === null ? null : parseFelt(classHash),
  deployer: deployer === null ? null : parseFelt(deployer),
  ...texts,
  createdAt: secondsOf(createdAt),
});
