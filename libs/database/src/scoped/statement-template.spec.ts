import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sql } from 'kysely';
import type { Db } from '../database.ts';
import { databaseErrorCode } from '../database.error.ts';
import { NUMBER_SLOT, templateOf, TEXT_SLOT } from './statement-template.ts';
import { statementBuilder } from './unscoped.ts';

const build = statementBuilder();

interface Asked {
  readonly network: number;
  readonly account: string;
  readonly label: string | undefined;
  readonly limit: number;
}

const SLOTS = { network: NUMBER_SLOT, account: TEXT_SLOT, label: TEXT_SLOT, limit: NUMBER_SLOT };

/** With a constant among the parameters, one value in two places, and a condition that may be left out. */
const listOf = (db: Db, { network, account, label, limit }: Asked) =>
  db
    .selectFrom('follows')
    .select('label')
    .select(sql<number>`${7}::integer`.as('seven'))
    .where('network_id', '=', network)
    .where('account', '=', account)
    .where((eb) => eb.or([eb('team', '=', 'ops'), eb('cost_centre', '=', account)]))
    .$if(label !== undefined, (qb) => qb.where('label', '=', label ?? null))
    .limit(limit);

const codeOf = (work: () => unknown): string | undefined => {
  try {
    work();
    return 'no error';
  } catch (error) {
    return databaseErrorCode(error);
  }
};

describe('a statement that is compiled once', () => {
  const values = fc.record({
    network: fc.integer(),
    account: fc.string(),
    label: fc.option(fc.string(), { nil: undefined }),
    limit: fc.nat(),
  });

  it('is the one that Kysely compiles each time, whatever is asked, in any order', () => {
    const template = templateOf(SLOTS, listOf);
    fc.assert(
      fc.property(fc.array(values, { minLength: 1, maxLength: 5 }), (all) => {
        for (const asked of all) {
          const { sql: text, parameters } = template(asked).compile(build);
          const each = listOf(build, asked).compile();
          expect([text, parameters]).toEqual([each.sql, each.parameters]);
        }
      }),
    );
  });

  it('is put together twice for each set of values that are there, and never again', () => {
    let made = 0;
    const template = templateOf(SLOTS, (db, asked: Asked) => {
      made += 1;
      return listOf(db, asked);
    });
    const asked = { network: 1, account: 'a', limit: 5 };
    for (let time = 0; time < 3; time += 1) template({ ...asked, label: undefined }).compile(build);
    expect(made).toBe(2);
    for (let time = 0; time < 3; time += 1) template({ ...asked, label: `${time}` }).compile(build);
    expect(made).toBe(4);
  });

  it('belongs to nobody: two that are asked at once do not share values', () => {
    const template = templateOf(SLOTS, listOf);
    const [one, other] = ['a', 'b'].map((account) =>
      template({ network: 1, account, label: undefined, limit: 5 }),
    );
    expect(one?.compile(build).parameters).toContain('a');
    expect(other?.compile(build).parameters).not.toContain('a');
  });

  it('is refused where its text depends on the values', () => {
    const template = templateOf(
      { limit: NUMBER_SLOT },
      (_db, { limit }: { limit: number }) => sql`select ${sql.lit(limit)}, ${limit}`,
    );
    expect(codeOf(() => template({ limit: 1 }).compile(build))).toBe('STATEMENT_VARIES');
  });

  it('is refused where a parameter is worked out of a value', () => {
    const template = templateOf(
      { limit: NUMBER_SLOT },
      (_db, { limit }: { limit: number }) => sql`select ${limit}, ${limit + 1}`,
    );
    expect(codeOf(() => template({ limit: 1 }).compile(build))).toBe('STATEMENT_VARIES');
  });

  it('is refused where a value does not come into it', () => {
    const template = templateOf(
      { limit: NUMBER_SLOT, network: NUMBER_SLOT },
      (_db, { limit }: { limit: number; network: number }) => sql`select ${limit}`,
    );
    expect(codeOf(() => template({ limit: 1, network: 1 }).compile(build))).toBe('STATEMENT_VARIES');
  });
});
