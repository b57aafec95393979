import { feltToHex } from '#libs/felt';
import type { BlockRecord, TransactionRecord } from '../../chain/block-record.ts';
import { finalityOf, placedReceipt, transactionWithHash } from '../block-json.ts';
import type { Fields } from '../fields.ts';
import type { Json, JsonObject } from '../json.ts';
import { rpcErrors } from '../rpc.error.ts';
import { method, type RpcContext, type RpcMethods } from '../rpc-context.ts';
import { requireBlock } from './block-methods.ts';

const requireTransaction = (
  { chain }: RpcContext,
  fields: Fields,
): { transaction: TransactionRecord; block: BlockRecord | undefined } => {
  const found = chain.findTransaction(feltToHex(fields.felt('transaction_hash')));
  if (!found) throw rpcErrors.transactionNotFound();
  return found;
};

const traceJson = ({ trace }: TransactionRecord): Json => JSON.parse(trace) as Json;

export const statusOf = (transaction: TransactionRecord, block: BlockRecord | undefined): JsonObject => ({
  finality_status: finalityOf(block),
  failure_reason: transaction.receipt.revert_reason ?? null,
  execution_status: transaction.receipt.revert_reason === undefined ? 'SUCCEEDED' : 'REVERTED',
});

export const transactionMethods: RpcMethods = {
  starknet_getTransactionByHash: method(['transaction_hash', 'response_flags?'], (context, fields) =>
    transactionWithHash(requireTransaction(context, fields).transaction),
  ),
  starknet_getTransactionReceipt: method(['transaction_hash'], (context, fields) => {
    const { transaction, block } = requireTransaction(context, fields);
    return placedReceipt(context.chain, block, transaction);
  }),
  starknet_getTransactionStatus: method(['transaction_hash'], (context, fields) => {
    const { transaction, block } = requireTransaction(context, fields);
    return statusOf(transaction, block);
  }),
  starknet_traceTransaction: method(['transaction_hash'], (context, fields) => {
    const { transaction } = requireTransaction(context, fields);
    if (context.traces.withheld) throw rpcErrors.noTrace();
    return traceJson(transaction);
  }),
  starknet_traceBlockTransactions: method(['block_id', 'trace_flags?'], (context, fields) =>
    requireBlock(context, fields).transactions.map((record) => ({
      transaction_hash: record.hash,
      trace_root: traceJson(record),
    })),
  ),
};
