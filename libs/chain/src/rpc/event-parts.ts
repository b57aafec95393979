import type { Felt } from '#libs/felt';
import type { EventFilter } from '../answers/event-page.ts';
import { ChainError, isChainError } from '../chain.error.ts';
import type { EventQuery } from '../types.ts';
import type { Provider } from './provider.ts';

/** The whole question as one filter; nothing when no address is asked for. */
export const filterOf = (query: EventQuery): EventFilter | undefined => {
  const { fromBlock, toBlock, toBlockHash, address, keys } = query;
  if (fromBlock > toBlock) return undefined;
  const range = { fromBlock, toBlock, ...(toBlockHash !== undefined && { toBlockHash }) };
  if (address === undefined) return { ...range, keys };
  const addresses = typeof address === 'bigint' ? [address] : [...new Set(address)];
  return addresses.length === 0 ? undefined : { ...range, addresses, keys };
};

/** Splits a filter that is beyond what the provider takes, as learnt so far; nothing where it is not. */
export const partsWithin = (
  filter: EventFilter,
  limits: Pick<Provider['limits'], 'eventKeys' | 'eventAddresses'>,
): readonly EventFilter[] | undefined => {
  if ((filter.addresses?.length ?? 0) > limits.eventAddresses) return halvesByAddress(filter);
  if (keyCount(filter) > limits.eventKeys) return halvesByKey(filter);
  return undefined;
};

const keyCount = (filter: EventFilter): number =>
  filter.keys.reduce((count, alternatives) => count + alternatives.length, 0);

/** Two halves of the range of blocks. @throws ChainError INCOMPLETE_EVENTS when it is one block. */
export const halvesByRange = (filter: EventFilter, cause: unknown): readonly EventFilter[] => {
  const { fromBlock, toBlock } = filter;
  if (fromBlock === toBlock) {
    throw new ChainError('INCOMPLETE_EVENTS', `the node pages without end within block ${fromBlock}`, {
      cause,
    });
  }
  const middle = fromBlock + Math.floor((toBlock - fromBlock) / 2);
  return [upTo(filter, middle), { ...filter, fromBlock: middle + 1 }];
};

/** Whose hash is not known: it is asked for by its height alone. */
const upTo = (filter: EventFilter, toBlock: number): EventFilter => {
  const lower = { ...filter, toBlock };
  delete lower.toBlockHash;
  return lower;
};

const halvesByAddress = (filter: EventFilter): readonly EventFilter[] => {
  const addresses = filter.addresses ?? [];
  const half = Math.ceil(addresses.length / 2);
  return [
    { ...filter, addresses: addresses.slice(0, half) },
    { ...filter, addresses: addresses.slice(half) },
  ];
};

// The position with the most alternatives is cut in two; an event matches one of the halves only.
const halvesByKey = (filter: EventFilter): readonly EventFilter[] | undefined => {
  const sizes = filter.keys.map((alternatives) => alternatives.length);
  const widest = sizes.indexOf(Math.max(...sizes));
  const alternatives = [...new Set(filter.keys[widest] ?? [])];
  if (alternatives.length < 2) return undefined;
  const half = Math.ceil(alternatives.length / 2);
  const withKeys = (some: readonly Felt[]): EventFilter => ({
    ...filter,
    keys: filter.keys.map((kept, position) => (position === widest ? some : kept)),
  });
  return [withKeys(alternatives.slice(0, half)), withKeys(alternatives.slice(half))];
};

/** Takes the lesson of a refused page: lowers a limit of the provider. False when there is none to take. */
export const learnFromRefusal = (
  { provider, filter, chunkSize }: { provider: Provider; filter: EventFilter; chunkSize: number },
  error: unknown,
): boolean => {
  if (!isChainError(error)) return false;
  const { limits } = provider;
  // Another scan may have learnt more meanwhile: limits only ever go down.
  if (error.code === 'PAGE_SIZE_TOO_BIG' && chunkSize > 1) {
    provider.learn({ eventChunkSize: Math.min(limits.eventChunkSize, Math.floor(chunkSize / 2)) }, error);
    return true;
  }
  if (error.code === 'TOO_MANY_KEYS') {
    provider.learn({ eventKeys: Math.min(limits.eventKeys, Math.floor(keyCount(filter) / 2)) }, error);
  } else if (
    error.code === 'RPC_INVALID_PARAMS' &&
    filter.toBlockHash !== undefined &&
    limits.eventsUpToHash
  ) {
    provider.learn({ eventsUpToHash: false }, error);
    return true;
  } else if (error.code === 'RPC_INVALID_PARAMS' && (filter.addresses?.length ?? 0) > 1) {
    // A list of addresses came with RPC 0.10.1.
    provider.learn({ eventAddresses: 1 }, error);
  }
  return partsWithin(filter, limits) !== undefined;
};
