import { feltToHex } from '#libs/felt';
import { executeTransaction, type ExecutedTransaction } from '../../transactions/executor.ts';
import { areBoundsValid, feeOf } from '../../transactions/gas.ts';
import { parseTransaction } from '../../transactions/parse-transaction.ts';
import { traceOf } from '../../transactions/trace.ts';
import { type Transaction, transactionHashOf } from '../../transactions/transaction.ts';
import { applyChanges } from '../../state/overlay.ts';
import { type Fields, readList, readText } from '../fields.ts';
import { identifyClass } from '../identify-class.ts';
import { asJson, type JsonObject } from '../json.ts';
import { RpcError, rpcErrors } from '../rpc.error.ts';
import { method, type RpcContext, type RpcMethods } from '../rpc-context.ts';
import { requireBlock } from './block-methods.ts';

export const simulationMethods: RpcMethods = {
  starknet_estimateFee: method(['request', 'simulation_flags', 'block_id'], (context, fields) => {
    const flags = readList(fields.raw('simulation_flags'), readText);
    const executed = runAll(context, fields, 'request', {
      validates: !flags.includes('SKIP_VALIDATE'),
      chargesFee: false,
    });
    executed.forEach(({ revert }, index) => {
      if (revert) throw rpcErrors.executionError(index, asJson(revert.nested));
    });
    return executed.map((one) => estimateOf(context, one));
  }),
  starknet_simulateTransactions: method(
    ['block_id', 'transactions', 'simulation_flags'],
    (context, fields) => {
      const flags = readList(fields.raw('simulation_flags'), readText);
      if (flags.includes('RETURN_INITIAL_READS'))
        throw rpcErrors.wildcard('RETURN_INITIAL_READS is not supported here');
      const executed = runAll(context, fields, 'transactions', {
        validates: !flags.includes('SKIP_VALIDATE'),
        chargesFee: !flags.includes('SKIP_FEE_CHARGE'),
      });
      return executed.map((one) => ({
        transaction_trace: traceOf(one),
        fee_estimation: estimateOf(context, one),
      }));
    },
  ),
};

/** Runs transactions one after the other over the state of a block, and keeps nothing. */
const runAll = (
  context: RpcContext,
  fields: Fields,
  name: string,
  flags: { readonly validates: boolean; readonly chargesFee: boolean },
): ExecutedTransaction[] => {
  const { chain } = context;
  const block = requireBlock(context, fields);
  const transactions = readList(fields.raw(name), (item) =>
    parseTransaction(item, (contractClass) => identifyClass(chain.options.classes, contractClass)),
  );
  const environment = chain.environmentAt(block.number, chain.viewOf(block));
  let { state } = environment;
  return transactions.map((transaction, index) => {
    const executed = runOne({ ...environment, ...flags, state }, transaction, index);
    state = applyChanges(state, executed.changes);
    return executed;
  });
};

const runOne = (
  environment: Parameters<typeof executeTransaction>[0],
  transaction: Transaction,
  index: number,
): ExecutedTransaction => {
  if (environment.chargesFee && !areBoundsValid(transaction.resourceBounds)) {
    throw rpcErrors.executionError(index, rpcErrors.insufficientResources().message);
  }
  try {
    return executeTransaction(environment, transaction, transactionHashOf(transaction, environment.chainId));
  } catch (error) {
    if (!(error instanceof RpcError) || error.code === 20) throw error;
    throw rpcErrors.executionError(index, refusalText(error));
  }
};

/** How devnet words a refusal inside a simulation. */
const refusalText = (error: RpcError): string => {
  switch (error.code) {
    case 52:
      return 'Account transaction nonce is invalid.';
    case 53:
      return `${error.message}.`;
    case 54:
      return 'Account balance is not enough to cover the transaction cost.';
    case 55:
      return `${error.message}: ${readText(error.data ?? '')}`;
    default:
      return error.message;
  }
};

const estimateOf = ({ chain }: RpcContext, { gas }: ExecutedTransaction): JsonObject => {
  const { prices } = chain.options;
  return {
    l1_gas_consumed: feltToHex(gas.l1Gas),
    l1_data_gas_consumed: feltToHex(gas.l1DataGas),
    l1_gas_price: feltToHex(prices.l1Gas),
    l1_data_gas_price: feltToHex(prices.l1DataGas),
    l2_gas_consumed: feltToHex(gas.l2Gas),
    l2_gas_price: feltToHex(prices.l2Gas),
    overall_fee: feltToHex(feeOf(gas, prices, 0n)),
    unit: 'FRI',
  };
};
