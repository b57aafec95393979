import { type RawBuilder, sql } from 'kysely';
import { ADDED, type GroupKey, namesOf, type RowGroup, type SpendingGroup } from './group-keys.ts';

/**
 * By what the rows are summed that are then told by group: once for each account, so that one of several groups counts in each of
 * them, and in the totals once.
 */
export const groupsBelow = (groups: readonly SpendingGroup[]): readonly RowGroup[] => {
  const others = groups.filter((group) => group !== 'GROUP');
  return others.includes('ACCOUNT') ? others : [...others, 'ACCOUNT'];
};

/** Which account is in which groups of the organisation: row-level security leaves no other ones. */
export const memberships = (networkId: number): RawBuilder<unknown> => sql`
  select gm.account::text as account, g.name as group_name, count(*) over (partition by gm.account) as groups_of_account
  from group_members gm join groups g on g.organisation_id = gm.organisation_id and g.group_id = gm.group_id
  where gm.network_id = ${networkId}::integer`;

/** The sums `once` by the keys, each account in every of its `memberships`, and by '' where it has none. */
export const sumsByGroup = (keys: readonly GroupKey[]): RawBuilder<unknown> => {
  const columns = keys.map((key) =>
    key === 'group_name' ? sql`coalesce(m.group_name, '') as group_name` : sql`o.${sql.ref(key)}`,
  );
  return sql`
    select ${namesOf(keys)}, ${ADDED} from (
      select ${sql.join(columns)}, o.debited, o.debits, o.moved, o.received, o.movements
      from once o left join memberships m on m.account = o.account
    ) by_membership group by ${namesOf(keys)}`;
};

/** How many accounts with a row were counted in more than one group. */
export const accountsInSeveral = sql<number>`(
  select count(distinct o.account) from once o join memberships m on m.account = o.account where m.groups_of_account > 1
)`;
