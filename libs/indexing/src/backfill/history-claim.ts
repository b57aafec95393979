import { sql } from 'kysely';
import type { BlockHeader } from '#libs/chain';
import type { Trx } from '#libs/database';
import { DERIVED_TRANSACTION_INDEX, type NewFact } from '#libs/facts';
import { type Address, feltToHex } from '#libs/felt';
import { type HistoricPart, isEveryBlockRead } from './historic-part.ts';

/** A history that does not reach the block of the adoption yet: what is known of the account below that block. */
export interface HistoryClaim {
  readonly fromBlock: number;
  readonly toBlock: number;
  /** No block in it was left out, so that it also has what left no mark in the state. */
  readonly everyBlock: boolean;
  /** Counts the claims of an account. Facts are never taken back: the last one is in force. */
  readonly part: number;
}

/** `eventIndex` of the first claim of an account: behind what was read of it. */
const CLAIM_ORDINAL = 2_100_000_000;

/** What a part claims: it continues the claim in force for the same end, or begins one of its own. */
export const claimOf = async (
  trx: Trx,
  networkId: number,
  account: Address,
  end: BlockHeader,
  part: HistoricPart,
): Promise<HistoryClaim> => {
  const { fromBlock, toBlock } = part;
  const { rows } = await claimRows(trx, networkId, account);
  const next = 1 + Math.max(0, ...rows.map((row) => row.part));
  const inForce = rows.find(({ canonical, end_hash }) => canonical && end_hash === feltToHex(end.blockHash));
  const own = { toBlock, everyBlock: isEveryBlockRead(part), part: next };
  if (inForce?.to_block !== fromBlock - 1) return { ...own, fromBlock };
  return {
    ...own,
    fromBlock: inForce.from_block,
    everyBlock: inForce.every_block && own.everyBlock,
  };
};

interface ClaimRow {
  readonly part: number;
  readonly from_block: number;
  readonly to_block: number;
  readonly every_block: boolean;
  readonly end_hash: string;
  readonly canonical: boolean;
}

/** The last one first. */
const claimRows = (trx: Trx, networkId: number, account: Address) =>
  sql<ClaimRow>`
    select (fact.payload->>'part')::integer as part, (fact.payload->>'fromBlock')::bigint as from_block,
      (fact.payload->>'toBlock')::bigint as to_block, (fact.payload->>'everyBlock')::boolean as every_block,
      fact.payload->>'endBlockHash' as end_hash, block.canonical
    from facts fact
    join blocks block on block.network_id = fact.network_id and block.block_hash = fact.block_hash
    where fact.network_id = ${networkId}::integer and fact.account = ${feltToHex(account)} and fact.kind = 'HistoryRead'
    order by 1 desc`.execute(trx);

/** The claim as a fact, in the last block that it speaks of, so that coverage can be told from the facts alone. */
export const claimFact = (
  account: Address,
  last: BlockHeader,
  end: BlockHeader,
  { fromBlock, toBlock, everyBlock, part }: HistoryClaim,
): NewFact => ({
  ...{ account, kind: 'HistoryRead', sessionKey: undefined, token: undefined },
  ...{ blockNumber: last.blockNumber, blockHash: last.blockHash, transactionHash: undefined },
  transactionIndex: DERIVED_TRANSACTION_INDEX,
  eventIndex: CLAIM_ORDINAL + part,
  payload: {
    kind: 'STATE',
    fromBlock: String(fromBlock),
    toBlock: String(toBlock),
    everyBlock,
    endBlockHash: feltToHex(end.blockHash),
    part: String(part),
  },
});

/** Takes what was claimed before out of coverage: until it is joined nothing else in there ends. */
export const dropClaim = async (trx: Trx, networkId: number, account: Address): Promise<void> => {
  await trx
    .deleteFrom('coverage')
    .where('network_id', '=', networkId)
    .where('account', '=', feltToHex(account))
    .where('kind', '=', 'STATE')
    .where('to_block', 'is not', null)
    .execute();
};

/** A range of its own, also where it ends just below the block of the adoption: only the last part joins the two. */
export const coverClaim = async (
  trx: Trx,
  networkId: number,
  account: Address,
  { fromBlock, toBlock }: HistoryClaim,
): Promise<void> => {
  await trx
    .insertInto('coverage')
    .values({
      ...{ network_id: networkId, account: feltToHex(account), kind: 'STATE' },
      ...{ from_block: fromBlock, to_block: toBlock },
    })
    .execute();
};

/** From where on state and events are known of an account that was read at the block; nothing where it was not. */
export const readingAt = async (
  trx: Trx,
  networkId: number,
  account: Address,
  blockNumber: number,
): Promise<{ readonly stateFrom: number; readonly eventsFrom: number } | undefined> => {
  const { rows } = await sql<{ state_from: number; events_from: number }>`
    select (fact.payload->>'stateFrom')::bigint as state_from, (fact.payload->>'eventsFrom')::bigint as events_from
    from facts fact
    join blocks block on block.network_id = fact.network_id and block.block_hash = fact.block_hash and block.canonical
    where fact.network_id = ${networkId}::integer and fact.account = ${feltToHex(account)}
      and fact.block_number = ${blockNumber}::bigint and fact.kind = 'AccountStateRead'`.execute(trx);
  const [row] = rows;
  return row && { stateFrom: row.state_from, eventsFrom: row.events_from };
};
