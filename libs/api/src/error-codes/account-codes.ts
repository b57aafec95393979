import type { ErrorCodeEntry } from './error-code-entry.ts';

export const accountCodes = {
  CONTRACT_NOT_FOUND: {
    retryable: false,
    use: 'BOTH',
    description:
      'There is no contract at this address at the block named in `details`. A counterfactual account answers so until it is deployed.',
  },
  INVALID_WALLET_TYPE_FOR_SESSION: {
    retryable: false,
    use: 'BOTH',
    description:
      'The class of the contract has no session entry points. Probed from the ABI of the class, never from a label; `details` has the class hash and what is missing.',
  },
  CLASS_WITHOUT_SESSIONS: {
    retryable: false,
    use: 'REASON',
    description: 'Why an account is not followed: its class has no session entry points.',
  },
  CLASS_UNREADABLE: {
    retryable: false,
    use: 'REASON',
    description: 'Why an account is not followed: the node has no readable ABI of its class.',
  },
  POLICY_UNSUPPORTED: {
    retryable: false,
    use: 'BOTH',
    description: 'The class of the account has session keys and no spending policies.',
  },
  ACCOUNT_HAS_NO_SESSIONS: {
    retryable: false,
    use: 'ERROR',
    description: 'The account could have session keys and never registered any, so neither this one.',
  },
  ACCOUNT_NOT_FOLLOWED: {
    retryable: true,
    use: 'ERROR',
    description:
      'Lists need the index, and this account is not in it (yet). Ask for one session key instead, or have the account followed.',
  },
  DIGEST_UNAVAILABLE: {
    retryable: false,
    use: 'ERROR',
    description:
      'No digest can be given for that account and block; `details.reason` says why. One over very many facts is computed by `purser digest`.',
  },
  HISTORY_INCOMPLETE: {
    retryable: true,
    use: 'ERROR',
    description:
      'What was asked for needs a part of the history of the account that is not known (yet): how it stood at that block, or whether a key that is not registered ever was. An account that is not followed is answered within a second: an active, expired or exhausted key from storage alone; for a revoked or an unknown key its events are searched for 400 ms, then only the block that changed storage of the key last, where the node names it. Nothing is answered from a history with gaps; `details` names the account and the block.',
  },
  BLOCK_NOT_INDEXED: {
    retryable: true,
    use: 'ERROR',
    description:
      'No block is known at the point that `at` names: it is beyond the newest one, before the first one that was read, or none is that final yet. `details.head` is the newest block of the index.',
  },
} as const satisfies Record<string, ErrorCodeEntry>;
