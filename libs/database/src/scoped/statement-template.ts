import type { CompiledQuery } from 'kysely';
import { DatabaseError } from '../database.error.ts';
import type { Db } from '../database.ts';
import { type BatchShape, batchShapeOf, type Source } from './batch-shape.ts';
import type { ScopedStatement } from './scoped-db.ts';

/** One value that a statement is asked with, again and again another one. */
export interface Slot<Value> {
  /** Of the parameter, as the server calls it. */
  readonly type: 'bigint' | 'text';
  /** A value of that kind out of a number, of two numbers two values, and none that stands in a statement by itself. */
  readonly sample: (number: number) => Value;
  /** The parameter that the statement makes of a value. */
  readonly print: (value: Value) => number | string;
}

/** A count, an id or a block, up to 2^53: compared with columns of either width. */
export const NUMBER_SLOT: Slot<number> = {
  type: 'bigint',
  sample: (number) => number,
  print: (value) => value,
};
export const TEXT_SLOT: Slot<string> = {
  type: 'text',
  sample: (number) => `sample ${number}`,
  print: (value) => value,
};

export type Slots<Values> = {
  readonly [Name in keyof Values]-?: Slot<Exclude<Values[Name], undefined>>;
};

/** A statement that several may be asked with at once. */
export interface TemplateStatement<R> extends ScopedStatement<R> {
  /** How it is asked with several, the same object each time, and what it is asked with here, in the order of `shape.slots`. */
  partOf(executor: Db): { readonly shape: BatchShape<R>; readonly values: readonly (number | string)[] };
}

interface Compiled<R> {
  readonly query: CompiledQuery<R>;
  readonly sources: readonly Source[];
  readonly shape: BatchShape<R>;
}

/** Any two that differ, far from what statements have in them. */
const FIRST_SAMPLE = 1_515_870_811;
const SECOND_SAMPLE = 1_684_300_901;

/**
 * A statement that is put together and compiled once, and from then on only given its values: Kysely takes longer to compile
 * a statement of some length than the server to answer it. Values that may be undefined make a statement of their own each time they
 * are there or not; apart from that `make` must not look at them, only pass them on as parameters. Which parameter is whose is found by
 * compiling twice with different samples. What comes out is run like every other statement: by `ScopedDb`, for somebody.
 * @throws DatabaseError STATEMENT_VARIES, on the first compile, where something else than the parameters depends on the values
 */
export const templateOf = <Values extends object, R>(
  slots: Slots<Values>,
  make: (build: Db, values: Values) => ScopedStatement<R>,
): ((values: Values) => TemplateStatement<R>) => {
  const template = new Template<R>(slots as Slots<Record<string, unknown>>, (build, values) =>
    make(build, values as Values),
  );
  return (values) => ({
    compile: (build) => template.compile(build, values as Readonly<Record<string, unknown>>),
    partOf: (build) => template.partOf(build, values as Readonly<Record<string, unknown>>),
  });
};

type Values = Readonly<Record<string, unknown>>;
type Make<R> = (build: Db, values: Values) => ScopedStatement<R>;

class Template<R> {
  readonly #slots: Slots<Record<string, unknown>>;
  readonly #make: Make<R>;
  readonly #names: readonly string[];
  readonly #shapes = new Map<string, Compiled<R>>();

  constructor(slots: Slots<Record<string, unknown>>, make: Make<R>) {
    this.#slots = slots;
    this.#make = make;
    this.#names = Object.keys(slots);
  }

  compile(build: Db, values: Values): CompiledQuery<R> {
    const { query, sources } = this.#shapeOf(build, values);
    const parameters = sources.map((source) =>
      'constant' in source ? source.constant : this.#slotOf(source.name).print(values[source.name]),
    );
    return { ...query, parameters };
  }

  partOf(build: Db, values: Values): ReturnType<TemplateStatement<R>['partOf']> {
    const { shape } = this.#shapeOf(build, values);
    return { shape, values: shape.slots.map(({ name }) => this.#slotOf(name).print(values[name])) };
  }

  #slotOf(name: string): Slot<unknown> {
    const slot = this.#slots[name];
    if (slot === undefined) throw varies(`it has no slot for ${name}`);
    return slot;
  }

  #shapeOf(build: Db, values: Values): Compiled<R> {
    let shape = '';
    for (const name of this.#names) shape += values[name] === undefined ? '0' : '1';
    const known = this.#shapes.get(shape);
    if (known !== undefined) return known;
    const compiled = this.#compileShape(
      build,
      this.#names.filter((name) => values[name] !== undefined),
    );
    this.#shapes.set(shape, compiled);
    return compiled;
  }

  #compileShape(build: Db, names: readonly string[]): Compiled<R> {
    const [first, second] = [
      this.#probe(build, names, FIRST_SAMPLE),
      this.#probe(build, names, SECOND_SAMPLE),
    ];
    const [query, other] = [first.query, second.query];
    const isSame = query.sql === other.sql && query.parameters.length === other.parameters.length;
    if (!isSame) throw varies('its text depends on the values');
    const sources = query.parameters.map((parameter, at): Source => {
      const again = other.parameters[at];
      const name = names.find((each) => first.printed[each] === parameter && second.printed[each] === again);
      if (name !== undefined) return { name };
      if (parameter !== again) throw varies(`its parameter ${at + 1} is worked out of the values`);
      return { constant: parameter };
    });
    const unused = names.filter(
      (each) => !sources.some((source) => 'name' in source && source.name === each),
    );
    if (unused.length > 0) throw varies(`it has no parameter of ${unused.join(', ')}`);
    const filled = names.map((name) => ({ name, type: this.#slotOf(name).type }));
    return { query, sources, shape: batchShapeOf(query, sources, filled) };
  }

  #probe(build: Db, names: readonly string[], from: number) {
    const samples = Object.fromEntries(
      names.map((name, at) => [name, this.#slotOf(name).sample(from + at)] as const),
    );
    const printed = Object.fromEntries(
      names.map((name) => [name, this.#slotOf(name).print(samples[name])] as const),
    );
    return { query: this.#make(build, samples).compile(build), printed };
  }
}

export const varies = (why: string): DatabaseError =>
  new DatabaseError('STATEMENT_VARIES', `a statement cannot be compiled once: ${why}`);
