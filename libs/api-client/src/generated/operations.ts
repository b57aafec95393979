// Written by npm run generate, out of docs/reference/schema.graphql and the operations beside it.
import type { Operation } from '../operation.ts';

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
/** A point in the past. Exactly one member; the answer’s `asOf` names the block that it led to. Everything in the answer is judged by the state, the time and the class of that block. */
export type At = {
  /** The block of this number on the canonical chain. */
  readonly blockNumber?: number | null | undefined;
  /** The newest block that is at least this final. */
  readonly finality?: Finality | null | undefined;
  /** The newest block whose time is not after this one. A time after the newest block gives the newest block. */
  readonly timestamp?: string | null | undefined;
};

/** When the budget of a policy starts anew. */
export type BudgetReset =
  /** The window is over or has not begun: the next spend starts a new one. */
  | 'AT_NEXT_SPEND'
  /** At the first spend from `resetsAt` on. */
  | 'AT_TIME'
  /** The end of the window is beyond what the contract can count. */
  | 'NEVER';

/** Whether a policy limits spending. */
export type BudgetState =
  /** It does, and what remains is known. */
  | 'LIMITED'
  /** It does, but how the class counts its window is not verified, so what remains is not claimed. */
  | 'UNKNOWN'
  /** It does not: `maxPerWindow` 0 is the contract’s word for no limit. */
  | 'UNLIMITED';

/** What an event of `changed` tells. */
export type ChangedKind =
  /** What was told of the block in `asOf`, and of all before it, is not retracted any more: it is accepted on L1. Of the network, so it comes whatever is asked for, and names no account. One for each time that the final block moves, and none while earlier events are still to come; of several that wait for a reader only the newest is told. */
  | 'FINALIZED'
  /** There is something to look at, or there is no longer. */
  | 'FINDING'
  /** A spending policy was set, removed, spent from, or its limits are other ones. */
  | 'POLICY'
  /** A reorganisation left the block of an event: what it told did not happen. What stands in place of it comes as events of other blocks. */
  | 'RETRACTED'
  /** A session key was granted, used, revoked, or its limits or list are other ones. */
  | 'SESSION';

/** What the list of allowed entry points means. An empty list is no prohibition: it allows every selector that is not an admin one. */
export type EntrypointScope =
  /** The list is empty and the class is known to have no guard for admin selectors: the key can take the account over. */
  | 'ALL'
  /** The list is empty: every selector except the admin ones, on any contract. */
  | 'ALL_NON_ADMIN'
  /** Only the listed selectors, on any contract: an entry is not tied to one. */
  | 'LISTED'
  /** The key is revoked and may call nothing. */
  | 'NONE';

/** What an export has rows of. */
export type ExportContent =
  /** Debits and movements, the rows of both ledgers. */
  | 'LEDGERS'
  /** What session keys did: each use with its outcome, the calls that it burned, and the fee of its transaction once for an account. */
  | 'USES';

/** How an export is written. */
export type ExportFormat =
  /** Comma separated, RFC 4180, UTF-8, with a header. Text that a spreadsheet would run as a formula has a ' before it. */
  | 'CSV'
  /** JSON Lines: an object a line, amounts as strings. */
  | 'JSONL';

/** What to take out, in the order of the chain. */
export type ExportInput = {
  /** Rows of what; left out: of both ledgers. With a filter by token or recipient there are no uses, which have neither. */
  readonly contents?: ReadonlyArray<ExportContent> | null | undefined;
  /** For how many seconds the link works: 60 to 604,800 (7 days), and not longer than the key that makes it. */
  readonly expiresInSeconds?: number | null | undefined;
  /** Of which rows; left out: of all. */
  readonly filter?: LedgerFilter | null | undefined;
  /** How it is written. */
  readonly format: ExportFormat;
  /** When; left out: all that is known. */
  readonly period?: PeriodInput | null | undefined;
};

/** How final a block is. */
export type Finality =
  /** Proven on Ethereum; final. */
  | 'ACCEPTED_ON_L1'
  /** Agreed on Starknet; a reorganisation may still replace it. */
  | 'ACCEPTED_ON_L2';

/** What is looked for. */
export type FindingCode =
  /** The class has no guard for admin selectors and the list lets one through: the key can add keys, change the owner or upgrade the account. */
  | 'ACCOUNT_TAKEOVER'
  /** An entry of the list is an admin selector, which the class refuses from session keys. */
  | 'ADMIN_ENTRY_DEAD'
  /** The list lets admin selectors through, and there is no evidence that the class refuses them from session keys. */
  | 'ADMIN_GUARD_UNVERIFIED'
  /** maxPerCall is 0: every counted call above 0 is refused. */
  | 'BLOCKS_EVERY_CALL'
  /** maxPerCall is above maxPerWindow: the window decides alone. */
  | 'CAP_ABOVE_WINDOW'
  /** No rules are known of the class of the account: what depends on them is not claimed. */
  | 'CLASS_UNKNOWN'
  /** The account changed its class: other rules hold from that block on. */
  | 'CLASS_UPGRADED'
  /** The list is empty: every selector that is not an admin one is allowed, on any contract. */
  | 'EMPTY_LIST'
  /** The key was revoked before and granted again: signatures and policies of then count again. */
  | 'KEY_READDED'
  /** An entry of the list is a name stored as text, not its selector: it allows nothing. */
  | 'NAME_NOT_SELECTOR'
  /** The key may move tokens and no spending policy limits it. */
  | 'NO_POLICY'
  /** The owner of the account changed. */
  | 'OWNER_CHANGED'
  /** A policy is older than the grant: the key came back to its limit and to what was spent of it. */
  | 'POLICY_INHERITED'
  /** The class lets a session key call the account itself, and the list is empty. */
  | 'SELF_CALL_UNGUARDED'
  /** The account takes the signature of any usable session key for any hash in is_valid_signature: no list, no budget, no count. */
  | 'SIGNS_OFF_CHAIN'
  /** The list allows moving tokens by a selector that no spending policy counts. */
  | 'UNCOUNTED_SELECTOR'
  /** The window ends beyond what the contract can count: every counted call of the token fails, for good. */
  | 'WINDOW_OVERFLOWS'
  /** A policy with maxPerWindow 0 is none: the token is not limited, the opposite of a block. */
  | 'ZERO_WINDOW';

/** How much harm a finding stands for. */
export type FindingSeverity =
  /** The account itself is at stake. */
  | 'CRITICAL'
  /** Funds or the working of the key are at stake. */
  | 'HIGH'
  /** Something has no effect, or not the one it seems to have. */
  | 'LOW'
  /** More is allowed than is likely to be meant. */
  | 'MEDIUM';

/** What the indexing of a network is doing. */
export type IndexerState =
  /** All blocks are indexed; the newest may be on its way. */
  | 'AT_HEAD'
  /** More than the newest block of the chain is not indexed yet. */
  | 'CATCHING_UP'
  /** `lastError` is in its way; it is tried again. */
  | 'FAILING'
  /** It waits until somebody does something about `stopped`. */
  | 'STOPPED'
  /** There are blocks in the index, but nobody here knows the head of the chain. */
  | 'UNKNOWN'
  /** No block is indexed yet. */
  | 'WAITING';

/** Which rows of both ledgers, over the accounts that the organisation follows and whoever asks may see. What is left out lets everything through. */
export type LedgerFilter = {
  /** Only this account; it must be in the index. */
  readonly account?: string | null | undefined;
  /** Only accounts of this cost centre. As the organisation says now, for the past too; null: the accounts where it says nothing. */
  readonly costCentre?: string | null | undefined;
  /** Only accounts that are in this group now; of a group that is not there, none. */
  readonly group?: string | number | null | undefined;
  /** Only accounts of this label. As the organisation says now, for the past too; null: the accounts where it says nothing. */
  readonly label?: string | null | undefined;
  /** Only what went to (or came from) this address; of a debit for an approval: the spender. */
  readonly recipient?: string | null | undefined;
  /** Only what this session key did, of any account. */
  readonly sessionKey?: string | null | undefined;
  /** Only accounts of this team. As the organisation says now, for the past too; null: the accounts where it says nothing. */
  readonly team?: string | null | undefined;
  /** Only this token. */
  readonly token?: string | null | undefined;
};

/** Whole days of a time zone, up to 400. */
export type PeriodInput = {
  /** The first day. */
  readonly from: string;
  /** Where the days begin, a name of the IANA database such as Europe/Berlin, its summer time included; left out: the zone of the organisation, which is UTC until somebody says otherwise. */
  readonly timeZone?: string | null | undefined;
  /** The day after the last one. */
  readonly to: string;
};

/** What happened to a spending policy between two blocks. */
export type PolicyChangeKind =
  /** Its limits are other ones. */
  | 'LIMITS_CHANGED'
  /** It was removed: the key is not limited in the token. */
  | 'REMOVED'
  /** It was set where none was in force. */
  | 'SET'
  /** It was set where one was in force. */
  | 'SET_AGAIN'
  /** Something was spent under it. */
  | 'SPENT';

/** What happened to a session key between two blocks. */
export type SessionChangeKind =
  /** Its end is another one. */
  | 'EXPIRY_CHANGED'
  /** It was registered for the first time. */
  | 'GRANTED'
  /** It was registered again, whether or not it was revoked before that. */
  | 'GRANTED_AGAIN'
  /** Its list of allowed entry points is another one. */
  | 'LIST_CHANGED'
  /** The number of calls granted is another one. */
  | 'MAX_CALLS_CHANGED'
  /** It was revoked. */
  | 'REVOKED'
  /** It was used. */
  | 'USED';

/** The order of a list of sessions. */
export type SessionOrder =
  /** By account and session key. */
  | 'ACCOUNT_ASC'
  /** What has the fewest calls left comes first. */
  | 'REMAINING_CALLS_ASC'
  /** What expires first comes first; revoked keys have no expiry and come before. */
  | 'VALID_UNTIL_ASC'
  /** What expires last comes first. */
  | 'VALID_UNTIL_DESC';

/** Which rule of the account refuses a session key: the codes of the vendor documents. */
export type SessionReasonCode =
  /** The time of the block is beyond `validUntil`. */
  | 'SESSION_EXPIRED'
  /** All calls are used. */
  | 'SESSION_MAX_CALLS_EXCEEDED'
  /** The owner of the account revoked the key. */
  | 'SESSION_REVOKED';

/** What a session key may do at the block of `asOf`. */
export type SessionStatus =
  /** Registered, not expired, and with calls left. */
  | 'ACTIVE'
  /** All calls are used. */
  | 'EXHAUSTED'
  /** The time of the block is beyond `validUntil`. The end is inclusive. */
  | 'EXPIRED'
  /** The owner of the account revoked the key. */
  | 'REVOKED';

/** Where an answer was read. */
export type Source =
  /** From the index: state followed block by block and kept in the database. */
  | 'INDEX'
  /** From a node, at the block that `asOf` names, because the index does not have it (yet). */
  | 'NODE';

/** What spending is summed by. */
export type SpendingGroup =
  /** By account. */
  | 'ACCOUNT'
  /** By the cost centre that the organisation gives the account now. */
  | 'COST_CENTRE'
  /** By local day. */
  | 'DAY'
  /** By the groups that the account is in now; one without a group is in a row of its own. An account of several groups counts in each of them, so that rows may come to more than the totals. */
  | 'GROUP'
  /** By the label that the organisation gives the account now. */
  | 'LABEL'
  /** By local month. */
  | 'MONTH'
  /** By who got it; of an approval, the spender. */
  | 'RECIPIENT'
  /** By session key; rows without one are what no one key explains. */
  | 'SESSION'
  /** By the team that the organisation gives the account now. */
  | 'TEAM'
  /** By token. It always is: amounts of different tokens are never added. */
  | 'TOKEN'
  /** By local week, from Monday. */
  | 'WEEK';

/** What to sum, and by what. */
export type SpendingInput = {
  /** Of which rows; left out: of all. */
  readonly filter?: LedgerFilter | null | undefined;
  /** By what, up to 4, and in which order the rows come. At most one of DAY, WEEK and MONTH. TOKEN is added at the end where it is not said. */
  readonly groupBy?: ReadonlyArray<SpendingGroup> | null | undefined;
  /** When. */
  readonly period: PeriodInput;
};

export type ChangedSubscriptionVariables = Exact<{
  network?: string | null | undefined;
  accounts?: ReadonlyArray<string> | string | null | undefined;
  sessionKey?: string | null | undefined;
  kinds?: ReadonlyArray<ChangedKind> | ChangedKind | null | undefined;
  after?: string | null | undefined;
}>;


export type ChangedSubscription = { readonly changed: { readonly id: string, readonly kind: ChangedKind, readonly cursor: string, readonly account: string | null, readonly sessionKey: string | null, readonly token: string | null, readonly sessionChanges: ReadonlyArray<SessionChangeKind>, readonly policyChanges: ReadonlyArray<PolicyChangeKind>, readonly retracts: string | null, readonly retractedKind: ChangedKind | null, readonly session: { readonly status: SessionStatus, readonly validUntil: string | null, readonly maxCalls: number, readonly callsUsed: number, readonly remainingCalls: number } | null, readonly policy: { readonly state: BudgetState, readonly maxPerWindow: string, readonly storedSpent: string, readonly remaining: string | null, readonly remainingScaled: string | null, readonly resetsAt: string | null } | null, readonly appeared: ReadonlyArray<{ readonly code: FindingCode, readonly severity: FindingSeverity, readonly token: string | null, readonly selector: string | null }>, readonly ended: ReadonlyArray<{ readonly code: FindingCode, readonly severity: FindingSeverity, readonly token: string | null, readonly selector: string | null }>, readonly asOf: { readonly network: string, readonly chainId: string, readonly blockNumber: number, readonly blockHash: string, readonly timestamp: string, readonly finality: Finality, readonly lagBlocks: number | null } } };

export type CreateExportMutationVariables = Exact<{
  input: ExportInput;
  network?: string | null | undefined;
}>;


export type CreateExportMutation = { readonly createExport: { readonly path: string, readonly export: { readonly id: string, readonly format: ExportFormat, readonly expiresAt: string } } | null };

export type IndexerQueryVariables = Exact<{ [key: string]: never; }>;


export type IndexerQuery = { readonly indexer: ReadonlyArray<{ readonly network: string, readonly chainId: string, readonly chainName: string | null, readonly sandbox: boolean, readonly state: IndexerState, readonly stopped: string | null, readonly lagBlocks: number | null, readonly lagSeconds: number | null, readonly stalledSeconds: number | null, readonly finalizedBlock: number | null, readonly lastError: string | null, readonly head: { readonly blockNumber: number, readonly blockHash: string, readonly timestamp: string } | null, readonly indexed: { readonly blockNumber: number, readonly blockHash: string, readonly timestamp: string, readonly finality: Finality | null } | null, readonly progress: { readonly done: number, readonly total: number, readonly ratePerSecond: number | null, readonly secondsLeft: number | null } | null, readonly accounts: { readonly done: number, readonly total: number, readonly ratePerSecond: number | null, readonly secondsLeft: number | null } | null }> };

export type SessionDataQueryVariables = Exact<{
  account: string;
  sessionKey: string;
}>;


export type SessionDataQuery = { readonly getSessionData: { readonly isActive: boolean, readonly validUntil: string | null, readonly remainingCalls: number, readonly source: Source, readonly entrypoints: ReadonlyArray<{ readonly name: string | null }> | null, readonly asOf: { readonly blockNumber: number, readonly finality: Finality } } | null };

export type SessionQueryVariables = Exact<{
  account: string;
  sessionKey: string;
  network?: string | null | undefined;
  at?: At | null | undefined;
}>;


export type SessionQuery = { readonly session: { readonly chainId: string, readonly account: string, readonly sessionKey: string, readonly status: SessionStatus, readonly isActive: boolean, readonly validUntil: string | null, readonly usableUntil: string | null, readonly maxCalls: number, readonly callsUsed: number, readonly remainingCalls: number, readonly entrypointScope: EntrypointScope, readonly allowedEntrypoints: ReadonlyArray<string> | null, readonly className: string | null, readonly source: Source, readonly entrypoints: ReadonlyArray<{ readonly selector: string, readonly name: string | null, readonly effective: boolean | null }> | null, readonly reason: { readonly code: SessionReasonCode, readonly message: string } | null, readonly policies: ReadonlyArray<{ readonly token: string, readonly state: BudgetState, readonly maxPerCall: string, readonly maxPerWindow: string, readonly windowSeconds: string, readonly storedSpent: string, readonly effectiveSpent: string | null, readonly remaining: string | null, readonly reset: BudgetReset | null, readonly resetsAt: string | null, readonly reason: { readonly code: string, readonly message: string } | null }> | null, readonly asOf: { readonly network: string, readonly chainId: string, readonly blockNumber: number, readonly blockHash: string, readonly timestamp: string, readonly finality: Finality, readonly lagBlocks: number | null } } | null };

export type SessionsQueryVariables = Exact<{
  account?: string | null | undefined;
  status?: ReadonlyArray<SessionStatus> | SessionStatus | null | undefined;
  expiresBefore?: string | null | undefined;
  orderBy?: SessionOrder | null | undefined;
  network?: string | null | undefined;
  at?: At | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type SessionsQuery = { readonly sessions: { readonly nodes: ReadonlyArray<{ readonly chainId: string, readonly account: string, readonly sessionKey: string, readonly status: SessionStatus, readonly validUntil: string | null, readonly usableUntil: string | null, readonly maxCalls: number, readonly callsUsed: number, readonly remainingCalls: number, readonly entrypointScope: EntrypointScope, readonly policies: ReadonlyArray<{ readonly token: string, readonly state: BudgetState, readonly maxPerWindow: string, readonly remaining: string | null, readonly resetsAt: string | null }> | null }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null }, readonly asOf: { readonly network: string, readonly chainId: string, readonly blockNumber: number, readonly blockHash: string, readonly timestamp: string, readonly finality: Finality, readonly lagBlocks: number | null } } | null };

export type SpendingQueryVariables = Exact<{
  input: SpendingInput;
  network?: string | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type SpendingQuery = { readonly spending: { readonly accountsInSeveralGroups: number | null, readonly recordedFrom: number | null, readonly accounts: number, readonly incompleteAccounts: number, readonly rows: ReadonlyArray<{ readonly periodStart: string | null, readonly periodEnd: string | null, readonly account: string | null, readonly sessionKey: string | null, readonly recipient: string | null, readonly label: string | null, readonly team: string | null, readonly costCentre: string | null, readonly debited: string, readonly debitedScaled: string | null, readonly moved: string, readonly movedScaled: string | null, readonly received: string, readonly receivedScaled: string | null, readonly debits: number, readonly movements: number, readonly group: { readonly id: string, readonly name: string } | null, readonly token: { readonly address: string, readonly symbol: string | null, readonly decimals: number | null } }>, readonly totals: ReadonlyArray<{ readonly debited: string, readonly debitedScaled: string | null, readonly moved: string, readonly movedScaled: string | null, readonly received: string, readonly receivedScaled: string | null, readonly debits: number, readonly movements: number, readonly token: { readonly address: string, readonly symbol: string | null, readonly decimals: number | null } }>, readonly period: { readonly timeZone: string }, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null }, readonly asOf: { readonly network: string, readonly chainId: string, readonly blockNumber: number, readonly blockHash: string, readonly timestamp: string, readonly finality: Finality, readonly lagBlocks: number | null } } | null };

export type TokenNameFragment = { readonly address: string, readonly symbol: string | null, readonly decimals: number | null };

export type StandingFragment = { readonly network: string, readonly chainId: string, readonly blockNumber: number, readonly blockHash: string, readonly timestamp: string, readonly finality: Finality, readonly lagBlocks: number | null };

export const ChangedDocument: Operation<ChangedSubscription, ChangedSubscriptionVariables> = {
  name: 'Changed',
  text: `subscription Changed($network: String, $accounts: [Address!], $sessionKey: SessionKey, $kinds: [ChangedKind!], $after: String) {
  changed(
    network: $network
    accounts: $accounts
    sessionKey: $sessionKey
    kinds: $kinds
    after: $after
  ) {
    id
    kind
    cursor
    account
    sessionKey
    token
    sessionChanges
    session {
      status
      validUntil
      maxCalls
      callsUsed
      remainingCalls
    }
    policyChanges
    policy {
      state
      maxPerWindow
      storedSpent
      remaining
      remainingScaled
      resetsAt
    }
    appeared {
      code
      severity
      token
      selector
    }
    ended {
      code
      severity
      token
      selector
    }
    retracts
    retractedKind
    asOf {
      ...Standing
    }
  }
}

fragment Standing on AsOf {
  network
  chainId
  blockNumber
  blockHash
  timestamp
  finality
  lagBlocks
}`,
};

export const CreateExportDocument: Operation<CreateExportMutation, CreateExportMutationVariables> = {
  name: 'CreateExport',
  text: `mutation CreateExport($input: ExportInput!, $network: String) {
  createExport(input: $input, network: $network) {
    path
    export {
      id
      format
      expiresAt
    }
  }
}`,
};

export const IndexerDocument: Operation<IndexerQuery, IndexerQueryVariables> = {
  name: 'Indexer',
  text: `query Indexer {
  indexer {
    network
    chainId
    chainName
    sandbox
    state
    stopped
    lagBlocks
    lagSeconds
    stalledSeconds
    finalizedBlock
    lastError
    head {
      blockNumber
      blockHash
      timestamp
    }
    indexed {
      blockNumber
      blockHash
      timestamp
      finality
    }
    progress {
      done
      total
      ratePerSecond
      secondsLeft
    }
    accounts {
      done
      total
      ratePerSecond
      secondsLeft
    }
  }
}`,
};

export const SessionDataDocument: Operation<SessionDataQuery, SessionDataQueryVariables> = {
  name: 'SessionData',
  text: `query SessionData($account: Address!, $sessionKey: SessionKey!) {
  getSessionData(walletAddress: $account, sessionPublicKey: $sessionKey) {
    isActive
    validUntil
    remainingCalls
    entrypoints {
      name
    }
    source
    asOf {
      blockNumber
      finality
    }
  }
}`,
};

export const SessionDocument: Operation<SessionQuery, SessionQueryVariables> = {
  name: 'Session',
  text: `query Session($account: Address!, $sessionKey: SessionKey!, $network: String, $at: At) {
  session(account: $account, sessionKey: $sessionKey, network: $network, at: $at) {
    chainId
    account
    sessionKey
    status
    isActive
    validUntil
    usableUntil
    maxCalls
    callsUsed
    remainingCalls
    entrypointScope
    allowedEntrypoints
    entrypoints {
      selector
      name
      effective
    }
    className
    source
    reason {
      code
      message
    }
    policies {
      token
      state
      maxPerCall
      maxPerWindow
      windowSeconds
      storedSpent
      effectiveSpent
      remaining
      reset
      resetsAt
      reason {
        code
        message
      }
    }
    asOf {
      ...Standing
    }
  }
}

fragment Standing on AsOf {
  network
  chainId
  blockNumber
  blockHash
  timestamp
  finality
  lagBlocks
}`,
};

export const SessionsDocument: Operation<SessionsQuery, SessionsQueryVariables> = {
  name: 'Sessions',
  text: `query Sessions($account: Address, $status: [SessionStatus!], $expiresBefore: Timestamp, $orderBy: SessionOrder, $network: String, $at: At, $first: Int, $after: String) {
  sessions(
    account: $account
    status: $status
    expiresBefore: $expiresBefore
    orderBy: $orderBy
    network: $network
    at: $at
    first: $first
    after: $after
  ) {
    nodes {
      chainId
      account
      sessionKey
      status
      validUntil
      usableUntil
      maxCalls
      callsUsed
      remainingCalls
      entrypointScope
      policies {
        token
        state
        maxPerWindow
        remaining
        resetsAt
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
    asOf {
      ...Standing
    }
  }
}

fragment Standing on AsOf {
  network
  chainId
  blockNumber
  blockHash
  timestamp
  finality
  lagBlocks
}`,
};

export const SpendingDocument: Operation<SpendingQuery, SpendingQueryVariables> = {
  name: 'Spending',
  text: `query Spending($input: SpendingInput!, $network: String, $first: Int, $after: String) {
  spending(input: $input, network: $network, first: $first, after: $after) {
    rows {
      periodStart
      periodEnd
      account
      sessionKey
      recipient
      label
      team
      costCentre
      group {
        id
        name
      }
      token {
        ...TokenName
      }
      debited
      debitedScaled
      moved
      movedScaled
      received
      receivedScaled
      debits
      movements
    }
    totals {
      token {
        ...TokenName
      }
      debited
      debitedScaled
      moved
      movedScaled
      received
      receivedScaled
      debits
      movements
    }
    accountsInSeveralGroups
    period {
      timeZone
    }
    recordedFrom
    accounts
    incompleteAccounts
    pageInfo {
      hasNextPage
      endCursor
    }
    asOf {
      ...Standing
    }
  }
}

fragment TokenName on Token {
  address
  symbol
  decimals
}

fragment Standing on AsOf {
  network
  chainId
  blockNumber
  blockHash
  timestamp
  finality
  lagBlocks
}`,
};
