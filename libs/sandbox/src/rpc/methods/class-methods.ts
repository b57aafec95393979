import type { ClassArtifact } from '../../classes/class-registry.ts';
import { asJson, type Json } from '../json.ts';
import { rpcErrors } from '../rpc.error.ts';
import { method, type RpcContext, type RpcMethods } from '../rpc-context.ts';
import { requireBlock } from './block-methods.ts';

export const classMethods: RpcMethods = {
  starknet_getClass: method(['block_id', 'class_hash'], (context, fields) => {
    const { number } = requireBlock(context, fields);
    return classAt(context, number, fields.felt('class_hash'), rpcErrors.classHashNotFound);
  }),
  starknet_getClassAt: method(['block_id', 'contract_address'], (context, fields) => {
    const { number } = requireBlock(context, fields);
    const classHash = context.chain.readerAt(number).classHashAt(fields.address('contract_address'));
    return classAt(context, number, classHash, rpcErrors.contractNotFound);
  }),
};

const classAt = (context: RpcContext, number: number, classHash: bigint, missing: () => Error): Json => {
  const isDeclared = context.chain.readerAt(number).declaredAt(classHash) !== 0n;
  const known = isDeclared ? context.chain.options.classes.find(classHash) : undefined;
  if (!known) throw missing();
  return asJson(toRpcClass(known.loadArtifact()));
};

const toRpcClass = (artifact: ClassArtifact): ClassArtifact => ({
  sierra_program: artifact.sierra_program,
  contract_class_version: artifact.contract_class_version,
  entry_points_by_type: artifact.entry_points_by_type,
  abi: artifact.abi,
});
