import type { Trx } from '#libs/database';
import { listWrongMonths } from '#libs/spending';
import type { TableDifference } from '../shadow-tables.ts';
import type { NetworkScope } from './scope.ts';

/** Sums of months that are not those of the ledgers, which themselves are held against the facts. */
export const monthDifferences = async (trx: Trx, scope: NetworkScope): Promise<TableDifference[]> => {
  const wrong = await listWrongMonths(trx, scope);
  return wrong.map(({ key, expected, found }) => ({
    table: 'account_months',
    key: { ...key },
    expected: expected ?? undefined,
    found: found ?? undefined,
  }));
};
