import type { CursorScope, Point } from '#libs/api';
import type { RequestScope } from '#libs/database';
import { feltToHex } from '#libs/felt';
import type { AccountRecord } from '../index-store/account-list.repository.ts';
import type { AccountKeyset, AccountListQuery, AccountOrder } from '../index-store/account-list.statement.ts';
import type { ServedNetwork } from '../ports.ts';
import type { AccountsArgs } from './arguments.ts';
import { type PageCursor, scopeOfPoint } from './page-cursor.ts';

/** What people say of accounts, as a filter. */
export const accountFilterOf = (
  args: AccountsArgs,
): Pick<AccountListQuery, 'label' | 'team' | 'costCentre' | 'group'> => ({
  label: args.label ?? undefined,
  team: args.team ?? undefined,
  costCentre: args.costCentre ?? undefined,
  group: args.group ?? undefined,
});

export const accountScope = (
  asker: RequestScope,
  { networkId }: ServedNetwork,
  args: AccountsArgs,
  point: Point | undefined,
): CursorScope => ({
  list: 'accounts',
  asker,
  filter: {
    networkId,
    status: args.status?.toSorted(),
    at: scopeOfPoint(point),
    ...accountFilterOf(args),
    orderBy: args.orderBy ?? 'ADDRESS_ASC',
  },
});

/** A text is marked, so that none at all is told from what anybody may have written. */
export const accountKeysetOf = (row: AccountRecord, order: AccountOrder): string[] => {
  const text = {
    ADDRESS_ASC: undefined,
    LABEL_ASC: row.label,
    TEAM_ASC: row.team,
    COST_CENTRE_ASC: row.costCentre,
  }[order];
  return [text === undefined ? '' : `=${text}`, feltToHex(row.address)];
};

export const accountKeysetFrom = (cursor: PageCursor | undefined): AccountKeyset | undefined => {
  if (cursor === undefined) return undefined;
  const [text = '', account = ''] = cursor.keyset;
  return { text: text === '' ? null : text.slice(1), account };
};
