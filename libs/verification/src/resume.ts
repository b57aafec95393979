import { type Db, inTransaction } from '#libs/database';
import { acceptReorgBelowFinality, resolveIncident } from '#libs/facts';
import { VerificationError } from './verification.error.ts';

export interface Acceptance {
  /** Who said so, for the record. */
  readonly by: string;
  readonly at: Date;
}

/**
 * Closes the finality violation of a network and lets its follower roll back below finality once, in one transaction.
 * A running service takes it up within seconds. @throws VerificationError NOTHING_TO_RESUME
 */
export const resumeBelowFinality = (db: Db, networkId: number, { by, at }: Acceptance): Promise<string> =>
  inTransaction(db, async (trx) => {
    const resolution = `reorg below finality accepted by ${by} at ${at.toISOString()}`;
    if (!(await resolveIncident(trx, networkId, { kind: 'FINALITY_VIOLATION', resolution }))) {
      throw new VerificationError('NOTHING_TO_RESUME', 'no finality violation of this network is open');
    }
    await acceptReorgBelowFinality(trx, networkId);
    return resolution;
  });
