import { encodeShortString, selectorOf } from '#libs/felt';
import type { CallInfo } from '../execution/call-info.ts';
import {
  constructorFailureText,
  fatalRevert,
  type Revert,
  revertOf,
  VALIDATION_HEADER,
  validationPanicText,
} from '../execution/failure-text.ts';
import type { Machine } from '../execution/machine.ts';
import { FatalExecution } from '../execution/panic.ts';
import { rpcErrors, type RpcError } from '../rpc/rpc.error.ts';
import type { Journal } from '../state/journal.ts';
import type { ExecutionEnvironment } from './executor.ts';
import {
  deployedAddressOf,
  type DeclareTransaction,
  type DeployAccountTransaction,
  type InvokeTransaction,
} from './transaction.ts';

export interface Execution {
  readonly validateCall: CallInfo | undefined;
  readonly executeCall: CallInfo | undefined;
  readonly revert: Revert | undefined;
  /** The journal mark to go back to on a revert; nothing for what cannot be reverted. */
  readonly afterValidation: number | undefined;
}

export interface Run {
  readonly environment: ExecutionEnvironment;
  readonly journal: Journal;
  readonly machine: Machine;
}

const VALID = encodeShortString('VALID');
const VALIDATE = selectorOf('__validate__');
const EXECUTE = selectorOf('__execute__');
const VALIDATE_DEPLOY = selectorOf('__validate_deploy__');
const VALIDATE_DECLARE = selectorOf('__validate_declare__');

/** Validation, then execution: a failed execution leaves what validation wrote. */
export const runInvoke = (run: Run, transaction: InvokeTransaction): Execution => {
  const { journal, machine } = run;
  const { senderAddress: to, calldata } = transaction;
  journal.writeNonce(to, journal.nonceAt(to) + 1n);
  const validateCall = validate(run, to, VALIDATE, calldata);
  const afterValidation = journal.mark();
  machine.startPart('EXECUTE');
  try {
    const executeCall = machine.call({ to, selector: EXECUTE, calldata, caller: 0n });
    const revert = executeCall.failed ? revertOf(executeCall) : undefined;
    return { validateCall, executeCall, revert, afterValidation };
  } catch (failure) {
    if (!(failure instanceof FatalExecution)) throw failure;
    journal.rollback(afterValidation);
    const revert = fatalRevert(failure, machine.fatalFrames);
    return { validateCall, executeCall: undefined, revert, afterValidation };
  }
};

/** The constructor runs first, then the new account validates. Nothing here can revert: it is refused. */
export const runDeployAccount = (run: Run, transaction: DeployAccountTransaction): Execution => {
  const { journal, machine } = run;
  const address = deployedAddressOf(transaction);
  if (journal.declaredAt(transaction.classHash) === 0n) throw rpcErrors.classHashNotFound();
  journal.writeNonce(address, journal.nonceAt(address) + 1n);
  const executeCall = deployAccount(machine, address, transaction);
  const calldata = [transaction.classHash, transaction.salt, ...transaction.constructorCalldata];
  const validateCall = validate(run, address, VALIDATE_DEPLOY, calldata);
  return { validateCall, executeCall, revert: undefined, afterValidation: undefined };
};

const deployAccount = (
  machine: Machine,
  address: bigint,
  transaction: DeployAccountTransaction,
): CallInfo => {
  const { classHash, constructorCalldata: calldata } = transaction;
  machine.startPart('VALIDATE');
  try {
    const call = machine.deploy({ address, classHash, calldata, caller: 0n, isSyscall: false });
    if (!call.failed) return call;
    throw rpcErrors.wildcard(debugMessage(constructorFailureText(call)));
  } catch (failure) {
    if (!(failure instanceof FatalExecution)) throw failure;
    throw rpcErrors.wildcard(debugMessage(failure.message));
  }
};

export const runDeclare = (run: Run, transaction: DeclareTransaction): Execution => {
  const { journal } = run;
  const { senderAddress, classHash, compiledClassHash } = transaction;
  journal.writeNonce(senderAddress, journal.nonceAt(senderAddress) + 1n);
  if (journal.declaredAt(classHash) !== 0n) throw rpcErrors.classAlreadyDeclared();
  const validateCall = validate(run, senderAddress, VALIDATE_DECLARE, [classHash]);
  journal.declare(classHash, compiledClassHash);
  return { validateCall, executeCall: undefined, revert: undefined, afterValidation: undefined };
};

const validate = (
  run: Run,
  to: bigint,
  selector: bigint,
  calldata: readonly bigint[],
): CallInfo | undefined => {
  const { environment, machine } = run;
  if (!environment.validates) return undefined;
  machine.startPart('VALIDATE');
  const call = callValidation(machine, to, selector, calldata);
  if (call.failed) throw rpcErrors.validationFailed(validationPanicText(call));
  if (call.result.length !== 1 || call.result[0] !== VALID) throw notValid(environment, call.result);
  return call;
};

const callValidation = (
  machine: Machine,
  to: bigint,
  selector: bigint,
  calldata: readonly bigint[],
): CallInfo => {
  try {
    return machine.call({ to, selector, calldata, caller: 0n });
  } catch (failure) {
    if (!(failure instanceof FatalExecution)) throw failure;
    throw rpcErrors.validationFailed(fatalRevert(failure, machine.fatalFrames, VALIDATION_HEADER).reason);
  }
};

/** Nodes say 55 here; devnet says -1 with the text in its debug form. */
const notValid = (environment: ExecutionEnvironment, result: readonly bigint[]): RpcError => {
  const retdata = result.map((felt) => `0x${felt.toString(16)}`).join(', ');
  const reason = `The \`validate\` entry point should return \`VALID\`. Got Retdata([${retdata}]).`;
  return environment.behaviour === 'DEVNET'
    ? rpcErrors.wildcard(debugMessage(reason))
    : rpcErrors.validationFailed(reason);
};

/** How devnet prints an execution error that no code is defined for. */
const debugMessage = (text: string): string => `Message(${JSON.stringify(text)})`;
