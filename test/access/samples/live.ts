import type { Samples } from '../matrix/sample.ts';

const SCALED = 'maxPerCallScaled maxPerWindowScaled storedSpentScaled remainingScaled';
const EVENT = `id kind cursor chainId account sessionKey token retracts retractedKind
  sessionChanges session { status validUntil maxCalls callsUsed remainingCalls allowedEntrypoints }
  policyChanges policy { state maxPerCall maxPerWindow windowSeconds storedSpent remaining resetsAt ${SCALED} }
  appeared { code severity token selector sinceBlock } ended { code }
  asOf { blockNumber blockHash timestamp timestampIso finality network }`;

/** Fields of libs/live, told from the first block on. */
export const LIVE: Samples = {
  'Subscription.changed': [
    {
      name: 'of an account',
      args: ({ account, firstBlock }) => `accounts: ["${account}"], after: "${firstBlock}"`,
      select: `{ ${EVENT} }`,
    },
    {
      name: 'of a session key',
      args: ({ sessionKey, firstBlock }) => `sessionKey: "${sessionKey}", after: "${firstBlock}"`,
      select: `{ ${EVENT} }`,
    },
    {
      name: 'of all',
      args: ({ firstBlock }) => `kinds: [SESSION, FINDING], after: "${firstBlock}"`,
      select: '{ kind account sessionKey }',
    },
  ],
};
