import { CountScalar, listOf, TimestampScalar } from '#libs/api';
import type { ExportFormat } from '#libs/database';
import { ArgsType, Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { defineEnum } from '../read/graphql/enums.ts';
import { FinanceArgs, LedgerFilter, PeriodInput } from '../report/finance.arguments.ts';
import type { ExportOrder } from './export-list.statement.ts';
import type { ExportContent } from './export-rows.statement.ts';

const ExportFormatEnum = defineEnum<ExportFormat>('ExportFormat', 'How an export is written.', {
  CSV: "Comma separated, RFC 4180, UTF-8, with a header. Text that a spreadsheet would run as a formula has a ' before it.",
  JSONL: 'JSON Lines: an object a line, amounts as strings.',
});

const ExportContentEnum = defineEnum<ExportContent>('ExportContent', 'What an export has rows of.', {
  LEDGERS: 'Debits and movements, the rows of both ledgers.',
  USES: 'What session keys did: each use with its outcome, the calls that it burned, and the fee of its transaction once for an account.',
});

const ExportOrderEnum = defineEnum<ExportOrder>('ExportOrder', 'The order of a list of exports.', {
  CREATED_AT_DESC: 'The newest first.',
  CREATED_AT_ASC: 'The oldest first.',
  EXPIRES_AT_DESC: 'What ends last comes first, whether it is taken back or not.',
});

@InputType({ description: 'What to take out, in the order of the chain.' })
export class ExportInput {
  @Field(() => ExportFormatEnum, { description: 'How it is written.' })
  format!: ExportFormat;

  @Field(() => [ExportContentEnum], {
    nullable: true,
    description:
      'Rows of what; left out: of both ledgers. With a filter by token or recipient there are no uses, which have neither.',
  })
  contents?: ExportContent[] | null;

  @Field(() => PeriodInput, { nullable: true, description: 'When; left out: all that is known.' })
  period?: PeriodInput | null;

  @Field(() => LedgerFilter, { nullable: true, description: 'Of which rows; left out: of all.' })
  filter?: LedgerFilter | null;

  @Field(() => CountScalar, {
    nullable: true,
    defaultValue: 3_600,
    description:
      'For how many seconds the link works: 60 to 604,800 (7 days), and not longer than the key that makes it.',
  })
  expiresInSeconds?: number | null;
}

@ArgsType()
export class CreateExportArgs extends FinanceArgs {
  @Field(() => ExportInput, { description: 'What to take out.' })
  input!: ExportInput;
}

@ObjectType({
  description:
    'A link to an export. What is behind it is read when it is opened, and each reading is in the audit log.',
})
export class Export {
  @Field(() => ID, { description: 'Its id: no secret.' })
  id!: string;

  @Field(() => ExportFormatEnum, { description: 'How it is written.' })
  format!: ExportFormat;

  @Field(() => String, { description: 'The name this deployment gives the network.' })
  network!: string;

  @Field(() => String, { description: 'The name of the key or member that made it.' })
  creatorName!: string;

  @Field(() => TimestampScalar, { description: 'When it was made.' })
  createdAt!: bigint;

  @Field(() => TimestampScalar, { description: 'From then on it is refused.' })
  expiresAt!: bigint;

  @Field(() => TimestampScalar, {
    nullable: true,
    description: 'Since when it is taken back; null where it is not.',
  })
  revokedAt!: bigint | null;
}

@ObjectType({ description: 'A page of links to exports.' })
export class ExportConnection extends listOf('Export', Export) {}

@ArgsType()
export class ExportsArgs {
  @Field(() => ExportOrderEnum, {
    defaultValue: ExportOrderEnum.CREATED_AT_DESC,
    description: 'In which order they come.',
  })
  orderBy!: ExportOrder;

  @Field(() => Int, { defaultValue: 25, description: 'How many, 1 to 100.' })
  first!: number;

  @Field(() => String, { nullable: true, description: 'The cursor behind which to go on.' })
  after?: string | null;
}

@ObjectType({ description: 'A link that was just made.' })
export class ExportLink {
  @Field(() => Export, { description: 'What it is of.' })
  export!: Export;

  @Field(() => String, {
    description:
      'The path below the address of this service, to be fetched by GET. Whoever has it may read the export: it is told this once.',
  })
  path!: string;
}
