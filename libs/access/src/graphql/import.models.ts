import { CountScalar, NetworkArgs } from '#libs/api';
import { ArgsType, Field, InputType, ObjectType, registerEnumType } from '@nestjs/graphql';
import { ROW_FAULTS, type RowFaultCode } from '../import/row-fault.ts';
import { FollowResult } from './follows.models.ts';

const RowFaultCodeEnum = Object.fromEntries(Object.keys(ROW_FAULTS).map((code) => [code, code])) as {
  readonly [Code in RowFaultCode]: Code;
};

registerEnumType(RowFaultCodeEnum, {
  name: 'RowFaultCode',
  description: 'What is wrong with a row. Those of a file are told by `purser accounts import` only.',
  valuesMap: Object.fromEntries(
    Object.entries(ROW_FAULTS).map(([code, text]) => [code, { description: `The row ${text}.` }]),
  ),
});

@InputType({ description: 'A row of a list of accounts, as somebody wrote it.' })
export class ImportRowInput {
  @Field(() => CountScalar, { description: 'Where it stands: faults name it.' })
  line!: number;

  @Field(() => String, { description: 'The address, in 0x hex or decimal.' })
  address!: string;

  @Field(() => String, { nullable: true, description: 'A name for people. Blank: as it is.' })
  label?: string | null;

  @Field(() => String, { nullable: true, description: 'Whose it is. Blank: as it is.' })
  team?: string | null;

  @Field(() => String, { nullable: true, description: 'Where its spending is booked. Blank: as it is.' })
  costCentre?: string | null;
}

@ArgsType()
export class ImportArgs extends NetworkArgs {
  @Field(() => [ImportRowInput], { description: 'At most 500.' })
  rows!: ImportRowInput[];

  @Field(() => Boolean, { description: 'Only say what would be done.' })
  dryRun!: boolean;

  @Field(() => Boolean, {
    defaultValue: false,
    description:
      'Leave wrong rows out and take the others. Without it one wrong row keeps all from being taken.',
  })
  skipInvalid!: boolean;

  @Field(() => Boolean, {
    defaultValue: true,
    description: 'Of a dry run: ask a node how accounts stand that are not followed yet.',
  })
  checkNode!: boolean;
}

@ObjectType({ description: 'One thing that is wrong with a row.' })
export class ImportFault {
  @Field(() => CountScalar, { description: 'The `line` of the row.' })
  line!: number;

  @Field(() => RowFaultCodeEnum, { description: 'What is wrong.' })
  code!: RowFaultCode;

  @Field(() => String, { nullable: true, description: 'The column; null: the row as a whole.' })
  column!: string | null;

  @Field(() => CountScalar, {
    nullable: true,
    description: 'Of ADDRESS_TWICE: the line where the address stood first; else null.',
  })
  firstLine!: number | null;
}

@ObjectType({ description: 'What a node says of accounts that the organisation does not follow.' })
export class ImportStandings {
  @Field(() => CountScalar, { description: 'Nothing is deployed there (yet).' })
  undeployed!: number;

  @Field(() => CountScalar, { description: 'Its class has no session entry points: it will be rejected.' })
  withoutSessions!: number;

  @Field(() => CountScalar, { description: 'Its class has them.' })
  withSessions!: number;

  @Field(() => CountScalar, { description: 'The node has no ABI of its class that can be read.' })
  unreadable!: number;
}

@ObjectType({ description: 'What an import did, or would do.' })
export class ImportReport {
  @Field(() => CountScalar, { description: 'Rows that are good.' })
  good!: number;

  @Field(() => CountScalar, { description: 'Rows that are wrong.' })
  wrong!: number;

  @Field(() => [ImportFault], { description: 'All that is wrong, by line.' })
  faults!: ImportFault[];

  @Field(() => FollowResult, {
    nullable: true,
    description: 'What was done; of a dry run what would be. Null: nothing, since a row is wrong.',
  })
  result!: FollowResult | null;

  @Field(() => ImportStandings, {
    nullable: true,
    description:
      'Of a dry run: how the accounts stand that the organisation does not follow, whether or not others do. Null: no node was asked.',
  })
  standings!: ImportStandings | null;
}
