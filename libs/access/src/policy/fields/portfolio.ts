import type { FieldRules } from '../field-rules.ts';

const TEXTS = ['label', 'team', 'costCentre'];

/** What the organisation follows, and what it says of it. */
export const PORTFOLIO_FIELDS: FieldRules = {
  Query: { READ_STATE: ['groups'], FOLLOW: ['followRules'] },
  Mutation: {
    FOLLOW: ['followAccounts', 'unfollowAccounts', 'importAccounts', 'createFollowRule', 'deleteFollowRule'],
    LABEL: ['labelAccounts', 'createGroup', 'renameGroup', 'deleteGroup', 'addToGroup', 'removeFromGroup'],
  },
  FollowResult: { FOLLOW: ['followed', 'changed', 'unchanged'] },
  ImportReport: { FOLLOW: ['good', 'wrong', 'faults', 'result', 'standings'] },
  ImportFault: { FOLLOW: ['line', 'code', 'column', 'firstLine'] },
  ImportStandings: { FOLLOW: ['undeployed', 'withoutSessions', 'withSessions', 'unreadable'] },
  FollowRule: { FOLLOW: ['id', 'kind', 'network', 'classHash', 'deployer', ...TEXTS, 'createdAt'] },
  NewFollowRule: { FOLLOW: ['rule', 'found'] },
  Group: { READ_STATE: ['id', 'name', 'accountCount', 'createdAt'] },
};
