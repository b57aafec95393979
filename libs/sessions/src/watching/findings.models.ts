import {
  AddressScalar,
  ChainIdScalar,
  connectionOf,
  CountScalar,
  FeltScalar,
  SessionKeyScalar,
} from '#libs/api';
import { Field, ObjectType } from '@nestjs/graphql';
import {
  type Finding,
  FINDING_KINDS,
  type FindingCode,
  type FindingRepair,
  type FindingSeverity,
} from './finding.ts';
import { defineEnum } from '../read/graphql/enums.ts';

const meanings = Object.fromEntries(
  Object.entries(FINDING_KINDS).map(([code, { meaning }]) => [code, meaning]),
) as Record<FindingCode, string>;

const FindingCodeEnum = defineEnum<FindingCode>('FindingCode', 'What is looked for.', meanings);

const FindingSeverityEnum = defineEnum<FindingSeverity>(
  'FindingSeverity',
  'How much harm a finding stands for.',
  {
    CRITICAL: 'The account itself is at stake.',
    HIGH: 'Funds or the working of the key are at stake.',
    MEDIUM: 'More is allowed than is likely to be meant.',
    LOW: 'Something has no effect, or not the one it seems to have.',
  },
);

const FindingRepairEnum = defineEnum<FindingRepair>(
  'FindingRepair',
  'What the owner of the account would sign to end a finding.',
  {
    REVOKE_KEY: 'Revoke the session key.',
    GRANT_WITH_LIST: 'Grant the key again with a list of the selectors it needs; that resets its calls.',
    SET_POLICY: 'Set the spending policy anew; that refills its budget.',
    REMOVE_POLICY: 'Remove the policy, or set one with a limit.',
    UPGRADE_CLASS: 'Nothing but another class of account.',
    NONE: 'Nothing: it is to be known, not repaired.',
  },
);

@ObjectType({ description: 'Something that somebody should look at.' })
export class FindingModel {
  @Field(() => FindingCodeEnum, { description: 'What it is.' })
  code!: FindingCode;

  @Field(() => FindingSeverityEnum, { description: 'How grave it is.' })
  severity!: FindingSeverity;

  @Field(() => String, { description: 'What it means, in a sentence.' })
  message!: string;

  @Field(() => FindingRepairEnum, { description: 'What would end it.' })
  repair!: FindingRepair;

  @Field(() => AddressScalar, { nullable: true, description: 'The token of the policy it is about.' })
  token!: bigint | null;

  @Field(() => FeltScalar, { nullable: true, description: 'The entry of the list it is about.' })
  selector!: bigint | null;

  @Field(() => CountScalar, {
    nullable: true,
    description: 'The block in which it came about; null where no one block made it.',
  })
  sinceBlock!: number | null;
}

/** A finding as it is answered. */
export const findingView = ({ code, token, selector, sinceBlock }: Finding): FindingModel => {
  const { severity, meaning, repair } = FINDING_KINDS[code];
  return {
    code,
    severity,
    message: meaning,
    repair,
    token: token ?? null,
    selector: selector ?? null,
    sinceBlock: sinceBlock ?? null,
  };
};

@ObjectType({ description: 'What was found on one session key. Keys that are not usable have no findings.' })
class SessionFindings {
  @Field(() => SessionKeyScalar, { description: 'The session key.' })
  sessionKey!: bigint;

  @Field(() => [FindingModel], { description: 'The gravest first.' })
  findings!: FindingModel[];
}

@ObjectType({ description: 'A page of session keys with what was found on them.' })
export class FindingsConnection extends connectionOf('SessionFindings', SessionFindings) {
  @Field(() => ChainIdScalar, { description: 'The chain of the account.' })
  chainId!: bigint;

  @Field(() => AddressScalar, { description: 'The account.' })
  account!: bigint;

  @Field(() => [FindingModel], { description: 'What concerns the account as a whole, the gravest first.' })
  accountFindings!: FindingModel[];
}
