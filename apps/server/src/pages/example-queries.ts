/** The queries of the README, ready to be run from the first page and in GraphiQL. */
export interface ExampleQuery {
  readonly title: string;
  readonly query: string;
  /** Names of variables that the page fills from a session that the index has. */
  readonly variables: readonly ('account' | 'sessionKey')[];
}

export const EXAMPLE_QUERIES: readonly ExampleQuery[] = [
  {
    title: 'How far the index is',
    variables: [],
    query: `query Indexer {
  indexer {
    network chainName sandbox state
    head { blockNumber }
    indexed { blockNumber finality }
    lagBlocks
    progress { done total secondsLeft }
    lastError
  }
}`,
  },
  {
    title: 'Session keys, the next to expire first',
    variables: [],
    query: `query Sessions {
  sessions(first: 10, status: [ACTIVE], orderBy: VALID_UNTIL_ASC) {
    nodes { account sessionKey status validUntil remainingCalls entrypointScope }
    pageInfo { hasNextPage endCursor }
    asOf { blockNumber finality lagBlocks }
  }
}`,
  },
  {
    title: 'What a session key may still do (the fields of the vendor documents)',
    variables: ['account', 'sessionKey'],
    query: `query GetSessionData($account: Address!, $sessionKey: SessionKey!) {
  getSessionData(walletAddress: $account, sessionPublicKey: $sessionKey) {
    isActive validUntil remainingCalls allowedEntrypoints entrypointScope
    source
    asOf { network blockNumber blockHash timestamp finality lagBlocks }
    history { completeFrom complete }
  }
}`,
  },
  {
    title: 'The same with status, reason and what remains of each budget',
    variables: ['account', 'sessionKey'],
    query: `query Session($account: Address!, $sessionKey: SessionKey!) {
  session(account: $account, sessionKey: $sessionKey) {
    status reason { code message }
    maxCalls callsUsed remainingCalls validUntil
    entrypoints { selector name effective }
    policies { token state maxPerWindow storedSpent effectiveSpent remaining reset resetsAt }
    asOf { network blockNumber finality }
  }
}`,
  },
];
