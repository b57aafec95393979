import type { Sample, Samples } from '../matrix/sample.ts';
import type { Things } from '../matrix/things.ts';

const ofAccount = ({ account }: Things): string => `filter: { account: "${account}" }`;
const ofToken = ({ token }: Things): string => `filter: { token: "${token}" }`;
/** In which everybody of the world lived. */
export const PERIOD = 'period: { from: "2027-01-01", to: "2027-02-01" }';
const STANDING = 'accounts incompleteAccounts recordedFrom asOf { blockNumber }';
const SPENT = 'debited moved received debits movements token { address symbol }';
const LEFT = 'remaining limited unlimited unknown token { address symbol }';
const LINK = 'id format network creatorName expiresAt revokedAt';
const KEYS = `{ nodes { account sessionKey label team costCentre amount unbounded callsBurned callsReverted } ${STANDING} }`;

const spendingBy = (...groups: readonly string[]): Sample => ({
  name: `by ${groups.join(' and ')}`,
  args: () => `input: { ${PERIOD}, groupBy: [${groups.join()}] }`,
  select: `{ rows { account sessionKey recipient label team costCentre periodStart ${SPENT} } totals { ${SPENT} } ${STANDING} }`,
});

/** Fields of libs/spending over all accounts together. */
export const FINANCE: Samples = {
  'Query.spending': [
    ...['ACCOUNT', 'SESSION', 'RECIPIENT', 'LABEL', 'TEAM', 'COST_CENTRE'].map((group) => spendingBy(group)),
    spendingBy('MONTH', 'ACCOUNT'),
    {
      name: 'by group',
      args: () => `input: { ${PERIOD}, groupBy: [GROUP] }`,
      select: `{ rows { group { id name } ${SPENT} } totals { ${SPENT} } accountsInSeveralGroups ${STANDING} }`,
      tells: 'OWN',
    },
    {
      name: 'of an account',
      args: (things) => `input: { ${PERIOD}, ${ofAccount(things)} }`,
      select: `{ rows { ${SPENT} } totals { ${SPENT} } ${STANDING} }`,
    },
    {
      name: 'of a group',
      args: ({ groupId }) => `input: { ${PERIOD}, filter: { group: "${groupId}" } }`,
      select: `{ rows { ${SPENT} } totals { ${SPENT} } ${STANDING} }`,
      tells: 'OWN',
    },
  ],
  'Query.budgets': [
    {
      name: 'of all',
      args: () => 'groupBy: [ACCOUNT, SESSION, LABEL, TEAM, COST_CENTRE]',
      select: `{ sums { account sessionKey label team costCentre token { address } remaining limited unlimited unknown } ${STANDING} }`,
    },
    {
      name: 'by group',
      args: () => 'groupBy: [GROUP]',
      select: `{ sums { group { id name } ${LEFT} } totals { ${LEFT} } accountsInSeveralGroups ${STANDING} }`,
      tells: 'OWN',
    },
    {
      name: 'of an account',
      args: ofAccount,
      select: `{ sums { remaining limited unlimited unknown } ${STANDING} }`,
    },
    {
      name: 'of a group',
      args: ({ groupId }) => `filter: { group: "${groupId}" }`,
      select: `{ sums { ${LEFT} } totals { ${LEFT} } ${STANDING} }`,
      tells: 'OWN',
    },
  ],
  'Query.topKeys': [
    { name: 'by spend', args: (t) => `by: SPEND, ${PERIOD}, ${ofToken(t)}`, select: KEYS },
    { name: 'by exposure', args: (t) => `by: EXPOSURE, ${ofToken(t)}`, select: KEYS },
    { name: 'by burned calls', args: () => `by: BURNED_CALLS, ${PERIOD}`, select: KEYS },
    {
      name: 'of an account',
      args: (t) => `by: BURNED_CALLS, ${PERIOD}, ${ofAccount(t)}`,
      select: '{ nodes { callsBurned } accounts }',
    },
  ],
  'Query.exports': [
    { select: `{ nodes { ${LINK} } edges { cursor node { id } } pageInfo { hasNextPage endCursor } }` },
    ...['CREATED_AT_ASC', 'EXPIRES_AT_DESC'].map((order) => ({
      ...{ name: `by ${order}`, args: () => `orderBy: ${order}`, select: `{ nodes { ${LINK} } }` },
    })),
  ],
};
