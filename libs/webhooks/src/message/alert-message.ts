/** An alert as the outbox keeps it. */
export interface QueuedAlert {
  readonly alertId: string;
  readonly kind: string;
  readonly chainId: string;
  readonly account: string;
  readonly sessionKey: string | null;
  readonly token: string | null;
  readonly blockNumber: number;
  readonly blockHash: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** The newest instant that has four digits of a year; block times are u64. */
const NEWEST_SECONDS = 253_402_300_799n;

/** The body of a delivery. The same alert gives the same bytes, whatever the attempt. */
export const alertMessageBody = (alert: QueuedAlert): string => {
  const { blockTimestamp, ...details } = alert.payload;
  return JSON.stringify({
    type: alert.kind,
    id: alert.alertId,
    timestamp: isoTime(blockTimestamp),
    data: {
      chainId: alert.chainId,
      account: alert.account,
      ...(alert.sessionKey !== null && { sessionKey: alert.sessionKey }),
      ...(alert.token !== null && { token: alert.token }),
      blockNumber: alert.blockNumber,
      blockHash: alert.blockHash,
      blockTimestamp,
      ...details,
    },
  });
};

const isoTime = (seconds: unknown): string | null => {
  if (typeof seconds !== 'string' || !/^[0-9]+$/.test(seconds)) return null;
  const bounded = BigInt(seconds) < NEWEST_SECONDS ? BigInt(seconds) : NEWEST_SECONDS;
  return new Date(Number(bounded) * 1000).toISOString();
};
