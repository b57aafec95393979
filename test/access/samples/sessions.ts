import type { Sample, Samples } from '../matrix/sample.ts';
import type { Things } from '../matrix/things.ts';

const ofAccount = ({ account }: Things): string => `account: "${account}"`;
const ofKey = ({ account, sessionKey }: Things): string =>
  `account: "${account}", sessionKey: "${sessionKey}"`;

const AS_OF = 'asOf { blockNumber timestamp timestampIso blockHash network finality lagBlocks }';
const HISTORY = 'history { complete completeFrom progress { done total } }';
const PAGE = 'pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';
const POLICY = `id account sessionKey token state maxPerCall maxPerWindow storedSpent remaining
  maxPerCallScaled maxPerWindowScaled effectiveSpentScaled remainingScaled ${HISTORY}`;
const USE =
  'id account sessionKey outcome transactionHash blockNumber calls { to name } debits { token amount amountScaled spentBeforeScaled spentAfterScaled } fee { amount payer }';
const SESSION = `id account sessionKey status isActive validUntil validUntilIso maxCalls callsUsed allowedEntrypoints source
  classHash lifecycle { revoked blockNumber transactionHash } blockedBy { code } policies { ${POLICY} } ${HISTORY} ${AS_OF}`;
const ACCOUNT = `id address label team costCentre groups { id name } foundBy status reasonCode attribution classHash sessionKeyCount ${HISTORY}`;

/** At a block, at a final one, and back then: every shape that the statement takes. */
const everyPoint = (args: (things: Things) => string, select: string): readonly Sample[] =>
  ['', 'at: { blockNumber: 25 }', 'at: { finality: ACCEPTED_ON_L2 }', 'at: { timestamp: "1900000000" }'].map(
    (at) => ({
      args: (things) => [args(things), at].filter((text) => text !== '').join(', '),
      select,
    }),
  );

const NODE = `{ id __typename ... on Account { ${ACCOUNT.replace(' status ', ' accountStatus: status ')} } ... on Session { ${SESSION} }
  ... on SpendingPolicy { ${POLICY} } ... on Use { ${USE} } }`;

/** What INTEGRATOR may not be told, so not beside the others. */
const LEDGER_NODE = `{ id __typename ... on Debit { sessionKey token amount transactionHash }
  ... on Movement { token movedAmount: amount direction } }`;

/** Fields of libs/sessions. */
export const SESSIONS: Samples = {
  'Query.session': everyPoint(ofKey, `{ ${SESSION} uses { nodes { ${USE} } } }`),
  'Query.getSessionData': [
    {
      args: ({ account, sessionKey }) => `walletAddress: "${account}", sessionPublicKey: "${sessionKey}"`,
      select: `{ isActive validUntil remainingCalls allowedEntrypoints source ${HISTORY} ${AS_OF} }`,
    },
  ],
  'Query.node': [
    { name: 'of an account', args: ({ accountId }) => `id: "${accountId}"`, select: NODE },
    { name: 'of a session', args: ({ sessionId }) => `id: "${sessionId}"`, select: NODE },
    { name: 'of a policy', args: ({ policyId }) => `id: "${policyId}"`, select: NODE },
    { name: 'of a use', args: ({ useId }) => `id: "${useId}"`, select: NODE },
    { name: 'of a debit', args: ({ debitId }) => `id: "${debitId}"`, select: LEDGER_NODE },
    { name: 'of a movement', args: ({ movementId }) => `id: "${movementId}"`, select: LEDGER_NODE },
  ],
  'Query.nodes': [
    {
      args: ({ accountId, sessionId, policyId, useId }) =>
        `ids: ["${accountId}", "${sessionId}", "${policyId}", "${useId}"]`,
      select: NODE,
    },
    {
      name: 'of rows of the ledgers',
      args: ({ debitId, movementId }) => `ids: ["${debitId}", "${movementId}"]`,
      select: LEDGER_NODE,
    },
  ],
  'Query.account': everyPoint(({ account }) => `address: "${account}"`, `{ ${ACCOUNT} ${AS_OF} }`),
  'Query.sessions': [
    {
      name: 'of an account',
      args: ofAccount,
      select: `{ nodes { ${SESSION} } ${PAGE} ${HISTORY} ${AS_OF} }`,
    },
    ...['ACCOUNT_ASC', 'VALID_UNTIL_ASC', 'VALID_UNTIL_DESC', 'REMAINING_CALLS_ASC'].map(
      (order): Sample => ({
        name: `of all, ${order}`,
        args: () => `orderBy: ${order}`,
        select: `{ nodes { ${SESSION} uses { nodes { ${USE} } } } ${PAGE} ${AS_OF} }`,
      }),
    ),
    { name: 'of all', select: `{ nodes { account } ${PAGE} ${HISTORY} }` },
    { name: 'of all at a block', args: () => 'at: { blockNumber: 25 }', select: '{ nodes { account } }' },
  ],
  'Query.accounts': [
    { select: `{ nodes { ${ACCOUNT} } ${PAGE} ${AS_OF} }` },
    { name: 'by status', args: () => 'status: [FOLLOWED]', select: `{ nodes { ${ACCOUNT} } }` },
    { name: 'at a block', args: () => 'at: { blockNumber: 25 }', select: `{ nodes { ${ACCOUNT} } }` },
  ],
  'Query.policies': [
    ...everyPoint(ofKey, `{ nodes { ${POLICY} } source ${HISTORY} ${AS_OF} }`),
    { name: 'of an account', args: ofAccount, select: `{ nodes { ${POLICY} } ${PAGE} }` },
    {
      name: 'of a token',
      args: (things) => `${ofAccount(things)}, token: "${things.token}"`,
      select: `{ nodes { ${POLICY} } }`,
    },
  ],
  'Query.uses': [
    { args: ofAccount, select: `{ nodes { ${USE} } ${PAGE} ${HISTORY} ${AS_OF} }` },
    { args: ofKey, select: `{ nodes { ${USE} } }` },
  ],
  'Query.use': [
    {
      args: ({ transactionHash }) => `transactionHash: "${transactionHash}"`,
      select: `{ nodes { ${USE} } ${AS_OF} }`,
    },
  ],
  'Query.changes': [
    {
      args: (things) => `${ofAccount(things)}, from: { blockNumber: 1 }`,
      select: `{ account complete sessions { sessionKey kinds callsUsed } policies { token kinds spent spentScaled }
        owners { owner } class { before after } from { blockNumber } to { blockNumber } ${HISTORY} }`,
    },
  ],
  'Query.sessionHistory': [
    {
      args: ofKey,
      select: `{ nodes { kind blockNumber transactionHash usesSince after { maxCalls } } ${PAGE} ${HISTORY} ${AS_OF} }`,
    },
  ],
  'Query.policyHistory': [
    {
      args: ofKey,
      select: `{ nodes { kind token blockNumber transactionHash usesSince spentBefore spentBeforeScaled
        before { maxPerCallScaled } after { maxPerWindow maxPerCallScaled maxPerWindowScaled } } ${PAGE} ${HISTORY} ${AS_OF} }`,
    },
  ],
  'Query.findings': [
    {
      args: ofAccount,
      select: `{ account accountFindings { code } nodes { sessionKey findings { code sinceBlock } } ${PAGE} ${AS_OF} }`,
    },
    { args: ofKey, select: '{ nodes { sessionKey findings { code } } }' },
  ],
};
