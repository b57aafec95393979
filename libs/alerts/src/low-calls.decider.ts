import { createHash } from 'node:crypto';
import { type Address, feltToHex, type SessionKey } from '#libs/felt';

/** The four words that a decision about calls needs. */
export interface CallCounter {
  readonly validUntilSeconds: bigint;
  readonly maxCalls: bigint;
  readonly callsUsed: bigint;
}

/** A cause that somebody asked to be told of. Its id is the same however often it is computed. */
export interface Alert {
  readonly alertId: string;
  readonly type: 'session.calls_low';
  readonly account: Address;
  readonly sessionKey: SessionKey;
  readonly blockNumber: number;
  readonly blockHash: bigint;
  readonly timestampSeconds: bigint;
  readonly data: Readonly<Record<string, string | number>>;
}

export interface LowCallsInput {
  readonly chainId: bigint;
  readonly account: Address;
  readonly sessionKey: SessionKey;
  readonly header: {
    readonly blockNumber: number;
    readonly blockHash: bigint;
    readonly timestampSeconds: bigint;
  };
  /** Undefined: the key was not known before this block. */
  readonly before: CallCounter | undefined;
  readonly after: CallCounter;
  /** Alert when the remaining calls fall below this. */
  readonly threshold: number;
}

/**
 * An alert for the block in which a live key's remaining calls fall below the threshold. A key that is granted
 * with fewer calls than that alerts too; a revoked or expired one does not: nothing is left to run low.
 */
export const decideLowCalls = (input: LowCallsInput): Alert | undefined => {
  const { before, after, header } = input;
  const threshold = BigInt(input.threshold);
  if (after.validUntilSeconds < header.timestampSeconds || remaining(after) >= threshold) return undefined;
  const wasLive = before !== undefined && before.validUntilSeconds >= header.timestampSeconds;
  if (wasLive && remaining(before) < threshold) return undefined;
  return {
    alertId: alertIdOf(input),
    type: 'session.calls_low',
    account: input.account,
    sessionKey: input.sessionKey,
    blockNumber: header.blockNumber,
    blockHash: header.blockHash,
    timestampSeconds: header.timestampSeconds,
    data: {
      remainingCalls: remaining(after).toString(),
      maxCalls: after.maxCalls.toString(),
      callsUsed: after.callsUsed.toString(),
      validUntil: after.validUntilSeconds.toString(),
      threshold: input.threshold,
    },
  };
};

const remaining = ({ maxCalls, callsUsed }: CallCounter): bigint =>
  callsUsed < maxCalls ? maxCalls - callsUsed : 0n;

const alertIdOf = ({ chainId, account, sessionKey, header }: LowCallsInput): string => {
  const cause = ['session.calls_low', chainId, account, sessionKey, header.blockHash].map((part) =>
    typeof part === 'bigint' ? feltToHex(part) : part,
  );
  return `alt_${createHash('sha256').update(cause.join('|')).digest('hex').slice(0, 32)}`;
};
