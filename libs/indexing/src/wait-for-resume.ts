import type { NetworkStatus } from '#libs/api';
import { type Clock, isChainError } from '#libs/chain';
import { type Db, inTransaction } from '#libs/database';
import { acceptsReorgBelowFinality, openIncident } from '#libs/facts';

const LOOK_MS = 1_000;

interface Waiting {
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

/**
 * After a fault that needs a person: opens its incident, and waits until that person said to go on. Faults of the
 * settings wait for another start. Never throws: while the database does not answer it is asked again.
 */
export const waitForResume = async (
  db: Db,
  status: NetworkStatus | undefined,
  error: unknown,
  { signal, clock }: Waiting,
): Promise<void> => {
  const isResumable = isChainError(error, 'FINALITY_VIOLATION') && status !== undefined;
  let isTold = false;
  while (!isEnded(signal)) {
    if (isResumable) {
      try {
        if (!isTold) await openViolation(db, status, error.message);
        isTold = true;
        if (await acceptsReorgBelowFinality(db, status.networkId)) return;
      } catch {
        // Asked again below: the incident must be there, and the answer too.
      }
    }
    await clock.sleep(LOOK_MS, signal).catch(() => undefined);
  }
};

// A function, since the compiler takes a property it has looked at for unchanged.
const isEnded = (signal: AbortSignal): boolean => signal.aborted;

const openViolation = (db: Db, { networkId, indexed, finalizedBlock }: NetworkStatus, message: string) =>
  inTransaction(db, (trx) =>
    openIncident(trx, networkId, {
      kind: 'FINALITY_VIOLATION',
      ...(indexed && { block: { blockNumber: indexed.blockNumber, blockHash: indexed.blockHash } }),
      details: { message, finalizedBlock: finalizedBlock ?? null },
    }),
  );
