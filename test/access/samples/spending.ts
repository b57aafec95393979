import type { Samples } from '../matrix/sample.ts';
import type { Things } from '../matrix/things.ts';

const ofAccount = ({ account }: Things): string => `account: "${account}"`;
const ofKey = ({ account, sessionKey }: Things): string =>
  `account: "${account}", sessionKey: "${sessionKey}"`;
const PAGE = 'pageInfo { hasNextPage endCursor } recordedFrom asOf { blockNumber }';

const REVIEW = 'review { state note reviewedBy reviewerName }';

const SUMS = 'debited debitedScaled moved movedScaled difference differenceScaled';

/** Fields of libs/spending. */
export const SPENDING: Samples = {
  'Query.debits': [
    {
      args: ofAccount,
      select: `{ nodes { id sessionKey token amount amountScaled movedAmountScaled cause transactionHash } ${PAGE} }`,
    },
    { args: ofKey, select: '{ nodes { amount } }' },
    {
      name: 'of a token and a time',
      args: (things) => `${ofAccount(things)}, token: "${things.token}", from: "1", to: "3000000000"`,
      select: '{ nodes { amount } }',
    },
    { name: 'reviews', args: ofAccount, select: `{ nodes { id ${REVIEW} } }`, tells: 'OWN' },
    {
      name: 'reviewed ones',
      args: (things) => `${ofAccount(things)}, review: FLAGGED`,
      select: `{ nodes { id ${REVIEW} } }`,
      tells: 'OWN',
    },
  ],
  'Query.movements': [
    {
      args: ofAccount,
      select: `{ nodes { id sessionKey token amount amountScaled cause direction counterparty transactionHash } ${PAGE} }`,
    },
    { args: ofKey, select: '{ nodes { amount } }' },
    { name: 'reviews', args: ofAccount, select: `{ nodes { id ${REVIEW} } }`, tells: 'OWN' },
  ],
  'Query.spendingSummary': [
    {
      args: ofAccount,
      select: `{ tokens { token ${SUMS} refunded refundedScaled received receivedScaled causes { cause ${SUMS} } } recordedFrom }`,
    },
    { args: ofKey, select: '{ tokens { token debited } }' },
  ],
  'Query.risk': [
    {
      args: ofAccount,
      select: `{ tokens { token balance balanceScaled kind atRisk atRiskScaled
        keys { sessionKey kind atRisk atRiskScaled throughBudgetsScaled throughAllowancesScaled allowances { amount amountScaled } } }
        recordedFrom }`,
    },
    { args: ofKey, select: '{ tokens { token kind } }' },
  ],
};
