import { askIndex } from '#libs/api';
import { NO_ORGANISATION, type ScopedDb } from '#libs/database';
import { type Address, type Felt, feltToHex, parseAddress, parseFelt } from '#libs/felt';
import { sql } from 'kysely';

export interface OpenedChallenge {
  readonly challengeId: string;
  readonly issuedAtSeconds: bigint;
  readonly expiresAtSeconds: bigint;
}

export interface TakenChallenge {
  readonly networkId: number;
  readonly account: Address;
  readonly nonce: Felt;
  readonly issuedAtSeconds: bigint;
  readonly expiresAtSeconds: bigint;
}

export interface ChallengeRequest {
  readonly networkId: number;
  readonly account: Address;
  readonly service: string;
  readonly nonce: Felt;
  /** Open ones that an account may have. */
  readonly most: number;
}

/** Undefined: the account has too many open ones. Times are those of the database. */
export const openChallenge = async (
  db: ScopedDb,
  { networkId, account, service, nonce, most }: ChallengeRequest,
): Promise<OpenedChallenge | undefined> => {
  const row = await inDatabase(
    db,
    sql<{ challenge_id: string; issued_at: Date; expires_at: Date }>`
      select * from open_challenge(${networkId}::integer, ${feltToHex(account)}::text, ${service}::text,
        ${feltToHex(nonce)}::text, ${most}::integer)`,
  );
  return row && { challengeId: row.challenge_id, ...timesOf(row) };
};

/** Undefined: there is none, it was used, is over, or of another service. Nobody else gets it from now on. */
export const takeChallenge = async (
  db: ScopedDb,
  challengeId: string,
  service: string,
): Promise<TakenChallenge | undefined> => {
  const row = await inDatabase(
    db,
    sql<{ network_id: number; account: string; nonce: string; issued_at: Date; expires_at: Date }>`
      select * from use_challenge(${challengeId}::text, ${service}::text)`,
  );
  return (
    row && {
      networkId: row.network_id,
      account: parseAddress(row.account),
      nonce: parseFelt(row.nonce),
      ...timesOf(row),
    }
  );
};

/** Nobody could judge the signature: it may be tried again. */
export const giveBackChallenge = async (db: ScopedDb, challengeId: string): Promise<void> => {
  await inDatabase(db, sql<object>`select give_back_challenge(${challengeId}::text)`);
};

const inDatabase = <Row>(db: ScopedDb, statement: ReturnType<typeof sql<Row>>): Promise<Row | undefined> =>
  askIndex(() =>
    db.transact(NO_ORGANISATION, async (trx) => {
      const { rows } = await statement.execute(trx);
      return rows[0];
    }),
  );

const timesOf = (row: { readonly issued_at: Date; readonly expires_at: Date }) => ({
  issuedAtSeconds: secondsOf(row.issued_at),
  expiresAtSeconds: secondsOf(row.expires_at),
});

/** The database gives whole seconds. */
const secondsOf = (date: Date): bigint => BigInt(date.getTime()) / 1_000n;
