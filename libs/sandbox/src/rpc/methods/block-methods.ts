import { feltToHex } from '#libs/felt';
import type { BlockRecord } from '../../chain/block-record.ts';
import type { PendingBlock } from '../../chain/pending-block.ts';
import { joinChanges } from '../../state/block-changes.ts';
import { changesToJson, filterDiff } from '../../state/changes-json.ts';
import { blockToJson, isPending, transactionWithHash, transactionWithReceipt } from '../block-json.ts';
import { readBlockId } from '../block-id-param.ts';
import { type Fields, readAddress, readList } from '../fields.ts';
import type { Json } from '../json.ts';
import { rpcErrors } from '../rpc.error.ts';
import { method, type RpcContext, type RpcMethod, type RpcMethods } from '../rpc-context.ts';

export const requireBlock = (context: RpcContext, fields: Fields): BlockRecord | PendingBlock =>
  context.chain.requireBlock(readBlockId(fields.raw('block_id')));

const blockMethod = (
  params: readonly string[],
  transactions: (block: BlockRecord | PendingBlock) => Json[],
): RpcMethod =>
  method(params, (context, fields) => {
    const block = requireBlock(context, fields);
    return blockToJson(context.chain, block, transactions(block));
  });

export const blockMethods: RpcMethods = {
  starknet_getBlockWithTxHashes: blockMethod(['block_id'], (block) =>
    block.transactions.map(({ hash }) => hash),
  ),
  starknet_getBlockWithTxs: blockMethod(['block_id', 'response_flags?'], (block) =>
    block.transactions.map(transactionWithHash),
  ),
  starknet_getBlockWithReceipts: blockMethod(['block_id', 'response_flags?'], (block) =>
    block.transactions.map((record) => transactionWithReceipt(block, record)),
  ),
  starknet_getBlockTransactionCount: method(
    ['block_id'],
    (context, fields) => requireBlock(context, fields).transactions.length,
  ),
  starknet_getTransactionByBlockIdAndIndex: method(
    ['block_id', 'index', 'response_flags?'],
    (context, fields) => {
      const index = fields.number('index');
      const record = requireBlock(context, fields).transactions[index];
      if (!record) throw rpcErrors.invalidTransactionIndex();
      return transactionWithHash(record);
    },
  ),
  starknet_getStateUpdate: method(['block_id', 'contract_addresses?'], (context, fields) => {
    const block = requireBlock(context, fields);
    const addresses = fields.optional('contract_addresses', (value) =>
      readList(value, (item) => feltToHex(readAddress(item))),
    );
    const diff = isPending(block) ? pendingDiff(context, block) : block.diff;
    const shown = addresses ? filterDiff(diff, new Set(addresses)) : diff;
    return isPending(block)
      ? { old_root: '0x0', state_diff: shown }
      : { block_hash: block.hash, new_root: '0x0', old_root: '0x0', state_diff: shown };
  }),
};

const pendingDiff = ({ chain }: RpcContext, block: PendingBlock): ReturnType<typeof changesToJson> => {
  const before = chain.options.behaviour === 'STARKNET' ? chain.readerAt(block.number - 1) : undefined;
  return changesToJson(joinChanges(block.parts, before));
};
