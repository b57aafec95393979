import { decodeShortString, feltToHex } from '#libs/felt';
import { asFelt, malformed } from '../answers/fields.ts';
import { readHeaderAnswer } from '../answers/header.ts';
import { ChainError } from '../chain.error.ts';
import type { NetworkIdentity } from '../types.ts';
import type { RpcParams } from './json-rpc.ts';
import type { RpcAnswer } from './rpc-client.ts';

/** The network all providers must be on: given, or set by the first that answers. */
export interface NetworkConsensus {
  identity: NetworkIdentity | undefined;
}

type Ask = (method: string, params: RpcParams) => Promise<RpcAnswer>;

/** @throws ChainError RPC_VERSION_UNSUPPORTED, WRONG_NETWORK */
export const checkNetwork = async (name: string, consensus: NetworkConsensus, ask: Ask): Promise<void> => {
  checkSpecVersion(name, (await ask('starknet_specVersion', {})).result);
  const identity: NetworkIdentity = {
    chainId: asFelt((await ask('starknet_chainId', {})).result, 'chain id'),
    genesisHash: await genesisHashOf(ask),
  };
  consensus.identity ??= identity;
  if (!isSameNetwork(identity, consensus.identity)) {
    throw new ChainError(
      'WRONG_NETWORK',
      `${name} is on ${describeNetwork(identity)}, not on ${describeNetwork(consensus.identity)}`,
    );
  }
};

const isSameNetwork = (a: NetworkIdentity, b: NetworkIdentity): boolean =>
  a.chainId === b.chainId && a.genesisHash === b.genesisHash;

const describeNetwork = ({ chainId, genesisHash }: NetworkIdentity): string =>
  `${decodeShortString(chainId) ?? feltToHex(chainId)} with block 0 ${feltToHex(genesisHash)}`;

const genesisHashOf = async (ask: Ask): Promise<NetworkIdentity['genesisHash']> => {
  const ref = { blockNumber: 0 };
  const answer = await ask('starknet_getBlockWithTxHashes', { block_id: { block_number: 0 } });
  return readHeaderAnswer(answer.result, ref).blockHash;
};

/** 0.9 and all that came after; what we read of newer answers is checked field by field anyway. */
const checkSpecVersion = (name: string, result: unknown): void => {
  const parts = typeof result === 'string' ? /^v?(\d+)\.(\d+)(?:\.|$)/.exec(result) : null;
  if (!parts) throw malformed(`${name} states no RPC version`);
  if (Number(parts[1]) === 0 && Number(parts[2]) < 9) {
    throw new ChainError(
      'RPC_VERSION_UNSUPPORTED',
      `${name} speaks Starknet RPC ${parts[0]}; 0.9 or newer is needed`,
    );
  }
};
