import { type Address, type Felt, feltToHex, type SessionKey } from '#libs/felt';
import { type RawBuilder, sql } from 'kysely';

/** Which rows of both ledgers, over all accounts that are followed. Undefined: all. */
export interface FinanceFilter {
  readonly account: Address | undefined;
  readonly sessionKey: SessionKey | undefined;
  readonly token: Address | undefined;
  readonly recipient: Felt | undefined;
  /** What the organisation says of the account now. Null: the accounts of which it says nothing there. */
  readonly label: string | null | undefined;
  readonly team: string | null | undefined;
  readonly costCentre: string | null | undefined;
  /** The id of a group of the organisation: the accounts that are in it now. */
  readonly group?: string | undefined;
}

export const NO_FILTER: FinanceFilter = {
  account: undefined,
  sessionKey: undefined,
  token: undefined,
  recipient: undefined,
  label: undefined,
  team: undefined,
  costCentre: undefined,
};

/** A filter as plain values, for cursors and for what is kept. */
export const printedFilter = (filter: FinanceFilter): Record<string, string | undefined> => ({
  account: filter.account && feltToHex(filter.account),
  sessionKey: filter.sessionKey === undefined ? undefined : feltToHex(filter.sessionKey),
  token: filter.token && feltToHex(filter.token),
  recipient: filter.recipient === undefined ? undefined : feltToHex(filter.recipient),
  label: printedText(filter.label),
  team: printedText(filter.team),
  costCentre: printedText(filter.costCentre),
  group: filter.group,
});

/** None and not asked for are two things. */
const printedText = (text: string | null | undefined): string | undefined =>
  text === undefined ? undefined : JSON.stringify(text);

const isText = (column: RawBuilder<unknown>, text: string | null | undefined): RawBuilder<boolean>[] => {
  if (text === undefined) return [];
  return [text === null ? sql`${column} is null` : sql`${column} = ${text}::text`];
};

const isInGroup = (group: string) => sql<boolean>`exists (
  select from group_members gm
  where gm.organisation_id = fo.organisation_id and gm.group_id = ${group}::text
    and gm.network_id = fo.network_id and gm.account = fo.account
)`;

/** On follows, by the name `fo`, and so on whatever it is joined with. */
export const followConditions = (networkId: number, filter: FinanceFilter): RawBuilder<boolean> =>
  allOf([
    sql`fo.network_id = ${networkId}::integer`,
    ...(filter.account === undefined ? [] : [sql<boolean>`fo.account = ${feltToHex(filter.account)}::text`]),
    ...isText(sql`fo.label`, filter.label),
    ...isText(sql`fo.team`, filter.team),
    ...isText(sql`fo.cost_centre`, filter.costCentre),
    ...(filter.group === undefined ? [] : [isInGroup(filter.group)]),
  ]);

/** On a ledger, by the name `l`. Named twice where an account is: an index of the ledger begins with it. */
export const rowConditions = (networkId: number, filter: FinanceFilter): RawBuilder<boolean> =>
  allOf([
    sql`l.network_id = ${networkId}::integer`,
    ...(filter.account === undefined ? [] : [sql<boolean>`l.account = ${feltToHex(filter.account)}::text`]),
    ...(filter.sessionKey === undefined
      ? []
      : [sql<boolean>`l.session_key = ${feltToHex(filter.sessionKey)}::text`]),
    ...(filter.token === undefined ? [] : [sql<boolean>`l.token = ${feltToHex(filter.token)}::text`]),
    ...(filter.recipient === undefined
      ? []
      : [sql<boolean>`l.counterparty = ${feltToHex(filter.recipient)}::text`]),
  ]);

const allOf = (conditions: readonly RawBuilder<boolean>[]): RawBuilder<boolean> =>
  sql`${sql.join(conditions, sql` and `)}`;
