import { encodeShortString } from '#libs/felt';

/** A Cairo panic: catchable by the caller, its data becomes the return data of the failed call. */
export class Panic extends Error {
  override readonly name = 'Panic';
  readonly data: readonly bigint[];

  constructor(data: readonly bigint[]) {
    super('the contract panicked');
    this.data = data;
  }
}

/** What no contract can catch: the whole transaction fails. */
export class FatalExecution extends Error {
  override readonly name = 'FatalExecution';
  /** Whether a syscall of the innermost contract failed, rather than a call that could not be entered. */
  readonly isSyscall: boolean;

  constructor(message: string, isSyscall = false) {
    super(message);
    this.isSyscall = isSyscall;
  }
}

export const panic = (text: string): never => {
  throw new Panic([encodeShortString(text)]);
};

export const assertOrPanic: (condition: boolean, text: string) => asserts condition = (condition, text) => {
  if (!condition) panic(text);
};

export const ENTRYPOINT_NOT_FOUND: bigint = encodeShortString('ENTRYPOINT_NOT_FOUND');
export const INVALID_ARGUMENT: bigint = encodeShortString('Invalid argument');
export const ENTRYPOINT_FAILED: bigint = encodeShortString('ENTRYPOINT_FAILED');
