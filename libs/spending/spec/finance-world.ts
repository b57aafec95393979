import type { Db, NewRow } from '#libs/database';
import { feltToHex, toAddress, toFelt, toSessionKey } from '#libs/felt';
import { headerOf, type IndexRows } from '#libs/testing';

/** What happened to a few accounts in some weeks around the end of the summer time, from one seed. */
export interface LedgerWorld {
  readonly debits: readonly NewRow<'debits'>[];
  readonly movements: readonly NewRow<'movements'>[];
  /** By block number. */
  readonly times: ReadonlyMap<number, number>;
}

export const ACCOUNTS = [0xa1n, 0xa2n, 0xa3n].map((felt) => toAddress(felt));
export const TOKENS = [0x70n, 0x71n].map((felt) => toAddress(felt));
export const KEYS = [0x51n, 0x52n].map((felt) => toSessionKey(felt));
export const SHOPS = [0xc1n, 0xc2n].map((felt) => toAddress(felt));
/** 2026-10-10, in UTC. */
const WORLD_STARTS = Date.UTC(2026, 9, 10) / 1_000;
export const BLOCKS = 220;
const SECONDS_A_BLOCK = 11_111;

/** A small generator, so that a failing world can be made again. */
const randomFrom = (seed: number) => {
  let state = seed >>> 0;
  return (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
};

const pick = <T>(list: readonly T[], next: (below: number) => number): T => {
  const found = list[next(list.length)];
  if (found === undefined) throw new Error('nothing to pick from');
  return found;
};

export const makeWorld = (networkId: number, seed: number): LedgerWorld => {
  const next = randomFrom(seed);
  const times = new Map<number, number>();
  const debits: NewRow<'debits'>[] = [];
  const movements: NewRow<'movements'>[] = [];
  for (let block = 1; block <= BLOCKS; block += 1) {
    times.set(block, WORLD_STARTS + block * SECONDS_A_BLOCK + next(7_000));
    for (let row = next(4); row > 0; row -= 1) {
      const place = {
        network_id: networkId,
        account: feltToHex(pick(ACCOUNTS, next)),
        block_number: block,
        transaction_index: row,
        block_hash: feltToHex(headerOf(block, 0n).blockHash),
        transaction_hash: feltToHex(toFelt(BigInt(block * 100 + row))),
        token: feltToHex(pick(TOKENS, next)),
        counterparty: feltToHex(pick(SHOPS, next)),
      };
      const key = feltToHex(pick(KEYS, next));
      const amount = BigInt(next(1_000)) * 10n ** BigInt(next(30));
      debits.push(debitOf(place, key, amount, next(3) === 0));
      if (next(4) > 0) movements.push(movementOf(place, next(5) === 0 ? null : key, amount, next));
    }
  }
  return { debits, movements, times };
};

type Place = Pick<
  NewRow<'debits'>,
  | 'network_id'
  | 'account'
  | 'block_number'
  | 'transaction_index'
  | 'block_hash'
  | 'transaction_hash'
  | 'token'
  | 'counterparty'
>;

const debitOf = (place: Place, key: string, amount: bigint, isApproval: boolean): NewRow<'debits'> => ({
  ...place,
  use_index: 1_000_000,
  call_index: 0,
  session_key: key,
  selector: '0x1',
  amount,
  spent_before: 0n,
  spent_after: amount,
  window_start_seconds: 0n,
  window_started: false,
  cause: isApproval ? 'APPROVE_ONLY' : 'MATCHED',
  moved_amount: isApproval ? 0n : amount,
});

const movementOf = (
  place: Place,
  key: string | null,
  amount: bigint,
  next: (below: number) => number,
): NewRow<'movements'> => {
  const direction = pick(['OUT', 'OUT', 'OUT', 'IN', 'SELF'] as const, next);
  return {
    ...place,
    event_index: 0,
    direction,
    amount,
    sender: null,
    cause: direction === 'IN' ? 'REFUND' : key === null ? 'OWNER' : 'MATCHED',
    session_key: key,
    use_index: null,
    call_index: null,
  };
};

/** Writes it as the indexer would: blocks, accounts, ledgers; the last block is the head. */
export const writeWorld = async (
  db: Db,
  rows: IndexRows,
  networkId: number,
  world: LedgerWorld,
): Promise<void> => {
  for (const [block, seconds] of world.times) await rows.head(networkId, headerOf(block, BigInt(seconds)));
  for (const account of ACCOUNTS) await rows.account(networkId, account, { row: { followed_from_block: 1 } });
  await db
    .insertInto('debits')
    .values([...world.debits])
    .execute();
  await db
    .insertInto('movements')
    .values([...world.movements])
    .execute();
};
