import { feltToHex } from '#libs/felt';
import { fatalRevert, nestedRevertOf } from '../../execution/failure-text.ts';
import { Machine } from '../../execution/machine.ts';
import { ENTRYPOINT_NOT_FOUND, FatalExecution } from '../../execution/panic.ts';
import { Journal } from '../../state/journal.ts';
import type { CallInfo } from '../../execution/call-info.ts';
import { deployedAddress } from '../../transactions/executor.ts';
import { hexList } from '../../transactions/transaction-json.ts';
import { type Fields, readList, readText } from '../fields.ts';
import { rpcErrors } from '../rpc.error.ts';
import { method, type RpcContext, type RpcMethods } from '../rpc-context.ts';
import { requireBlock } from './block-methods.ts';
import { asJson } from '../json.ts';

const requireContract = (context: RpcContext, fields: Fields, address: bigint): number => {
  const { number } = requireBlock(context, fields);
  if (context.chain.readerAt(number).classHashAt(address) === 0n) throw rpcErrors.contractNotFound();
  return number;
};

export const stateMethods: RpcMethods = {
  starknet_getStorageAt: method(
    ['contract_address', 'key', 'block_id', 'response_flags?'],
    (context, fields) => {
      const address = fields.address('contract_address');
      const key = fields.address('key');
      const flags = fields.optional('response_flags', (value) => readList(value, readText)) ?? [];
      const number = requireContract(context, fields, address);
      const value = feltToHex(context.chain.readerAt(number).storageAt(address, key));
      return flags.includes('INCLUDE_LAST_UPDATE_BLOCK')
        ? { value, last_update_block: context.chain.archive.lastUpdateBlock(address, key, number) ?? 0 }
        : value;
    },
  ),
  starknet_getNonce: method(['block_id', 'contract_address'], (context, fields) => {
    const address = fields.address('contract_address');
    const number = requireContract(context, fields, address);
    return feltToHex(context.chain.readerAt(number).nonceAt(address));
  }),
  starknet_getClassHashAt: method(['block_id', 'contract_address'], (context, fields) => {
    const address = fields.address('contract_address');
    const number = requireContract(context, fields, address);
    return feltToHex(context.chain.readerAt(number).classHashAt(address));
  }),
  starknet_getStorageProof: method(
    ['block_id', 'class_hashes?', 'contract_addresses?', 'contracts_storage_keys?'],
    (context, fields) => {
      requireBlock(context, fields);
      throw rpcErrors.storageProofNotSupported();
    },
  ),
  starknet_call: method(['request', 'block_id'], (context, fields) => {
    const request = fields.struct('request');
    const to = request.address('contract_address');
    const selector = request.felt('entry_point_selector');
    const calldata = request.felts('calldata');
    requireContract(context, fields, to);
    return hexList(resultOf(callAt(context, fields, { to, selector, calldata })));
  }),
};

const callAt = (
  context: RpcContext,
  fields: Fields,
  request: { to: bigint; selector: bigint; calldata: readonly bigint[] },
): CallInfo => {
  const { chain } = context;
  const block = requireBlock(context, fields);
  const { state, classes, chainId } = chain.environmentAt(block.number, chain.viewOf(block));
  const machine = new Machine({
    journal: new Journal(state),
    classes: (classHash) => (state.declaredAt(classHash) === 0n ? undefined : classes(classHash)),
    block: chain.viewOf(block),
    transaction: { version: 0n, senderAddress: 0n, transactionHash: 0n, signature: [], nonce: 0n, chainId },
    addressOf: deployedAddress,
  });
  try {
    return machine.call({ ...request, caller: 0n });
  } catch (failure) {
    if (!(failure instanceof FatalExecution)) throw failure;
    throw rpcErrors.contractError(asJson(fatalRevert(failure, machine.fatalFrames).nested));
  }
};

const resultOf = (call: CallInfo): readonly bigint[] => {
  if (!call.failed) return call.result;
  if (call.result[0] === ENTRYPOINT_NOT_FOUND) throw rpcErrors.entrypointNotFound();
  throw rpcErrors.contractError(asJson(nestedRevertOf(call)));
};
