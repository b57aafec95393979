import type { SessionData } from '#libs/account';
import type { Lifecycle } from './records.ts';

export type SessionStatus = 'ACTIVE' | 'EXPIRED' | 'EXHAUSTED' | 'REVOKED';

export type SessionReasonCode = 'SESSION_REVOKED' | 'SESSION_EXPIRED' | 'SESSION_MAX_CALLS_EXCEEDED';

interface SessionReason {
  readonly code: SessionReasonCode;
  readonly message: string;
}

export interface SessionStanding {
  readonly status: SessionStatus;
  /** The first rule of the contract that refuses the key; nothing while it is active. */
  readonly reason: SessionReason | undefined;
}

const ACTIVE: SessionStanding = { status: 'ACTIVE', reason: undefined };

/**
 * What a session key may do at a time, by the contract's rules in the contract's order: registered, not expired (the
 * end is inclusive), calls left. Storage decides; the lifecycle only tells why storage holds nothing.
 */
export const sessionStanding = (
  session: { readonly data: SessionData; readonly lifecycle: Lifecycle },
  nowSeconds: bigint,
): SessionStanding => {
  const { validUntilSeconds, maxCalls, callsUsed } = session.data;
  if (validUntilSeconds === 0n) return withoutExpiry(session.lifecycle);
  if (nowSeconds > validUntilSeconds) {
    const message = `The session was valid until ${validUntilSeconds}, and the block is of ${nowSeconds}.`;
    return { status: 'EXPIRED', reason: { code: 'SESSION_EXPIRED', message } };
  }
  if (callsUsed >= maxCalls) {
    const message = `The session has used ${callsUsed} of its ${maxCalls} calls.`;
    return { status: 'EXHAUSTED', reason: { code: 'SESSION_MAX_CALLS_EXCEEDED', message } };
  }
  return ACTIVE;
};

/** Older classes let an owner register with an expiry of 0, which the contract then reads as "no such session". */
const withoutExpiry = (lifecycle: Lifecycle): SessionStanding =>
  lifecycle === 'REVOKED'
    ? {
        status: 'REVOKED',
        reason: { code: 'SESSION_REVOKED', message: 'The owner of the account revoked the session key.' },
      }
    : {
        status: 'EXPIRED',
        reason: {
          code: 'SESSION_EXPIRED',
          message:
            'The session was registered with an expiry of 0, which the account reads as not registered.',
        },
      };
