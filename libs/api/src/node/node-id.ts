import { type Felt, feltToHex } from '#libs/felt';
import { PurserError } from '../purser.error.ts';

/** A network as ids name it: by what it is, and not by a number of this deployment. */
export interface IdentifiedNetwork {
  readonly chainId: Felt;
  /** Of block 0: two development chains may share a chain id. */
  readonly genesisHash: Felt;
}

export interface NodeName {
  /** Of the GraphQL type. */
  readonly kind: string;
  readonly chainId: string;
  readonly genesis: string;
  /** What tells it from others of its kind, in text as printed elsewhere. */
  readonly parts: readonly string[];
}

const MOST_CHARACTERS = 1_024;
const GENESIS_DIGITS = 16;

const genesisOf = ({ genesisHash }: IdentifiedNetwork): string =>
  feltToHex(genesisHash).slice(2, 2 + GENESIS_DIGITS);

/** How the ids of a kind on a network begin; each row of a page has one. */
const beginnings = new WeakMap<IdentifiedNetwork, Map<string, string>>();

const beginningOf = (kind: string, network: IdentifiedNetwork): string => {
  const ofNetwork = beginnings.get(network) ?? new Map<string, string>();
  beginnings.set(network, ofNetwork);
  const known = ofNetwork.get(kind);
  if (known !== undefined) return known;
  const beginning = JSON.stringify([kind, feltToHex(network.chainId), genesisOf(network)]).slice(0, -1);
  ofNetwork.set(kind, beginning);
  return beginning;
};

/** The id of something on a network. */
export const encodeNodeId = (kind: string, network: IdentifiedNetwork, parts: readonly string[]): string => {
  let text = beginningOf(kind, network);
  for (const part of parts) text += `,${JSON.stringify(part)}`;
  return Buffer.from(`${text}]`).toString('base64url');
};

/** @throws PurserError BAD_INPUT for what `encodeNodeId` did not give */
export const decodeNodeId = (id: string): NodeName => {
  const bytes = Buffer.from(id.slice(0, MOST_CHARACTERS), 'base64url');
  const list = bytes.toString('base64url') === id ? listFrom(bytes.toString()) : undefined;
  const [kind, chainId, genesis, ...parts] = list ?? [];
  if (kind === undefined || chainId === undefined || genesis === undefined) throw noId();
  return { kind, chainId, genesis, parts };
};

export const isOnNetwork = ({ chainId, genesis }: NodeName, network: IdentifiedNetwork): boolean =>
  chainId === feltToHex(network.chainId) && genesis === genesisOf(network);

const listFrom = (text: string): readonly string[] | undefined => {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) && list.every((part) => typeof part === 'string') ? list : undefined;
  } catch {
    return undefined;
  }
};

export const noId = (): PurserError => new PurserError('BAD_INPUT', 'This is no id that Purser gave.');
