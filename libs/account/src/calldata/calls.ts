import type { Felt } from '#libs/felt';
import { toFelt } from '#libs/felt';
import type { Call } from '../account.types.ts';
import { FeltReader } from '../felt-reader.ts';

/** Felts of the smallest call: to, selector, calldata length. */
const FELTS_PER_CALL = 3;

/** Serialises `Array<Call>`: count, then for each call: to, selector, calldata length, ...calldata. */
export const encodeCalls = (calls: readonly Call[]): Felt[] => [
  toFelt(calls.length),
  ...calls.flatMap((call) => [call.to, call.selector, toFelt(call.calldata.length), ...call.calldata]),
];

/**
 * Reads the calldata of `__execute__`, one `Array<Call>`.
 * @throws AccountError CALLDATA_MALFORMED when felts are missing or left over, or an address is out of range.
 */
export const decodeExecuteCalldata = (calldata: readonly Felt[]): Call[] => {
  const reader = new FeltReader(calldata, 'CALLDATA_MALFORMED');
  const calls = readCalls(reader, 'calls');
  reader.end();
  return calls;
};

/** Reads an `Array<Call>` in the middle of something longer. */
export const readCalls = (reader: FeltReader, name: string): Call[] =>
  reader.list(name, FELTS_PER_CALL, (index) => ({
    // A call to 0 is legal calldata: it reverts, but its transaction stands in a block and may burn a call.
    to: reader.addressOrZero(`${name}[${index}].to`),
    selector: reader.felt(`${name}[${index}].selector`),
    calldata: reader.felts(`${name}[${index}].calldata`),
  }));
