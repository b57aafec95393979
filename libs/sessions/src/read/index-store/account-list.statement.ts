import type { AccountStatus, Db, Row } from '#libs/database';
import { type Address, feltToHex } from '#libs/felt';
import { type AliasedExpression, type Expression, type SqlBool, sql } from 'kysely';
import type { Moment } from '../moment.ts';
import { heldAt, pointOf } from './point.statement.ts';
import { backfillOf, coveredFrom, sessionKeyCount } from './statement-parts.ts';

/** By address, or by what the organisation says of accounts; those of which it says nothing come last. */
export type AccountOrder = 'ADDRESS_ASC' | 'LABEL_ASC' | 'TEAM_ASC' | 'COST_CENTRE_ASC';

/** The row behind which to go on: its text (null: it has none) and its address as printed. */
export interface AccountKeyset {
  readonly text: string | null;
  readonly account: string;
}

export interface AccountListQuery {
  readonly at: Moment;
  readonly statuses: readonly AccountStatus[] | undefined;
  /** Only these. */
  readonly addresses?: readonly Address[];
  readonly label?: string | undefined;
  readonly team?: string | undefined;
  readonly costCentre?: string | undefined;
  readonly group?: string | undefined;
  readonly order?: AccountOrder | undefined;
  readonly after: AccountKeyset | undefined;
  readonly limit: number;
}

const TEXT_OF = {
  ADDRESS_ASC: undefined,
  LABEL_ASC: 'f.label',
  TEAM_ASC: 'f.team',
  COST_CENTRE_ASC: 'f.cost_centre',
} as const;

type Text = Exclude<(typeof TEXT_OF)[AccountOrder], undefined>;

type FollowedRow = Pick<
  Row<'accounts'>,
  'network_id' | 'address' | 'source' | 'status' | 'reason_code' | 'attribution'
> &
  Pick<Row<'follows'>, 'label' | 'team' | 'cost_centre'>;

/** What the organisation follows, by row-level security: its own rows of follows, each beside the account. */
const followedOf = (db: Db, networkId: number, query: AccountListQuery) =>
  db
    .selectFrom('follows as f')
    .innerJoin('accounts as a', (join) =>
      join.onRef('a.network_id', '=', 'f.network_id').onRef('a.address', '=', 'f.account'),
    )
    .where('f.organisation_id', '=', sql<number>`current_organisation()`)
    .where('f.network_id', '=', networkId)
    .$if(query.addresses !== undefined, (qb) =>
      qb.where(
        sql<boolean>`f.account = any(${(query.addresses ?? []).map((one) => feltToHex(one))}::text[])`,
      ),
    )
    .$if(query.statuses !== undefined, (qb) => qb.where('a.status', 'in', [...(query.statuses ?? [])]))
    .$if(query.label !== undefined, (qb) => qb.where('f.label', '=', query.label ?? ''))
    .$if(query.team !== undefined, (qb) => qb.where('f.team', '=', query.team ?? ''))
    .$if(query.costCentre !== undefined, (qb) => qb.where('f.cost_centre', '=', query.costCentre ?? ''))
    .$if(query.group !== undefined, (qb) => qb.where(inGroup(query.group ?? '')))
    .select([
      'a.network_id',
      'a.address',
      'a.source',
      'a.status',
      'a.reason_code',
      'a.attribution',
      'f.label',
      'f.team',
      'f.cost_centre',
    ])
    .limit(query.limit);

const inGroup = (group: string): Expression<SqlBool> => sql<SqlBool>`exists (
  select from group_members gm
  where gm.organisation_id = f.organisation_id and gm.group_id = ${group}
    and gm.network_id = f.network_id and gm.account = f.account
)`;

const byAddress = (db: Db, networkId: number, query: AccountListQuery) =>
  followedOf(db, networkId, query)
    .$if(query.after !== undefined, (qb) =>
      qb.where(sql<boolean>`f.account > ${query.after?.account ?? ''}::text`),
    )
    .orderBy('f.account');

/** Those with a text, then those without: each part is a range of the index, so neither is sorted as a whole. */
const byText = (db: Db, networkId: number, query: AccountListQuery, text: Text) => {
  const { after } = query;
  const named = followedOf(db, networkId, query)
    .where(text, 'is not', null)
    .$if(after !== undefined, (qb) =>
      qb.where(
        after === undefined || after.text === null
          ? sql<boolean>`false`
          : sql<boolean>`(${sql.ref(text)}, f.account) > (${after.text}::text, ${after.account}::text)`,
      ),
    )
    .orderBy(text)
    .orderBy('f.account');
  const unnamed = followedOf(db, networkId, query)
    .where(text, 'is', null)
    .$if(after !== undefined && after.text === null, (qb) =>
      qb.where(sql<boolean>`f.account > ${after?.account ?? ''}::text`),
    )
    .orderBy('f.account');
  return db
    .selectFrom(named.as('named'))
    .selectAll()
    .unionAll(db.selectFrom(unnamed.as('unnamed')).selectAll());
};

/** The rows of a page, in no order: the statement puts them into theirs. */
const pageOfAccounts = (db: Db, networkId: number, query: AccountListQuery) => {
  const text = TEXT_OF[query.order ?? 'ADDRESS_ASC'];
  const rows: AliasedExpression<FollowedRow, 'a'> =
    text === undefined
      ? byAddress(db, networkId, query).$castTo<FollowedRow>().as('a')
      : byText(db, networkId, query, text).$castTo<FollowedRow>().as('a');
  return db
    .selectFrom(rows)
    .leftJoin('account_versions as av', (join) =>
      join
        .onRef('av.network_id', '=', 'a.network_id')
        .onRef('av.account', '=', 'a.address')
        .on(heldAt('av', query.at)),
    )
    .select([
      'a.address',
      'a.source',
      'a.status',
      'a.reason_code',
      'a.attribution',
      'a.label',
      'a.team',
      'a.cost_centre',
      'av.class_hash',
    ])
    .select([
      sessionKeyCount(networkId, 'a.address', query.at).as('session_key_count'),
      coveredFrom('STATE', networkId, 'a.address', query.at).as('state_from'),
      coveredFrom('EVENTS', networkId, 'a.address', query.at).as('events_from'),
      backfillOf(networkId, 'a.address').as('backfill'),
      groupsOf(networkId).as('groups'),
    ])
    .$if(text !== undefined, (qb) => qb.orderBy(sql.ref((text ?? 'f.label').replace('f.', 'a.'))))
    .orderBy('a.address')
    .limit(query.limit);
};

export interface GroupJson {
  readonly id: string;
  readonly name: string;
}

/** Its groups by name, as JSON. */
const groupsOf = (networkId: number) => sql<GroupJson[]>`(
  select coalesce(jsonb_agg(jsonb_build_object('id', g.group_id, 'name', g.name) order by g.name, g.group_id), '[]'::jsonb)
  from group_members gm
  join groups g on g.organisation_id = gm.organisation_id and g.group_id = gm.group_id
  where gm.organisation_id = current_organisation() and gm.network_id = ${networkId} and gm.account = a.address
)`;

/** The point and one page of accounts at it, in one statement. */
export const accountListStatement = (db: Db, networkId: number, query: AccountListQuery) => {
  const text = TEXT_OF[query.order ?? 'ADDRESS_ASC'];
  return db
    .with('point', () => pointOf(db, networkId, query.at))
    .selectFrom('point')
    .leftJoinLateral(pageOfAccounts(db, networkId, query).as('page'), (join) => join.onTrue())
    .selectAll(['point', 'page'])
    .$if(text !== undefined, (qb) => qb.orderBy(sql.ref((text ?? 'f.label').replace('f.', 'page.'))))
    .orderBy('page.address');
};
