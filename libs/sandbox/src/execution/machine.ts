import { selectorOf } from '#libs/felt';
import type { Journal } from '../state/journal.ts';
import { type CallInfo, type EntryPointType, forgetEvents } from './call-info.ts';
import { failureSummary } from './failure-text.ts';
import type {
  BlockView,
  CallOutcome,
  ClassLookup,
  ContractContext,
  EntryPoint,
  ExecutionMode,
  TransactionView,
} from './native-contract.ts';
import { ENTRYPOINT_FAILED, ENTRYPOINT_NOT_FOUND, FatalExecution, INVALID_ARGUMENT, Panic } from './panic.ts';
import { hex64 } from './hex64.ts';

const CONSTRUCTOR_SELECTOR: bigint = selectorOf('constructor');
const EXECUTE_SELECTOR: bigint = selectorOf('__execute__');

export interface CallRequest {
  readonly to: bigint;
  readonly selector: bigint;
  readonly calldata: readonly bigint[];
  readonly caller: bigint;
}

export interface DeployRequest {
  readonly address: bigint;
  readonly classHash: bigint;
  readonly calldata: readonly bigint[];
  readonly caller: bigint;
  readonly isSyscall: boolean;
}

export interface MachineOptions {
  readonly journal: Journal;
  readonly classes: ClassLookup;
  readonly block: BlockView;
  readonly transaction: TransactionView;
  readonly addressOf: (
    classHash: bigint,
    salt: bigint,
    calldata: readonly bigint[],
    deployer: bigint,
  ) => bigint;
}

/** Where a fatal failure struck: the call that could not be made, under the calls that led to it. */
export interface FatalFrame {
  readonly preamble: 'CALL' | 'CONSTRUCTOR';
  readonly address: bigint;
  readonly classHash: bigint;
  /** Nothing for a constructor that was not entered. */
  readonly selector: bigint | undefined;
}

/** Runs calls of one transaction against one journal; event order counts through all of them. */
export class Machine {
  readonly #options: MachineOptions;
  /** The calls under way, outermost first; left standing when a fatal failure unwinds. */
  readonly fatalFrames: FatalFrame[] = [];
  #block: BlockView;
  #order = 0;

  constructor(options: MachineOptions) {
    this.#options = options;
    this.#block = options.block;
  }

  /** Event order starts anew for each part of a transaction: validation, execution, fee. */
  startPart(mode: ExecutionMode): void {
    this.#block = mode === 'VALIDATE' ? roundForValidation(this.#options.block) : this.#options.block;
    this.#order = 0;
    this.fatalFrames.length = 0;
  }

  /** @throws FatalExecution where no contract is deployed. A panic is a failed call, not an exception. */
  call(request: CallRequest): CallInfo {
    const classHash = this.#options.journal.classHashAt(request.to);
    this.fatalFrames.push({ preamble: 'CALL', address: request.to, classHash, selector: request.selector });
    if (classHash === 0n) {
      throw new FatalExecution(`Requested contract address ${hex64(request.to)} is not deployed.\n`);
    }
    const info = this.#run(request, classHash, 'EXTERNAL');
    this.fatalFrames.pop();
    return info;
  }

  /**
   * Deploys and runs the constructor, whose panic only a DEPLOY_ACCOUNT sees: inside a transaction it is fatal.
   * @throws FatalExecution for an undeclared class or a taken address as well.
   */
  deploy(request: DeployRequest): CallInfo {
    const { address, classHash, calldata, caller } = request;
    const { journal, classes } = this.#options;
    this.fatalFrames.push({ preamble: 'CONSTRUCTOR', address, classHash, selector: undefined });
    if (journal.classHashAt(address) !== 0n) {
      throw new FatalExecution(`Deployment failed: contract already deployed at address ${hex64(address)}\n`);
    }
    const contract = classes(classHash);
    if (!contract) throw new FatalExecution(`${undeclared(classHash).message}\n`);
    if (!contract.constructor && calldata.length > 0) throw new FatalExecution(NO_CONSTRUCTOR);
    this.fatalFrames.pop();
    this.fatalFrames.push({ preamble: 'CONSTRUCTOR', address, classHash, selector: CONSTRUCTOR_SELECTOR });
    journal.writeClassHash(address, classHash);
    const info = this.#run(
      { to: address, selector: CONSTRUCTOR_SELECTOR, calldata, caller },
      classHash,
      'CONSTRUCTOR',
    );
    if (info.failed && request.isSyscall) throw new FatalExecution(failureSummary(info));
    this.fatalFrames.pop();
    return info;
  }

  #run(request: CallRequest, classHash: bigint, entryPointType: EntryPointType): CallInfo {
    const info = newCallInfo(request, classHash, entryPointType);
    const mark = this.#options.journal.mark();
    const order = this.#order;
    try {
      info.result = this.#entryPoint(
        request,
        classHash,
        entryPointType,
      )(this.#context(info), request.calldata);
    } catch (failure) {
      if (!(failure instanceof Panic)) throw failure;
      info.result = failure.data;
      info.failed = true;
      this.#options.journal.rollback(mark);
      this.#order = order;
      forgetEvents(info);
    }
    return info;
  }

  #entryPoint(request: CallRequest, classHash: bigint, type: EntryPointType): EntryPoint {
    const contract = this.#options.classes(classHash);
    if (!contract) throw undeclared(classHash);
    const found = type === 'CONSTRUCTOR' ? contract.constructor : contract.entryPoints.get(request.selector);
    if (found) return found;
    if (type === 'CONSTRUCTOR') return () => [];
    throw new Panic([ENTRYPOINT_NOT_FOUND]);
  }

  #context(info: CallInfo): ContractContext {
    const { journal, transaction } = this.#options;
    const address = info.contractAddress;
    return {
      address,
      callerAddress: info.callerAddress,
      block: this.#block,
      transaction,
      argumentErrors: this.#options.classes(info.classHash)?.argumentErrors ?? 'NUMBERED',
      read: (slot) => journal.storageAt(address, slot),
      write: (slot, value) => journal.writeStorage(address, slot, value),
      emit: (keys, data) => {
        info.events.push({ order: this.#order, keys, data });
        this.#order += 1;
      },
      call: (to, selector, calldata) => this.#innerCall(info, { to, selector, calldata, caller: address }),
      deploy: (classHash, salt, calldata, fromZero) =>
        this.#innerDeploy(info, classHash, salt, calldata, fromZero),
      replaceClass: (classHash) => {
        if (!this.#options.classes(classHash)) throw undeclared(classHash, true);
        journal.writeClassHash(address, classHash);
      },
    };
  }

  #innerCall(parent: CallInfo, request: CallRequest): CallOutcome {
    // The protocol lets nobody but itself call `__execute__`; the caller may go on.
    if (request.selector === EXECUTE_SELECTOR) return { ok: false, panicData: [INVALID_ARGUMENT] };
    const info = this.call(request);
    parent.calls.push(info);
    return info.failed
      ? { ok: false, panicData: [...info.result, ENTRYPOINT_FAILED] }
      : { ok: true, result: info.result };
  }

  #innerDeploy(
    parent: CallInfo,
    classHash: bigint,
    salt: bigint,
    calldata: readonly bigint[],
    fromZero: boolean,
  ): bigint {
    const caller = parent.contractAddress;
    const address = this.#options.addressOf(classHash, salt, calldata, fromZero ? 0n : caller);
    parent.calls.push(this.deploy({ address, classHash, calldata, caller, isSyscall: true }));
    return address;
  }
}

const VALIDATE_TIMESTAMP_ROUNDING = 3_600n;
const VALIDATE_BLOCK_NUMBER_ROUNDING = 100;

/** The protocol rounds down what validation sees: the time to the hour, the number to a hundred, no sequencer. */
const roundForValidation = (block: BlockView): BlockView => ({
  blockNumber: block.blockNumber - (block.blockNumber % VALIDATE_BLOCK_NUMBER_ROUNDING),
  timestampSeconds: block.timestampSeconds - (block.timestampSeconds % VALIDATE_TIMESTAMP_ROUNDING),
  sequencerAddress: 0n,
});

const NO_CONSTRUCTOR =
  'Invalid input: constructor_calldata; Cannot pass calldata to a contract with no constructor.\n';

const undeclared = (classHash: bigint, isSyscall = false): FatalExecution =>
  new FatalExecution(`Class with hash ${hex64(classHash)} is not declared.`, isSyscall);

const newCallInfo = (request: CallRequest, classHash: bigint, entryPointType: EntryPointType): CallInfo => ({
  contractAddress: request.to,
  classHash,
  selector: request.selector,
  calldata: request.calldata,
  callerAddress: request.caller,
  entryPointType,
  result: [],
  failed: false,
  calls: [],
  events: [],
});
