import { feltToHex } from '#libs/felt';
import type { CallInfo } from './call-info.ts';
import { hex64 } from './hex64.ts';
import type { FatalFrame } from './machine.ts';
import { ENTRYPOINT_FAILED, type FatalExecution } from './panic.ts';

const EXECUTION_HEADER = 'Transaction execution has failed:\n';
const CONSTRUCTOR_HEADER = 'Contract constructor execution has failed:\n';
export const VALIDATION_HEADER = 'Transaction validation has failed:\n';
const PROGRAM_COUNTER = 'Error at pc=0:0:\n';
const PREAMBLES = {
  CALL: 'Error in the called contract',
  CONSTRUCTOR: 'Error in the contract class constructor',
} as const;

/** Why a transaction failed: as one text for receipts, and as the object that estimates answer with. */
export interface Revert {
  readonly reason: string;
  readonly nested: NestedRevert | string;
}

/** A failure of a transaction whose outermost call panicked. */
export const revertOf = (root: CallInfo): Revert => {
  const frame: FatalFrame = { preamble: 'CALL', ...placeOf(root) };
  const reason = `${EXECUTION_HEADER}${frameText(0, frame)}\n${failureSummary(root)}`;
  const { chain, data } = failingChain(root);
  const message = `${reason} ${JSON.stringify(data.map(feltToHex))}`;
  return { reason, nested: nest([placeOf(root), ...chain.map(placeOf)], message) };
};

/** The `data` of error 55 when `__validate__` panicked. */
export const validationPanicText = (root: CallInfo): string =>
  failureSummary(root, 'The `validate` entry point panicked with:');

export const constructorFailureText = (root: CallInfo): string => {
  const frame: FatalFrame = { preamble: 'CONSTRUCTOR', ...placeOf(root) };
  return `${CONSTRUCTOR_HEADER}${frameText(0, frame)}\n${failureSummary(root)}`;
};

/**
 * A failure no contract can catch. A node also prints program counters of the compiled class here; native
 * contracts have none.
 */
export const fatalRevert = (
  failure: FatalExecution,
  frames: readonly FatalFrame[],
  header = EXECUTION_HEADER,
): Revert => {
  const lines = frames.map((frame, depth) => frameText(depth, frame));
  const message = failure.isSyscall ? `${PROGRAM_COUNTER}${failure.message}` : failure.message;
  return {
    reason: `${header}${lines.join(`\n${PROGRAM_COUNTER}`)}\n${message}`,
    nested: nest(frames, failure.message),
  };
};

interface Place {
  readonly address: bigint;
  readonly classHash: bigint;
  readonly selector: bigint | undefined;
}

const placeOf = (call: CallInfo): Place & { readonly selector: bigint } => ({
  address: call.contractAddress,
  classHash: call.classHash,
  selector: call.selector,
});

const nest = (places: readonly Place[], message: string): NestedRevert | string =>
  places.reduceRight<NestedRevert | string>(
    (error, place) => ({
      contract_address: feltToHex(place.address),
      class_hash: feltToHex(place.classHash),
      selector: feltToHex(place.selector ?? 0n),
      error,
    }),
    message,
  );

const frameText = (depth: number, frame: FatalFrame): string =>
  `${depth}: ${PREAMBLES[frame.preamble]} (contract address: ${hex64(frame.address)}, ` +
  `class hash: ${hex64(frame.classHash)}, selector: ${selectorText(frame.selector)}):`;

const selectorText = (selector: bigint | undefined): string =>
  selector === undefined ? 'UNKNOWN' : hex64(selector);

export const failureSummary = (root: CallInfo, header = 'Execution failed. Failure reason:'): string => {
  const { chain, data } = failingChain(root);
  const frames = chain.map(
    (call) =>
      `Error in contract (contract address: ${hex64(call.contractAddress)}, ` +
      `class hash: ${hex64(call.classHash)}, selector: ${hex64(call.selector)}):`,
  );
  return `${[header, ...frames, panicText(data)].join('\n')}.\n`;
};

/** Follows the failure down while each call only passed on what the next one failed with. */
const failingChain = (root: CallInfo): { chain: CallInfo[]; data: readonly bigint[] } => {
  const chain: CallInfo[] = [];
  let call = root;
  for (;;) {
    chain.push(call);
    if (call.result.at(-1) !== ENTRYPOINT_FAILED) return { chain, data: call.result };
    const passedOn = call.result.slice(0, -1);
    const causes = call.calls.filter((inner) => inner.failed && sameFelts(inner.result, passedOn));
    const [cause] = causes;
    if (!cause || causes.length > 1) return { chain: [], data: root.result };
    call = cause;
  }
};

const sameFelts = (left: readonly bigint[], right: readonly bigint[]): boolean =>
  left.length === right.length && left.every((value, index) => value === right[index]);

/** Panic data as the network prints it: one item bare, several in brackets. */
const panicText = (data: readonly bigint[]): string => {
  const items = data.map(itemText);
  return items.length === 1 ? (items[0] ?? '') : `(${items.join(', ')})`;
};

const itemText = (felt: bigint): string => {
  const text = asShortString(felt);
  return text === undefined ? feltToHex(felt) : `${feltToHex(felt)} ('${text}')`;
};

/** Printable bytes, then any zero bytes; other content is no text. */
const asShortString = (felt: bigint): string | undefined => {
  const hex = felt.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex').toString('latin1');
  return /^[\x21-\x7e\t\n\f\r ]*\0*$/.test(bytes) ? bytes.replace(/\0+$/, '') : undefined;
};

/** The nested object that `starknet_call` answers error 40 with. */
export interface NestedRevert {
  readonly contract_address: string;
  readonly class_hash: string;
  readonly selector: string;
  readonly error: NestedRevert | string;
}

export const nestedRevertOf = (root: CallInfo): NestedRevert | string => {
  const failed = failedDeepestFirst(root).reverse();
  return nest(failed.map(placeOf), JSON.stringify(failed.flatMap((call) => call.result.map(feltToHex))));
};

const failedDeepestFirst = (call: CallInfo): CallInfo[] => [
  ...call.calls.flatMap(failedDeepestFirst),
  ...(call.failed ? [call] : []),
];
