import type { ContractContext, NativeContract } from '../execution/native-contract.ts';
import { Panic } from '../execution/panic.ts';
import { type CallData, type CalldataReader, serializeResults } from './calldata-reader.ts';
import { bySelector, entryPoint } from './entry-points.ts';

/** Calls accounts from inside, as a paymaster does. */
export const createForwarder = (): NativeContract => ({
  argumentErrors: 'PLAIN',
  constructor: undefined,
  entryPoints: bySelector({
    forward: entryPoint(readCall, (context, call) => {
      const result = callOrPanic(context, call);
      return [BigInt(result.length), ...result];
    }),
    try_forward: entryPoint(readCall, (context, { to, selector, calldata }) => [
      context.call(to, selector, calldata).ok ? 1n : 0n,
    ]),
    forward_many: entryPoint(
      (reader) => reader.calls(),
      (context, calls) => serializeResults(calls.map((call) => callOrPanic(context, call))),
    ),
  }),
});

const readCall = (reader: CalldataReader): CallData => ({
  to: reader.address(),
  selector: reader.felt(),
  calldata: reader.felts(),
});

/** Lets a failure of the inner call become the caller's own. */
export const callOrPanic = (context: ContractContext, call: CallData): readonly bigint[] => {
  const outcome = context.call(call.to, call.selector, call.calldata);
  if (!outcome.ok) throw new Panic(outcome.panicData);
  return outcome.result;
};
