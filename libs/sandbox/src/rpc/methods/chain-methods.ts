import { feltToHex } from '#libs/felt';
import { method, type RpcMethods } from '../rpc-context.ts';

export const SPEC_VERSION = '0.10.2';

export const chainMethods: RpcMethods = {
  starknet_specVersion: method([], () => SPEC_VERSION),
  starknet_chainId: method([], ({ chain }) => feltToHex(chain.options.chainId)),
  starknet_blockNumber: method([], ({ chain }) => chain.latest.number),
  starknet_blockHashAndNumber: method([], ({ chain }) => ({
    block_hash: chain.latest.hash,
    block_number: chain.latest.number,
  })),
  starknet_syncing: method([], () => false),
};
