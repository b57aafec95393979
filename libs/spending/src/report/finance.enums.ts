import { defineEnum } from '../read/graphql/enums.ts';
import type { SpendingGroup } from './group-keys.ts';

export const SpendingGroupEnum = defineEnum<SpendingGroup>('SpendingGroup', 'What spending is summed by.', {
  DAY: 'By local day.',
  WEEK: 'By local week, from Monday.',
  MONTH: 'By local month.',
  TOKEN: 'By token. It always is: amounts of different tokens are never added.',
  ACCOUNT: 'By account.',
  SESSION: 'By session key; rows without one are what no one key explains.',
  RECIPIENT: 'By who got it; of an approval, the spender.',
  LABEL: 'By the label that the organisation gives the account now.',
  TEAM: 'By the team that the organisation gives the account now.',
  COST_CENTRE: 'By the cost centre that the organisation gives the account now.',
  GROUP:
    'By the groups that the account is in now; one without a group is in a row of its own. An account of several groups counts in each of them, so that rows may come to more than the totals.',
});
