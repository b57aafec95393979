import { selectorOf } from '#libs/felt';
import type { ContractContext, EntryPoint } from '../execution/native-contract.ts';
import { CalldataReader } from './calldata-reader.ts';

/** An entry point as Cairo writes it: arguments are read first, all of them. */
export const entryPoint =
  <Arguments>(
    read: (reader: CalldataReader) => Arguments,
    run: (context: ContractContext, arguments_: Arguments) => readonly bigint[],
  ): EntryPoint =>
  (context, calldata) => {
    const reader = new CalldataReader(calldata, context.argumentErrors);
    const arguments_ = read(reader);
    reader.end();
    return run(context, arguments_);
  };

export const nothing = (): undefined => undefined;

/** Entry points by selector; a name may have aliases, as `balance_of` and `balanceOf`. */
export const bySelector = (entries: Readonly<Record<string, EntryPoint>>): Map<bigint, EntryPoint> =>
  new Map(
    Object.entries(entries).flatMap(([names, entry]) =>
      names.split(' ').map((name): [bigint, EntryPoint] => [selectorOf(name), entry]),
    ),
  );
