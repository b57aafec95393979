import { feltToHex, selectorOf } from '#libs/felt';
import type { Behaviour } from '../behaviour.ts';
import { SEQUENCER_ADDRESS, STRK_ADDRESS } from '../contracts/well-known.ts';
import type { CallInfo } from '../execution/call-info.ts';
import type { Revert } from '../execution/failure-text.ts';
import { Machine, type MachineOptions } from '../execution/machine.ts';
import type { BlockView, ClassLookup } from '../execution/native-contract.ts';
import { rpcErrors } from '../rpc/rpc.error.ts';
import { Journal } from '../state/journal.ts';
import type { StateChanges, StateReader } from '../state/state-reader.ts';
import { contractAddressOf } from '#libs/account';
import type { Felt } from '#libs/felt';
import { exceededBound, feeOf, type GasPrices, type GasUsed, gasUsedBy, maxFeeOf } from './gas.ts';
import { checkBeforeExecution, strkBalanceOf } from './checks.ts';
import { type Execution, runDeclare, runDeployAccount, runInvoke } from './run.ts';
import { senderOf, type Transaction } from './transaction.ts';

export interface ExecutionEnvironment {
  readonly state: StateReader;
  readonly classes: ClassLookup;
  readonly block: BlockView;
  readonly chainId: bigint;
  readonly prices: GasPrices;
  readonly behaviour: Behaviour;
  /** Off while transactions wait in a pre-confirmed block: a nonce may then be ahead, as devnet allows. */
  readonly strictNonce: boolean;
  readonly validates: boolean;
  readonly chargesFee: boolean;
}

export interface ExecutedTransaction {
  readonly transaction: Transaction;
  readonly transactionHash: bigint;
  readonly changes: StateChanges;
  readonly validateCall: CallInfo | undefined;
  readonly executeCall: CallInfo | undefined;
  readonly feeCall: CallInfo | undefined;
  readonly revert: Revert | undefined;
  readonly gas: GasUsed;
  readonly fee: bigint;
}

const TRANSFER = selectorOf('transfer');

/** Runs one transaction over a state without touching it. @throws RpcError where a node would refuse it. */
export const executeTransaction = (
  environment: ExecutionEnvironment,
  transaction: Transaction,
  transactionHash: bigint,
): ExecutedTransaction => {
  checkBeforeExecution(environment, transaction);
  const journal = new Journal(environment.state);
  const machine = new Machine(machineOptions(environment, journal, transaction, transactionHash));
  const execution = runByType({ environment, transaction, journal, machine });
  const settled = settleFee(environment, transaction, journal, execution);
  const feeCall = environment.chargesFee ? payFee(machine, transaction, settled.fee) : undefined;
  return {
    transaction,
    transactionHash,
    changes: journal.changes(),
    validateCall: execution.validateCall,
    executeCall: settled.revert === undefined ? execution.executeCall : undefined,
    feeCall,
    ...settled,
  };
};

const runByType = (run: {
  environment: ExecutionEnvironment;
  transaction: Transaction;
  journal: Journal;
  machine: Machine;
}): Execution => {
  const { transaction } = run;
  switch (transaction.type) {
    case 'INVOKE':
      return runInvoke(run, transaction);
    case 'DEPLOY_ACCOUNT':
      return runDeployAccount(run, transaction);
    case 'DECLARE':
      return runDeclare(run, transaction);
  }
};

/** The fee of what ran; an execution beyond its bounds or the balance is taken back and charged the bounds. */
const settleFee = (
  environment: ExecutionEnvironment,
  transaction: Transaction,
  journal: Journal,
  execution: Execution,
): { gas: GasUsed; fee: bigint; revert: Revert | undefined } => {
  const calls = [execution.validateCall, execution.executeCall].filter((call) => call !== undefined);
  const gas = gasUsedBy(transaction, calls, journal.changes());
  const fee = feeOf(gas, environment.prices, transaction.tip);
  if (execution.revert !== undefined || !environment.chargesFee) {
    return { gas, fee: chargeable(environment, transaction, fee), revert: execution.revert };
  }
  const { low, high, balance } = strkBalanceOf(journal, senderOf(transaction));
  const shortfall =
    balance < fee
      ? `Insufficient fee token balance. Fee: ${fee}, balance: low/high ${low}/${high}.`
      : undefined;
  const reason = exceededBound(gas, transaction.resourceBounds) ?? shortfall;
  if (reason === undefined) return { gas, fee, revert: undefined };
  if (execution.afterValidation === undefined) throw rpcErrors.insufficientResources();
  journal.rollback(execution.afterValidation);
  return { gas, fee: chargeable(environment, transaction, fee), revert: { reason, nested: reason } };
};

const chargeable = (environment: ExecutionEnvironment, transaction: Transaction, fee: bigint): bigint => {
  if (!environment.chargesFee) return fee;
  const max = maxFeeOf(transaction.resourceBounds, transaction.tip);
  return fee < max ? fee : max;
};

/** The fee is an ordinary transfer of STRK from the payer to the sequencer, with its event. */
const payFee = (machine: Machine, transaction: Transaction, fee: bigint): CallInfo => {
  machine.startPart('EXECUTE');
  const call = machine.call({
    to: STRK_ADDRESS,
    selector: TRANSFER,
    calldata: [SEQUENCER_ADDRESS, fee, 0n],
    caller: senderOf(transaction),
  });
  if (call.failed) throw rpcErrors.internal(`the fee of ${feltToHex(fee)} could not be transferred`);
  return call;
};

const machineOptions = (
  environment: ExecutionEnvironment,
  journal: Journal,
  transaction: Transaction,
  transactionHash: bigint,
): MachineOptions => ({
  journal,
  classes: (classHash) => (journal.declaredAt(classHash) === 0n ? undefined : environment.classes(classHash)),
  block: environment.block,
  transaction: {
    version: transaction.version,
    senderAddress: senderOf(transaction),
    transactionHash,
    signature: transaction.signature,
    nonce: transaction.nonce,
    chainId: environment.chainId,
  },
  addressOf: deployedAddress,
});

export const deployedAddress: MachineOptions['addressOf'] = (classHash, salt, calldata, deployer) =>
  contractAddressOf({
    classHash,
    salt: salt as Felt,
    constructorCalldata: calldata as readonly Felt[],
    deployer,
  });
