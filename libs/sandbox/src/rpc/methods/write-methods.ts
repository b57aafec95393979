import { feltToHex } from '#libs/felt';
import { deployedAddressOf, type Transaction } from '../../transactions/transaction.ts';
import { parseTransaction } from '../../transactions/parse-transaction.ts';
import { identifyClass } from '../identify-class.ts';
import type { Fields } from '../fields.ts';
import { rpcErrors } from '../rpc.error.ts';
import { method, type RpcContext, type RpcMethods } from '../rpc-context.ts';

const readTransaction = <Type extends Transaction['type']>(
  context: RpcContext,
  fields: Fields,
  name: string,
  type: Type,
): Extract<Transaction, { type: Type }> => {
  const transaction = parseTransaction(fields.raw(name), (contractClass) =>
    identifyClass(context.chain.options.classes, contractClass),
  );
  if (transaction.type !== type) {
    throw rpcErrors.invalidParams(`unknown variant \`${transaction.type}\`, expected \`${type}\``);
  }
  return transaction as Extract<Transaction, { type: Type }>;
};

export const writeMethods: RpcMethods = {
  starknet_addInvokeTransaction: method(['invoke_transaction'], (context, fields) => ({
    transaction_hash: context.chain.submit(readTransaction(context, fields, 'invoke_transaction', 'INVOKE')),
  })),
  starknet_addDeployAccountTransaction: method(['deploy_account_transaction'], (context, fields) => {
    const transaction = readTransaction(context, fields, 'deploy_account_transaction', 'DEPLOY_ACCOUNT');
    return {
      transaction_hash: context.chain.submit(transaction),
      contract_address: feltToHex(deployedAddressOf(transaction)),
    };
  }),
  starknet_addDeclareTransaction: method(['declare_transaction'], (context, fields) => {
    const transaction = readTransaction(context, fields, 'declare_transaction', 'DECLARE');
    const known = context.chain.options.classes.find(transaction.classHash);
    if (known?.compiledClassHash !== transaction.compiledClassHash)
      throw rpcErrors.compiledClassHashMismatch();
    return {
      transaction_hash: context.chain.submit(transaction),
      class_hash: feltToHex(transaction.classHash),
    };
  }),
};
