import { registerEnumType } from '@nestjs/graphql';
import { DEBIT_CAUSES, type DebitCause, MOVEMENT_CAUSES, type MovementCause } from '../../ledger/causes.ts';
import { RISK_REASONS, type RiskReason } from '../../risk/risk-reasons.ts';
import type { MaximumAtRisk } from '../../risk/maximum-at-risk.ts';

/** A GraphQL enum whose values are the strings themselves, each with its meaning. */
export const defineEnum = <Value extends string>(
  name: string,
  description: string,
  meanings: Readonly<Record<Value, string>>,
): Record<Value, Value> => {
  const names = Object.keys(meanings) as Value[];
  const values = Object.fromEntries(names.map((value) => [value, value])) as Record<Value, Value>;
  const described = names.map((value) => [value, { description: meanings[value] }] as const);
  const valuesMap = Object.fromEntries(described) as Record<Value, { description: string }>;
  registerEnumType(values, { name, description, valuesMap });
  return values;
};

export const DebitCauseEnum = defineEnum<DebitCause>(
  'DebitCause',
  'What became of a debit: the movement that it counted, or why there is none.',
  DEBIT_CAUSES,
);

export const MovementCauseEnum = defineEnum<MovementCause>(
  'MovementCause',
  'Which debit a movement belongs to, or why no budget counted it.',
  MOVEMENT_CAUSES,
);

export const MovementDirectionEnum = defineEnum<'OUT' | 'IN' | 'SELF'>(
  'MovementDirection',
  'Which way tokens went, seen from the account.',
  {
    OUT: 'They left the account.',
    IN: 'They came in, in a transaction that also moved something out.',
    SELF: 'From the account to itself.',
  },
);

export const RiskKindEnum = defineEnum<MaximumAtRisk['kind']>(
  'RiskKind',
  'Whether there is a most that can be taken.',
  {
    BOUNDED: 'There is: `atRisk`.',
    UNBOUNDED: 'There is none: the account can be taken over, with all it holds and gets.',
    UNKNOWN: 'What it takes to tell is not known or not verified: `reasons` say what.',
  },
);

export const RiskReasonEnum = defineEnum<RiskReason>(
  'RiskReasonCode',
  'What decides a maximum at risk.',
  RISK_REASONS,
);
