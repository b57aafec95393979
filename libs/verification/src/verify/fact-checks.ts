import { sql } from 'kysely';
import type { Trx } from '#libs/database';
import { type FoldComplaint, listTallyMismatches, summarizeTallies } from '#libs/facts';
import { type OnProgress, ProgressMeter } from '../progress-meter.ts';
import type { Finding } from './finding.ts';
import type { NetworkScope } from './scope.ts';

/** Heights looked at in one statement. */
const WINDOW = 20_000;

export interface FactCheckOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/** Nothing that was ever added is missing or altered. */
export const checkTallies = async (
  trx: Trx,
  { networkId, limit }: Pick<NetworkScope, 'networkId' | 'limit'>,
  { signal, onProgress }: FactCheckOptions = {},
): Promise<Finding[]> => {
  const { firstBlock, lastBlock } = await heights(trx, networkId);
  const meter = new ProgressMeter('adding up facts', Math.max(lastBlock - firstBlock + 1, 0), onProgress);
  const findings: Finding[] = [];
  for (let from = firstBlock; from <= lastBlock && findings.length < limit; from += WINDOW) {
    signal?.throwIfAborted();
    const to = Math.min(from + WINDOW - 1, lastBlock);
    for (const wrong of await listTallyMismatches(trx, networkId, from, to)) {
      findings.push({
        code: 'FACTS_ALTERED',
        subject: 'facts',
        blockNumber: wrong.blockNumber,
        details: { blockHash: wrong.blockHash, added: wrong.counted ?? null, found: wrong.found },
      });
    }
    meter.add(to - from + 1);
  }
  return findings.slice(0, limit);
};

/** Facts may stand outside the tallies too, where somebody removed a tally. */
const heights = async (trx: Trx, networkId: number): Promise<{ firstBlock: number; lastBlock: number }> => {
  const counted = await summarizeTallies(trx, networkId);
  const { rows } = await sql<{ first: number | null; last: number | null }>`
    select min(block_number)::bigint as first, max(block_number)::bigint as last from facts
    where network_id = ${networkId}::integer`.execute(trx);
  const [row] = rows;
  const firstBlock = Math.min(counted.firstBlock, row?.first ?? counted.firstBlock);
  return { firstBlock, lastBlock: Math.max(counted.lastBlock, row?.last ?? counted.lastBlock) };
};

/** A block row holds what its facts count by. */
export const checkFactBlocks = async (
  trx: Trx,
  { networkId, limit }: Pick<NetworkScope, 'networkId' | 'limit'>,
): Promise<Finding[]> => {
  const { rows } = await sql<{ block_number: number; block_hash: string }>`
    select tally.block_number, tally.block_hash from fact_tallies tally
    left join blocks block on block.network_id = tally.network_id and block.block_hash = tally.block_hash
    where tally.network_id = ${networkId}::integer and block.block_number is distinct from tally.block_number::bigint
    order by 1, 2 limit ${limit}`.execute(trx);
  return rows.map(({ block_number, block_hash }) => ({
    code: 'FACTS_WITHOUT_BLOCK',
    subject: 'blocks',
    blockNumber: block_number,
    details: { blockHash: block_hash },
  }));
};

export const complaintFinding = ({ code, account, blockNumber, subject }: FoldComplaint): Finding => ({
  code,
  subject: 'facts',
  account,
  blockNumber,
  details: { of: subject },
});
