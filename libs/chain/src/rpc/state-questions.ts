import { type Address, type ClassHash, type Felt, feltToHex } from '#libs/felt';
import { asFelt, asFelts, asObject } from '../answers/fields.ts';
import { readStorageAnswer } from '../answers/storage-value.ts';
import { emptyStateUpdate, readStateUpdateAnswer } from '../answers/state-update.ts';
import { isChainError } from '../chain.error.ts';
import type { BlockRef, ChainSource, StateUpdate, StorageWithUpdateBlock } from '../types.ts';
import { blockId } from './block-id.ts';
import type { RpcParams } from './json-rpc.ts';
import type { Provider } from './provider.ts';
import type { AskPool } from './provider-pool.ts';

/** Above this a filter would weigh more than the answer it saves. */
const MAX_FILTER_ADDRESSES = 500;

type StateQuestions = Pick<
  ChainSource,
  'stateUpdate' | 'storageAt' | 'storageWithUpdateBlock' | 'call' | 'classHashAt' | 'classAbi' | 'nonceAt'
>;

/** What the chain holds at a block. */
export const createStateQuestions = (ask: AskPool): StateQuestions => {
  const read = <T>(
    method: string,
    params: RpcParams,
    decode: (result: unknown) => T,
    signal: AbortSignal | undefined,
  ): Promise<T> =>
    ask(async (provider, stopped) => decode((await provider.ask(method, params, stopped)).result), {
      signal,
    });
  const felt = (result: unknown): Felt => asFelt(result, 'result');
  return {
    stateUpdate: createStateUpdateQuestion(ask),
    storageAt: (address, slot, ref, options) =>
      read('starknet_getStorageAt', { ...at(address, ref), key: feltToHex(slot) }, felt, options?.signal),
    storageWithUpdateBlock: createUpdateBlockQuestion(ask),
    nonceAt: (address, ref, options) => read('starknet_getNonce', at(address, ref), felt, options?.signal),
    call: (address, selector, calldata, ref, options) =>
      read(
        'starknet_call',
        { request: callRequest(address, selector, calldata), block_id: blockId(ref) },
        (result) => asFelts(result, 'result'),
        options?.signal,
      ),
    classHashAt: (address, ref, options) =>
      read('starknet_getClassHashAt', at(address, ref), asClassHash, options?.signal).catch(absentContract),
    classAbi: (classHash, ref, options) =>
      read(
        'starknet_getClass',
        { block_id: blockId(ref), class_hash: feltToHex(classHash) },
        readAbi,
        options?.signal,
      ),
  };
};

const asClassHash = (result: unknown): ClassHash => asFelt(result, 'result') as bigint as ClassHash;

const absentContract = (error: unknown): undefined => {
  if (!isChainError(error, 'CONTRACT_NOT_FOUND')) throw error;
};

const at = (address: Address, ref: Parameters<typeof blockId>[0]): RpcParams => ({
  block_id: blockId(ref),
  contract_address: feltToHex(address),
});

const callRequest = (address: Address, selector: Felt, calldata: readonly Felt[]): unknown => ({
  contract_address: feltToHex(address),
  entry_point_selector: feltToHex(selector),
  calldata: calldata.map(feltToHex),
});

// Sierra classes carry their ABI as JSON text, older ones as JSON; both may leave it out. The network does not check
// the text, so what stands there is its author's affair and no fault of the node: text that is not JSON is given as
// it is.
const readAbi = (result: unknown): unknown => {
  const { abi } = asObject(result, 'class');
  if (typeof abi !== 'string') return abi ?? undefined;
  if (abi === '') return undefined;
  try {
    return JSON.parse(abi) as unknown;
  } catch {
    return abi;
  }
};

const createUpdateBlockQuestion =
  (ask: AskPool): ChainSource['storageWithUpdateBlock'] =>
  (address, slot, ref, options) => {
    const params = { ...at(address, ref), key: feltToHex(slot) };
    return ask((provider, signal) => askUpdateBlock(provider, params, ref, signal), {
      signal: options?.signal,
    });
  };

const askUpdateBlock = async (
  provider: Provider,
  params: RpcParams,
  ref: BlockRef,
  signal: AbortSignal | undefined,
): Promise<StorageWithUpdateBlock> => {
  const read = async (flags: RpcParams): Promise<StorageWithUpdateBlock> => {
    const answer = await provider.ask('starknet_getStorageAt', { ...params, ...flags }, signal);
    return readStorageAnswer(answer.result, ref);
  };
  if (!provider.limits.lastUpdateBlock) return read({});
  try {
    const answer = await read({ response_flags: ['INCLUDE_LAST_UPDATE_BLOCK'] });
    if (answer.lastUpdateBlock === undefined) provider.learn({ lastUpdateBlock: false });
    return answer;
  } catch (error) {
    // The flag came with RPC 0.10.1; nodes before refuse the parameter, or ignore it.
    if (!isChainError(error, 'RPC_INVALID_PARAMS')) throw error;
    const answer = await read({});
    provider.learn({ lastUpdateBlock: false }, error);
    return answer;
  }
};

const createStateUpdateQuestion = (ask: AskPool): ChainSource['stateUpdate'] => {
  const setOf = rememberSets();
  return async (blockHash, addresses, options) => {
    if (addresses?.length === 0) return emptyStateUpdate(blockHash);
    const wanted = addresses && setOf(addresses);
    return ask((provider, signal) => askStateUpdate(provider, blockHash, wanted, signal), {
      signal: options?.signal,
    });
  };
};

const askStateUpdate = async (
  provider: Provider,
  blockHash: Felt,
  wanted: ReadonlySet<bigint> | undefined,
  signal: AbortSignal | undefined,
): Promise<StateUpdate> => {
  const params = { block_id: blockId({ blockHash }) };
  const read = async (filter: RpcParams): Promise<StateUpdate> => {
    const answer = await provider.ask('starknet_getStateUpdate', { ...params, ...filter }, signal);
    return readStateUpdateAnswer(answer.result, blockHash, wanted);
  };
  if (!wanted || wanted.size > MAX_FILTER_ADDRESSES || !provider.limits.stateUpdateFilter) return read({});
  try {
    return await read({ contract_addresses: [...wanted].map(feltToHex) });
  } catch (error) {
    // The filter came with RPC 0.10.1; nodes before refuse the parameter.
    if (!isChainError(error, 'RPC_INVALID_PARAMS')) throw error;
    const update = await read({});
    provider.learn({ stateUpdateFilter: false }, error);
    return update;
  }
};

// The same list of watched addresses comes with every block; its set is built once.
const rememberSets = (): ((addresses: readonly Address[]) => ReadonlySet<bigint>) => {
  const sets = new WeakMap<readonly Address[], ReadonlySet<bigint>>();
  return (addresses) => {
    const known = sets.get(addresses);
    if (known?.size === addresses.length) return known;
    const built = new Set<bigint>(addresses);
    sets.set(addresses, built);
    return built;
  };
};
