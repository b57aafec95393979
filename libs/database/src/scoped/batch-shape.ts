import type { CompiledQuery } from 'kysely';
import { DatabaseError } from '../database.error.ts';
import { arrayLiteral } from './scope-prefix.ts';

/** Where a parameter of a statement comes from: out of a slot, or the same whatever is asked. */
export type Source = { readonly name: string } | { readonly constant: unknown };

export interface FilledSlot {
  readonly name: string;
  readonly type: 'bigint' | 'text';
}

/** What is asked by one, in the order of the slots. */
export type Asked = readonly (number | string)[];

/** How a statement is asked with several sets of values at once. */
export interface BatchShape<R> {
  readonly slots: readonly FilledSlot[];
  /** Its answers to each of them in one statement: a row names by `asked_place`, from 1, to which of them it belongs. */
  compile(asked: readonly Asked[]): CompiledQuery<R & { readonly asked_place: number }>;
}

/**
 * The same statement, evaluated for each row of a list of values: begun, planned and sent once, which takes more of the server than
 * to look something up by a key.
 * @throws DatabaseError STATEMENT_VARIES where the text has other parameters than its sources
 */
export const batchShapeOf = <R>(
  query: CompiledQuery<R>,
  sources: readonly Source[],
  slots: readonly FilledSlot[],
): BatchShape<R> => {
  const constants: unknown[] = [];
  let replaced = 0;
  const inner = query.sql.replaceAll(/\$(\d+)/g, (_text, number: string) => {
    const source = sources[Number(number) - 1];
    if (source === undefined)
      throw new DatabaseError('STATEMENT_VARIES', `nothing is known of parameter ${number}`);
    replaced += 1;
    if ('name' in source) return `asked."${source.name}"`;
    constants.push(source.constant);
    return `$${slots.length + constants.length}`;
  });
  if (replaced !== sources.length) throw new DatabaseError('STATEMENT_VARIES', 'a parameter is used twice');
  const lists = slots.map(({ type }, at) => `$${at + 1}::text::${type}[]`).join(', ');
  const columns = [...slots.map(({ name }) => `"${name}"`), 'asked_place'].join(', ');
  const sql = `select asked.asked_place, answer.* from unnest(${lists}) with ordinality as asked (${columns})
  cross join lateral (${inner}) as answer`;
  const compile = (asked: readonly Asked[]) => ({
    ...query,
    sql,
    parameters: [
      ...slots.map((_slot, at) => arrayLiteral(asked.map((one) => String(one[at])))),
      ...constants,
    ],
  });
  return { slots, compile };
};
