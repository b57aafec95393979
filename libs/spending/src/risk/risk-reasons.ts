/** What decides a maximum at risk, in words. */
export const RISK_REASONS = {
  NO_ADMIN_GUARD:
    'The class does not keep admin selectors (or calls to the account itself) from the key, and the key may call them: it can take the account over, and everything it holds or gets.',
  ADMIN_GUARD_UNVERIFIED:
    'Whether the class keeps admin selectors from the key is not verified: it may be able to take the account over.',
  ENTRYPOINTS_UNKNOWN: 'What the key may call was never read, so it is taken to be anything.',
  UNCOUNTED_CALLS_ALLOWED:
    'The key may make calls that no budget counts (transferFrom, a swap): no policy bounds it, only the balance.',
  NO_POLICY:
    'The key has no policy for the token (or one of 0 a window, which means no limit): only the balance bounds it.',
  PER_CALL_ZERO: 'The policy lets no counted call above 0 through.',
  WINDOW_RULE_UNVERIFIED:
    'How the class counts its window is not verified, so the budget bounds nothing here.',
  WINDOW_OF_NO_LENGTH: 'The window has no length: the budget starts anew at each call and limits nothing.',
  WINDOW_OVERFLOWS: 'Window start and length add up beyond u64: every counted call of the key fails.',
  KEY_NOT_REGISTERED: 'The key is not registered (any more).',
  KEY_EXPIRED: 'The key has expired.',
  NO_CALLS_LEFT: 'The key has no calls left.',
  USABLE_TO_END_OF_HOUR:
    'The key has expired, and transactions of its own are taken until the end of that hour.',
  ALLOWANCES_LIVE: 'Spenders may still draw what they were allowed, also when the key is dead.',
  APPROVALS_UNKNOWN:
    'Not every use of the key is known, so it may have approved somebody: only the balance bounds what can be drawn.',
  ALLOWANCE_UNKNOWN: 'The token does not say what a spender may still draw.',
  BALANCE_UNKNOWN: 'The token does not say what the account holds.',
  SIGNATURES_NOT_COVERED:
    'The class takes (or may take) the key’s signature for any message: a contract that moves tokens by signed permits can go beyond this.',
} as const;
export type RiskReason = keyof typeof RISK_REASONS;
