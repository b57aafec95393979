import type { BlockHeader, BlockPin, ChainSource, StateUpdate, TransactionReceipt } from '#libs/chain';
import type { Address } from '#libs/felt';

/** Whose storage changes a state update holds: everybody's, or those of a list. */
type UpdateScope = 'ALL' | ReadonlySet<bigint>;

/** One block with everything that indexing reads of it. */
export interface IndexedBlock {
  readonly header: BlockHeader;
  readonly transactions: readonly TransactionReceipt[];
  readonly stateUpdate: StateUpdate;
  readonly scope: UpdateScope;
  /** About the memory that it takes while it waits: what a run is bounded by. */
  readonly bytes: number;
}

/** Nodes take longer over a long list of addresses than they take to send everything. */
const LONGEST_FILTER = 256;

/** The scope to ask for while these accounts are followed. */
const scopeFor = (followed: ReadonlySet<bigint>): UpdateScope =>
  followed.size > LONGEST_FILTER ? 'ALL' : new Set(followed);

const inScope = (scope: UpdateScope, address: bigint): boolean => scope === 'ALL' || scope.has(address);

/** Reads a block, and its state update pinned by the hash of what was read, so that both are of one branch. */
export const fetchIndexedBlock = async (
  source: Pick<ChainSource, 'block' | 'stateUpdate'>,
  pin: BlockPin,
  followed: ReadonlySet<bigint>,
  signal?: AbortSignal,
): Promise<IndexedBlock> => {
  const options = signal ? { signal } : {};
  const scope = scopeFor(followed);
  const { header, transactions, answerBytes = 0 } = await source.block(pin, options);
  const addresses = scope === 'ALL' ? undefined : ([...scope] as Address[]);
  const stateUpdate = await source.stateUpdate(header.blockHash, addresses, options);
  return {
    header,
    transactions,
    stateUpdate,
    scope,
    bytes: answerBytes + changedSlots(stateUpdate) * BYTES_A_SLOT,
  };
};

const BYTES_A_SLOT = 200;

const changedSlots = ({ storageDiffs }: StateUpdate): number =>
  [...storageDiffs.values()].reduce((sum, slots) => sum + slots.size, 0);

/** Adds the changes of accounts that were not followed yet when the block was read. The scope only ever grows. */
export const widenScope = async (
  source: ChainSource,
  block: IndexedBlock,
  addresses: readonly Address[],
): Promise<IndexedBlock> => {
  const { scope } = block;
  if (scope === 'ALL') return block;
  const missing = addresses.filter((address) => !inScope(scope, address));
  if (missing.length === 0) return block;
  const more = await source.stateUpdate(block.header.blockHash, missing);
  return {
    ...block,
    stateUpdate: mergeUpdates(block.stateUpdate, more),
    scope: new Set([...scope, ...missing]),
  };
};

const mergeUpdates = (a: StateUpdate, b: StateUpdate): StateUpdate => ({
  blockHash: a.blockHash,
  storageDiffs: new Map([...a.storageDiffs, ...b.storageDiffs]),
  nonces: new Map([...a.nonces, ...b.nonces]),
  replacedClasses: new Map([...a.replacedClasses, ...b.replacedClasses]),
  deployedContracts: new Map([...a.deployedContracts, ...b.deployedContracts]),
});
