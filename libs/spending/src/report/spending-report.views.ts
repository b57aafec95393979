import { parseAddress, parseFelt, parseSessionKey } from '#libs/felt';
import type { Period } from '../period/period.ts';
import { scaled } from '../tokens/scaled.ts';
import type { FinanceStanding } from './finance-answer.ts';
import type { SpendingRow, TokenSpend } from './spending-report.models.ts';
import type { GroupJson, SpentJson } from './spending-report.statement.ts';

export interface TokenJson {
  readonly token: string;
  readonly symbol: string | null;
  readonly name: string | null;
  readonly decimals: number | null;
}

export const tokenView = ({ token, symbol, name, decimals }: TokenJson) => ({
  address: parseAddress(token),
  symbol,
  name,
  decimals,
});

export const tokenSpendView = (row: SpentJson): TokenSpend => {
  const [debited, moved, received] = [BigInt(row.debited), BigInt(row.moved), BigInt(row.received)];
  return {
    token: tokenView(row),
    debited,
    debitedScaled: scaled(debited, row.decimals),
    moved,
    movedScaled: scaled(moved, row.decimals),
    received,
    receivedScaled: scaled(received, row.decimals),
    debits: row.debits,
    movements: row.movements,
  };
};

export const spendingRowView = (row: GroupJson, { parts }: Period): SpendingRow => {
  const part = row.part === undefined ? undefined : parts[Number(row.part) - 1];
  return {
    ...tokenSpendView(row),
    periodStart: part?.from ?? null,
    periodEnd: part?.to ?? null,
    account: row.account ? parseAddress(row.account) : null,
    sessionKey: row.session_key ? parseSessionKey(row.session_key) : null,
    recipient: row.recipient ? parseFelt(row.recipient) : null,
    label: row.label || null,
    team: row.team || null,
    costCentre: row.cost_centre || null,
    group: row.group_name && row.group_id ? { id: row.group_id, name: row.group_name } : null,
  };
};

export const standingView = ({ recordedFrom, accounts, incompleteAccounts }: FinanceStanding) => ({
  recordedFrom: recordedFrom ?? null,
  accounts,
  incompleteAccounts,
});
