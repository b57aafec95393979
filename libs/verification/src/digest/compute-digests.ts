import { sql } from 'kysely';
import { type Db, inTransaction, type Trx } from '#libs/database';
import { type NetworkIdentity, streamFacts } from '#libs/facts';
import { feltToHex } from '#libs/felt';
import type { OnProgress } from '../progress-meter.ts';
import { ProgressMeter } from '../progress-meter.ts';
import { VerificationError } from '../verification.error.ts';
import {
  type AccountDigest,
  type DigestPoint,
  digestSeed,
  networkDigest,
  rollDigest,
} from './digest-chain.ts';

export interface DigestOptions {
  readonly account?: string;
  /** Up to and with this block. Default: the cursor. */
  readonly atBlock?: number;
  /** Not before this block, to compare with an operator who began later. */
  readonly fromBlock?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
  /** More facts than this are refused. Default: no limit. */
  readonly mostFacts?: number;
  /** Asked in the scope of an organisation: each statement sees no more than what it follows. */
  readonly onlyVisible?: boolean;
}

export interface DetailedDigest extends AccountDigest {
  readonly points: readonly DigestPoint[];
}

export interface Digests {
  readonly blockNumber: number;
  readonly blockHash: string;
  /** Over the accounts. */
  readonly digest: string;
  readonly accounts: readonly DetailedDigest[];
}

/**
 * The rolling digests of accounts, each over its complete range, and one over all of them, at one moment. Accounts
 * without facts up to the block are left out. Computed from the facts each time.
 * @throws VerificationError NOTHING_INDEXED, BLOCK_UNKNOWN, ACCOUNT_UNKNOWN, DIGEST_TOO_LARGE
 */
export const computeDigests = (
  db: Db,
  network: NetworkIdentity & { readonly networkId: number },
  options: DigestOptions = {},
): Promise<Digests> =>
  inTransaction(db, (trx) => digestsWithin(trx, network, options), { isolationLevel: 'repeatable read' });

/** The same in a transaction of the caller, whose snapshot they are of. */
export const digestsWithin = async (
  trx: Trx,
  network: NetworkIdentity & { readonly networkId: number },
  options: DigestOptions,
): Promise<Digests> => {
  const { networkId } = network;
  const block = await blockAt(trx, networkId, options.atBlock);
  const ranges = await listRanges(trx, networkId, options.account);
  if (options.account !== undefined && ranges.size === 0) {
    throw new VerificationError('ACCOUNT_UNKNOWN', `${options.account} is not followed on this network`);
  }
  const total = await countFacts(trx, networkId, block.block_number, options.account);
  if (total > (options.mostFacts ?? Number.POSITIVE_INFINITY)) {
    throw new VerificationError(
      'DIGEST_TOO_LARGE',
      `a digest over ${total} facts: purser digest computes it`,
    );
  }
  const accounts = await rollAccounts(trx, network, {
    ...options,
    ranges,
    toBlock: block.block_number,
    total,
  });
  return {
    blockNumber: block.block_number,
    blockHash: block.block_hash,
    digest: networkDigest(accounts),
    accounts,
  };
};

const blockAt = async (
  trx: Trx,
  networkId: number,
  atBlock: number | undefined,
): Promise<{ readonly block_number: number; readonly block_hash: string }> => {
  const { rows } = await sql<{ block_number: number; block_hash: string; wanted: string | null }>`
    select c.block_number, c.block_hash, b.block_hash as wanted
    from cursors c
    left join blocks b on b.network_id = c.network_id and b.canonical and b.block_number = ${atBlock ?? null}::bigint
      and b.block_number <= c.block_number
    where c.network_id = ${networkId}::integer`.execute(trx);
  const [cursor] = rows;
  if (cursor === undefined)
    throw new VerificationError('NOTHING_INDEXED', 'nothing of this network is indexed yet');
  if (atBlock === undefined) return cursor;
  if (cursor.wanted === null) throw new VerificationError('BLOCK_UNKNOWN', `block ${atBlock} is not indexed`);
  return { block_number: atBlock, block_hash: cursor.wanted };
};

/**
 * The first block of which everything is known, by account: after the block in which it was read, with the block in
 * which it was met, or from the beginning; not before the blocks of a history of which only some were read.
 */
const listRanges = async (
  trx: Trx,
  networkId: number,
  account: string | undefined,
): Promise<ReadonlyMap<string, number>> => {
  const { rows } = await sql<RangeRow>`
    select a.address, a.followed_from_block, a.recorded_from_block, f.kind
    from accounts a
    left join lateral (
      select fact.kind from facts fact
      join blocks block on block.network_id = fact.network_id and block.block_hash = fact.block_hash and block.canonical
      where fact.network_id = a.network_id and fact.account = a.address and fact.block_number = a.followed_from_block
        and fact.kind in ('AccountStateRead', 'AccountClassRead')
      order by fact.kind desc limit 1
    ) f on true
    where a.network_id = ${networkId}::integer and a.status = 'FOLLOWED' and a.followed_from_block is not null
      ${account === undefined ? sql`` : sql`and a.address = ${account}`}`.execute(trx);
  return new Map(
    rows.map((row) => {
      const { address, followed_from_block: from, recorded_from_block: recorded, kind } = row;
      const begin = kind === 'AccountStateRead' ? from + 1 : kind === 'AccountClassRead' ? from : 0;
      return [address, Math.max(begin, recorded ?? 0)] as const;
    }),
  );
};

interface RangeRow {
  readonly address: string;
  readonly followed_from_block: number;
  readonly recorded_from_block: number | null;
  readonly kind: string | null;
}

const countFacts = async (
  trx: Trx,
  networkId: number,
  toBlock: number,
  account: string | undefined,
): Promise<number> => {
  const { rows } = await (account === undefined
    ? sql<{ n: number }>`
        select coalesce(sum(fact_count), 0)::bigint as n from fact_tallies
        where network_id = ${networkId}::integer and block_number <= ${toBlock}::bigint`
    : sql<{ n: number }>`
        select count(*) as n from facts f
        join accounts a on a.network_id = f.network_id and a.address = f.account
        where f.network_id = ${networkId}::integer and f.account = ${account} and f.block_number <= ${toBlock}::bigint`
  ).execute(trx);
  return rows[0]?.n ?? 0;
};

interface Rolling extends DigestOptions {
  readonly ranges: ReadonlyMap<string, number>;
  readonly toBlock: number;
  readonly total: number;
}

const rollAccounts = async (
  trx: Trx,
  network: NetworkIdentity & { readonly networkId: number },
  { ranges, toBlock, total, account, onlyVisible = false, fromBlock = 0, signal, onProgress }: Rolling,
): Promise<DetailedDigest[]> => {
  const identity = { chainId: feltToHex(network.chainId), genesisHash: feltToHex(network.genesisHash) };
  const meter = new ProgressMeter('digesting facts', total, onProgress);
  const digests = new Map<string, AccountRoll>();
  const filter = { toBlock, onlyVisible, ...(account !== undefined && { accounts: [account] }) };
  for await (const block of streamFacts(trx, network.networkId, filter)) {
    signal?.throwIfAborted();
    meter.add(block.facts.length);
    const from = Math.max(ranges.get(block.account) ?? Number.POSITIVE_INFINITY, fromBlock);
    if (!block.canonical || block.blockNumber < from) continue;
    let roll = digests.get(block.account);
    if (roll === undefined) {
      roll = new AccountRoll(
        block.account,
        from,
        digestSeed({ ...identity, account: block.account, fromBlock: from }),
      );
      digests.set(block.account, roll);
    }
    roll.add(block);
  }
  return [...digests.values()].filter(({ facts }) => facts > 0).map((roll) => roll.result());
};

class AccountRoll {
  readonly #account: string;
  readonly #fromBlock: number;
  readonly #points: DigestPoint[] = [];
  #digest: string;
  facts = 0;

  constructor(account: string, fromBlock: number, seed: string) {
    this.#account = account;
    this.#fromBlock = fromBlock;
    this.#digest = seed;
  }

  add(block: Parameters<typeof rollDigest>[1]): void {
    const rolled = rollDigest(this.#digest, block);
    if (rolled === undefined) return;
    this.#digest = rolled.digest;
    this.facts += rolled.facts;
    const { blockNumber, blockHash } = block;
    this.#points.push({ blockNumber, blockHash, facts: this.facts, digest: this.#digest });
  }

  result(): DetailedDigest {
    const { facts } = this;
    return {
      account: this.#account,
      fromBlock: this.#fromBlock,
      facts,
      digest: this.#digest,
      points: this.#points,
    };
  }
}
