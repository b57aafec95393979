import type { ChainSource, EmittedEvent } from '#libs/chain';
import type { Db } from '#libs/database';
import { ADDRESS_BOUND, type Address, feltToHex, selectorOf, toAddress } from '#libs/felt';
import { sql } from 'kysely';

/** The universal deployer, as OpenZeppelin deployed its two versions on every network. */
const UNIVERSAL_DEPLOYERS = [
  toAddress(0x41a78e741e5af2fec34b695679bc6891742439f7afb8484ecd7766661ad02bfn),
  toAddress(0x2ceed65a4bd731034c01113685c831b01c15d7d432f71afb1cf1634b53a2125n),
];
const CONTRACT_DEPLOYED = selectorOf('ContractDeployed');

/** So much is asked for at a time, and remembered when it is done. */
const BLOCKS_AT_A_TIME = 10_000;

type Source = Pick<ChainSource, 'head' | 'l1AcceptedHead' | 'events'>;

export interface DeployedNetwork {
  readonly networkId: number;
  readonly source: Source;
}

/**
 * Looks for what the deployers of rules deployed, from where the last look ended to the newest block; final blocks are
 * looked at once, those behind them each time, so that a reorg hides nothing. Without a rule the chain is not asked.
 * @returns how many deployments are new
 * @throws ChainError, DatabaseError
 */
export const findDeployed = async (
  db: Db,
  { networkId, source }: DeployedNetwork,
  signal?: AbortSignal,
): Promise<number> => {
  const searches = await openSearches(db, networkId);
  if (searches.size === 0) return 0;
  const options = signal ? { signal } : {};
  const head = (await source.head(options)).blockNumber;
  const final = (await source.l1AcceptedHead(options))?.blockNumber ?? -1;
  let found = 0;
  for (let from = Math.min(...searches.values()) + 1; from <= head; from += BLOCKS_AT_A_TIME) {
    const to = Math.min(head, from + BLOCKS_AT_A_TIME - 1);
    const query = { fromBlock: from, toBlock: to, address: UNIVERSAL_DEPLOYERS, keys: [[CONTRACT_DEPLOYED]] };
    for await (const events of source.events(query, options))
      found += await save(
        db,
        networkId,
        events.flatMap((event) => deploymentOf(event, searches)),
      );
    await moveSearches(db, networkId, [...searches.keys()], Math.min(to, final));
  }
  return found;
};

/** By deployer, as printed, the last final block that was looked at. */
const openSearches = async (db: Db, networkId: number): Promise<ReadonlyMap<string, number>> => {
  const { rows } = await sql<{ deployer: string; searched_to: number }>`
    select distinct r.deployer, coalesce(s.searched_to, -1)::bigint as searched_to
    from follow_rules r
    left join deployer_searches s on s.network_id = ${networkId}::integer and s.deployer = r.deployer
    where r.kind = 'DEPLOYER' and coalesce(r.network_id, ${networkId}::integer) = ${networkId}::integer`.execute(
    db,
  );
  return new Map(rows.map(({ deployer, searched_to }) => [deployer, searched_to]));
};

interface Deployment {
  readonly account: Address;
  readonly deployer: string;
  readonly blockNumber: number;
}

const deploymentOf = (
  { data, blockNumber }: EmittedEvent,
  searches: ReadonlyMap<string, number>,
): Deployment[] => {
  const [account, deployer] = data;
  if (account === undefined || deployer === undefined || account === 0n || account >= ADDRESS_BOUND)
    return [];
  const by = feltToHex(deployer);
  return searches.has(by) ? [{ account: toAddress(account), deployer: by, blockNumber }] : [];
};

const save = async (db: Db, networkId: number, deployments: readonly Deployment[]): Promise<number> => {
  if (deployments.length === 0) return 0;
  const rows = await db
    .insertInto('deployments')
    .values(
      deployments.map(({ account, deployer, blockNumber }) => ({
        network_id: networkId,
        account: feltToHex(account),
        deployer,
        block_number: blockNumber,
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .returning('account')
    .execute();
  return rows.length;
};

const moveSearches = async (
  db: Db,
  networkId: number,
  deployers: readonly string[],
  searchedTo: number,
): Promise<void> => {
  if (searchedTo < 0) return;
  await sql`
    insert into deployer_searches (network_id, deployer, searched_to)
    select ${networkId}::integer, unnest(${deployers}::text[]), ${searchedTo}::bigint
    on conflict (network_id, deployer) do update
      set searched_to = greatest(deployer_searches.searched_to, excluded.searched_to)`.execute(db);
};
