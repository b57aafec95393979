import type { CompiledQuery } from 'kysely';
import type { StatementBug } from '../database/faulty-database.ts';
import type { SimConnection } from '../database/sim-driver.ts';
import type { PlantedBug } from './planted-bug.ts';

/** The statement is not sent. */
const forgetting = (name: string, pattern: RegExp): PlantedBug => ({
  name,
  parts: [pattern.source],
  statements: (hit) => ({
    rewrite: (query) => {
      if (!pattern.test(query.sql)) return query;
      hit(pattern.source);
      return undefined;
    },
  }),
});

/** Texts of the statement are others: each of them has to be there. */
const changing = (
  name: string,
  pattern: RegExp,
  ...replacements: readonly (readonly [from: string, to: string])[]
): PlantedBug => ({
  name,
  parts: replacements.map(([from]) => from),
  statements: (hit) => ({
    rewrite: (query) => {
      if (!pattern.test(query.sql)) return query;
      let { sql } = query;
      for (const [from, to] of replacements) {
        if (!sql.includes(from)) continue;
        hit(from);
        sql = sql.replace(from, to);
      }
      return { ...query, sql };
    },
  }),
});

/** Sends a statement after the commit instead of in the transaction. */
const late = (name: string, pattern: RegExp): PlantedBug => ({
  name,
  parts: [pattern.source],
  statements: (hit): StatementBug => {
    const held = new Map<SimConnection, CompiledQuery[]>();
    return {
      rewrite: (query, connection) => {
        if (!pattern.test(query.sql)) return query;
        hit(pattern.source);
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
const LOST_COMMIT = 'a commit of unknown outcome';

const FROM_WHEREVER = changing(
  'cursor moved from wherever it is',
  /^update "cursors" set "block_number"/,
  ['"block_number" = $4 and "block_hash" = $5', `$4::bigint >= 0 and $5::text <> ''`],
  ['"generation" = coalesce', '"generation" >= 0 or "generation" = coalesce'],
);

export const STATEMENT_BUGS: readonly PlantedBug[] = [
  forgetting('roll back skipped', CUTS_VERSIONS),
  forgetting('session versions not cut', /delete from "session_versions"/),
  forgetting('policy versions not cut', /delete from "policy_versions"/),
  changing('versions that a reorg ended stay ended', CUTS_VERSIONS, [
    'set valid_to_block = null',
    'set valid_to_block = version.valid_to_block',
  ]),
  forgetting('orphans not marked', /^update "blocks" set "canonical"/),
  {
    ...forgetting(
      'accounts read from an orphan stay followed',
      /^update "accounts" set "status" = \$1, "followed_from_block"/,
    ),
    mode: 'BY_NAME',
  },
  changing('versions cut one block too high', CUTS_VERSIONS, [
    'valid_from_block > $2::bigint',
    'valid_from_block > $2::bigint + 1',
  ]),
  forgetting('uses of an orphan stay', /delete from "?uses"?\s/),
  forgetting('debits of an orphan stay', /delete from "?debits"?\s/),
  late('cursor not in the transaction', /^update "cursors" set "block_number"/),
  FROM_WHEREVER,
  late('versions not in the transaction', /insert into session_versions/),
  late('uses not in the transaction', /insert into "?uses"?\s/),
  changing(
    'facts appended twice',
    /insert into facts/,
    ['r.event_index, r.block_number', 'r.event_index + twice.shift, r.block_number'],
    ['on conflict', 'cross join (values (0), (700000)) as twice(shift) on conflict'],
  ),
  changing('one fact of a run lost', /insert into facts/, ['on conflict', 'offset 1 on conflict']),
  forgetting('blocks finalized in memory only', /^update "blocks" set "finality"/),
  {
    // By itself it does no harm: the next commit finds the cursor elsewhere and begins again from there.
    ...FROM_WHEREVER,
    name: 'a lost commit taken for a good one, and the cursor for where it should be',
    parts: [...FROM_WHEREVER.parts, LOST_COMMIT],
    trustsLostCommits: LOST_COMMIT,
  },
];
