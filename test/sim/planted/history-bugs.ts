import type { CompiledQuery } from 'kysely';
import type { StatementBug } from '../database/faulty-database.ts';
import type { SimConnection } from '../database/sim-driver.ts';
import type { PlantedBug } from './planted-bug.ts';

/** Of the statements in transactions that fill a history, those that match. */
const inHistories = (
  name: string,
  pattern: RegExp,
  change: (query: CompiledQuery, connection: SimConnection) => CompiledQuery | undefined,
  afterCommit?: StatementBug['afterCommit'],
): PlantedBug => ({
  name,
  mode: 'LATE',
  parts: [pattern.source],
  statements: (hit) => ({
    rewrite: (query, connection) => {
      if (!connection.fillsHistory || !pattern.test(query.sql)) return query;
      hit(pattern.source);
      return change(query, connection);
    },
    ...(afterCommit && { afterCommit }),
  }),
});

/** Sent after the commit of the part instead of in its transaction. */
const late = (name: string, pattern: RegExp): PlantedBug => {
  const held = new WeakMap<SimConnection, CompiledQuery[]>();
  return inHistories(
    name,
    pattern,
    (query, connection) => {
      held.set(connection, [...(held.get(connection) ?? []), query]);
      return undefined;
    },
    (connection) => {
      const queries = held.get(connection) ?? [];
      held.delete(connection);
      return queries;
    },
  );
};

/** A statement of the roll-back that is not sent. */
const kept = (name: string, pattern: RegExp): PlantedBug => ({
  name,
  mode: 'LATE',
  parts: [pattern.source],
  statements: (hit) => ({
    rewrite: (query) => {
      if (!pattern.test(query.sql)) return query;
      hit(pattern.source);
      return undefined;
    },
  }),
});

/** The last of the values of `insert into coverage`. */
const oneBlockFurther = (query: CompiledQuery): CompiledQuery => ({
  ...query,
  parameters: query.parameters.with(-1, Number(query.parameters.at(-1)) + 1),
});

/** Bugs of the kind that filling a history has, where it is killed, moved under or begun again. */
export const HISTORY_BUGS: readonly PlantedBug[] = [
  late('uses of a history not in the transaction that claims them', /insert into "?uses"?\s/),
  inHistories(
    'a part of a history claims the block behind it too',
    /^insert into "coverage"/,
    oneBlockFurther,
  ),
  kept(
    'a part of a history kept after a reorg below it',
    /^\s*delete from "coverage"[^$]*\$1[^$]*account in/,
  ),
];
