import { entrypointName } from '#libs/account';
import type { DebitCause, MovementCause } from '../../ledger/causes.ts';
import { RISK_REASONS } from '../../risk/risk-reasons.ts';
import type { IdentifiedNetwork } from '#libs/api';
import type { Address } from '#libs/felt';
import type { OfToken } from '#libs/sessions';
import { reviewView } from '../../reviews/reviews.resolver.ts';
import { encodeRowId } from '../../reviews/row-id.ts';
import type { DebitRow, MovementRow, SumRow } from '../ledger-read.repository.ts';
import type { KeyRisk, TokenRisk } from '../risk.reader.ts';
import type { Debit, Movement } from './ledger.models.ts';
import type { KeyAtRisk, TokenAtRisk } from './risk.models.ts';
import type { CauseSums, TokenSpending } from './summary.models.ts';

/** Whose rows they are: it is the same for a page. */
export interface RowOwner {
  readonly network: IdentifiedNetwork;
  readonly account: Address;
}

/** A row with the chain that it is of, for what is added beside its fields. */
export type LedgerParent<Row> = Row & { readonly chainId: bigint };

export const debitView = (
  { timestampSeconds, windowStartSeconds, ...row }: DebitRow,
  { network, account }: RowOwner,
): LedgerParent<Debit> => ({
  ...row,
  chainId: network.chainId,
  id: encodeRowId(network, { ...row, kind: 'DEBIT', account, rowIndex: row.useIndex }),
  review: reviewView(row.review),
  timestamp: timestampSeconds,
  windowStart: windowStartSeconds,
  selectorName: entrypointName(row.selector) ?? null,
  cause: row.cause as DebitCause,
});

export const movementView = (
  { timestampSeconds, ...row }: MovementRow,
  { network, account }: RowOwner,
): LedgerParent<Movement> => ({
  ...row,
  chainId: network.chainId,
  id: encodeRowId(network, { ...row, kind: 'MOVEMENT', account, rowIndex: row.eventIndex, callIndex: -1 }),
  review: reviewView(row.review),
  timestamp: timestampSeconds,
  cause: row.cause as MovementCause,
  sessionKey: row.sessionKey ?? null,
  callIndex: row.callIndex ?? null,
  sender: row.sender ?? null,
});

/** Adds the sums of causes up, so that the parts are the whole. */
export const summaryView = (rows: readonly SumRow[], chainId: bigint): (TokenSpending & OfToken)[] =>
  [...Map.groupBy(rows, ({ token }) => token)].map(([token, ofToken]) => {
    const counted = ofToken.filter(({ ledger }) => ledger !== 'IN');
    const causes = [...Map.groupBy(counted, ({ cause }) => cause)]
      .map(([cause, sums]) => causeView(cause, sums, { chainId, token }))
      .sort((a, b) => (a.cause < b.cause ? -1 : 1));
    const incoming = (cause: MovementCause) =>
      total(ofToken.filter((row) => row.ledger === 'IN' && row.cause === cause));
    const debited = causes.reduce((sum, part) => sum + part.debited, 0n);
    const moved = causes.reduce((sum, part) => sum + part.moved, 0n);
    return {
      ...{ chainId, token },
      debited,
      moved,
      difference: debited - moved,
      refunded: incoming('REFUND'),
      received: incoming('RECEIVED'),
      causes,
    };
  });

const causeView = (cause: string, sums: readonly SumRow[], of: OfToken): CauseSums & OfToken => {
  const debits = sums.filter(({ ledger }) => ledger === 'DEBIT');
  const movements = sums.filter(({ ledger }) => ledger !== 'DEBIT');
  const [debited, moved] = [total(debits), total(movements)];
  return {
    ...of,
    cause,
    debited,
    moved,
    difference: debited - moved,
    debits: entries(debits),
    movements: entries(movements),
  };
};

const total = (rows: readonly SumRow[]): bigint => rows.reduce((sum, row) => sum + row.total, 0n);
const entries = (rows: readonly SumRow[]): number => rows.reduce((sum, row) => sum + row.entries, 0);

/** Of which token the amounts of an answer are, for what is added beside them. */
export interface RiskOf {
  readonly of: { readonly chainId: bigint; readonly token: bigint; readonly isOfAccount: boolean };
}

export const tokenRiskView = (
  { token, isOfAccount, balance, total: all, keys }: TokenRisk,
  chainId: bigint,
): TokenAtRisk & RiskOf => {
  const of = { chainId, token, isOfAccount };
  return {
    of,
    token,
    balance: balance ?? null,
    kind: all.kind,
    atRisk: all.amount ?? null,
    keys: keys.map((key) => keyRiskView(key, of)),
  };
};

const keyRiskView = ({ sessionKey, risk, allowances }: KeyRisk, of: RiskOf['of']): KeyAtRisk & RiskOf => ({
  of,
  sessionKey,
  kind: risk.kind,
  atRisk: risk.amount ?? null,
  throughBudgets: risk.throughBudgets ?? null,
  throughAllowances: risk.throughAllowances ?? null,
  allowances: allowances.map(({ spender, amount }) => ({ of, spender, amount: amount ?? null })),
  usableUntil: risk.usableUntilSeconds ?? null,
  reasons: risk.reasons.map((code) => ({ code, message: RISK_REASONS[code] })),
});
