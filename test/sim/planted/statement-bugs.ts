import type { CompiledQuery } from 'kysely';
import type { StatementBug } from '../database/faulty-database.ts';
import type { SimConnection } from '../database/sim-driver.ts';
import type { PlantedBug } from './planted-bug.ts';

type Rewrite = (query: CompiledQuery) => CompiledQuery | undefined;

const rewriting = (name: string, rewrite: Rewrite): PlantedBug => ({ name, statements: () => ({ rewrite }) });

const forgetting = (name: string, ...patterns: readonly RegExp[]): PlantedBug =>
  rewriting(name, (query) => (patterns.some((pattern) => pattern.test(query.sql)) ? undefined : query));

const changing = (
  name: string,
  pattern: RegExp,
  change: (query: CompiledQuery) => Partial<CompiledQuery>,
): PlantedBug =>
  rewriting(name, (query) => (pattern.test(query.sql) ? { ...query, ...change(query) } : query));

/** Sends a statement after the commit instead of in the transaction. */
const late = (name: string, pattern: RegExp): PlantedBug => ({
  name,
  statements: (): StatementBug => {
    const held = new Map<SimConnection, CompiledQuery[]>();
    return {
      rewrite: (query, connection) => {
        if (!pattern.test(query.sql)) return query;
        held.set(connection, [...(held.get(connection) ?? []), query]);
        return undefined;
      },
      afterCommit: (connection) => {
        const queries = held.get(connection) ?? [];
        held.delete(connection);
        return queries;
      },
    };
  },
});

const CUTS_VERSIONS = /^\s*with gone as \(\s*delete from "(session|policy|account)_versions"/;

export const STATEMENT_BUGS: readonly PlantedBug[] = [
  forgetting('roll back skipped', CUTS_VERSIONS),
  forgetting('session versions not cut', /delete from "session_versions"/),
  forgetting('policy versions not cut', /delete from "policy_versions"/),
  changing('versions that a reorg ended stay ended', CUTS_VERSIONS, ({ sql }) => ({
    sql: sql.replace('set valid_to_block = null', 'set valid_to_block = version.valid_to_block'),
  })),
  forgetting('orphans not marked', /^update "blocks" set "canonical"/),
  forgetting(
    'accounts read from an orphan stay followed',
    /^update "accounts" set "status" = \$1, "followed_from_block"/,
  ),
  changing('versions cut one block too high', CUTS_VERSIONS, ({ sql }) => ({
    sql: sql.replace('valid_from_block > $2::bigint', 'valid_from_block > $2::bigint + 1'),
  })),
  late('cursor not in the transaction', /^update "cursors"/),
  late('versions not in the transaction', /insert into session_versions/),
  changing('facts appended twice', /insert into facts/, ({ sql }) => ({
    sql: sql
      .replace('r.event_index, r.block_number', 'r.event_index + twice.shift, r.block_number')
      .replace('on conflict', 'cross join (values (0), (700000)) as twice(shift) on conflict'),
  })),
  changing('one fact of a run lost', /insert into facts/, ({ sql }) => ({
    sql: sql.replace('on conflict', 'offset 1 on conflict'),
  })),
  forgetting('blocks finalized in memory only', /^update "blocks" set "finality"/),
  { name: 'a lost commit taken for a good one', trustsLostCommits: true },
];
