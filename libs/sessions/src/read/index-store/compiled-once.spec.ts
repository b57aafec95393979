import { describe, expect, it } from '@jest/globals';
import { type Db, recordStatements } from '#libs/database';
import { toAddress, toSessionKey } from '#libs/felt';
import fc from 'fast-check';
import type { CompiledQuery } from 'kysely';
import { ALL_USE_COLUMNS, columnsFor } from '../../uses/read/use-columns.ts';
import { plainUseListOf, useListStatement } from '../../uses/read/uses.statement.ts';
import { sessionListOf, sessionListStatement } from './session-list.statement.ts';
import { sessionLookupNow, sessionLookupStatement } from './session-lookup.statement.ts';

/** Something that builds statements and runs none. */
const builder = async (): Promise<Db> => {
  const built = Promise.withResolvers<Db>();
  await recordStatements({
    run: (trx) => {
      built.resolve(trx);
      return trx.selectFrom('blocks').selectAll().execute();
    },
  });
  return built.promise;
};

const textOf = ({ sql, parameters }: CompiledQuery) => ({ sql, parameters });

const number = fc.integer({ min: 0, max: 2_147_483_647 });
const felt = fc.bigInt(1n, 2n ** 250n);
const account = felt.map(toAddress);
const sessionKey = felt.map(toSessionKey);
const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });

/** What is compiled once is the very statement that src/queries shows. */
describe('statements that are compiled once', () => {
  it('look up the session that is asked for', async () => {
    const db = await builder();
    fc.assert(
      fc.property(number, account, sessionKey, (networkId, of, key) => {
        expect(textOf(sessionLookupNow({ networkId, account: of, key }).compile(db))).toEqual(
          textOf(sessionLookupStatement(db, networkId, of, key, undefined).compile()),
        );
      }),
    );
  });

  it('list the keys of the account, or of whatever else is asked', async () => {
    const db = await builder();
    const query = fc.record({
      at: fc.constantFrom(undefined, { kind: 'BLOCK', blockNumber: 1 } as const),
      account: maybe(account),
      statuses: fc.constantFrom(undefined, ['ACTIVE'] as const),
      expiresBeforeSeconds: maybe(felt),
      order: fc.constantFrom('ACCOUNT_ASC', 'VALID_UNTIL_ASC', 'REMAINING_CALLS_ASC'),
      after: fc.constantFrom(undefined, ['1', '0x1', '0x2'] as const),
      limit: number,
    });
    fc.assert(
      fc.property(number, query, (networkId, asked) => {
        expect(textOf(sessionListOf(db, networkId, asked).compile(db))).toEqual(
          textOf(sessionListStatement(db, networkId, asked).compile()),
        );
      }),
    );
  });

  it('list the uses of the key, from page to page', async () => {
    const db = await builder();
    const digits = number.map(String);
    const query = fc.record({
      account,
      sessionKey: maybe(sessionKey),
      outcomes: fc.constantFrom(undefined, ['REVERTED'] as const),
      path: fc.constantFrom(undefined, 'INVOKE' as const),
      fromBlock: maybe(number),
      toBlock: maybe(number),
      after: maybe(fc.tuple(digits, digits, digits)),
      limit: number,
      columns: fc.constantFrom(ALL_USE_COLUMNS, columnsFor(new Set(['outcome']), new Set())),
    });
    fc.assert(
      fc.property(number, query, (networkId, asked) => {
        const plain = plainUseListOf(networkId, asked);
        expect(plain === undefined).toBe(asked.outcomes !== undefined || asked.path !== undefined);
        if (plain === undefined) return;
        expect(textOf(plain.compile(db))).toEqual(textOf(useListStatement(db, networkId, asked).compile()));
      }),
    );
  });

  it('read the columns that a page of uses is asked with, by sixteen texts at most', async () => {
    const db = await builder();
    const asked = { account: toAddress(1n), sessionKey: undefined, fromBlock: undefined, toBlock: undefined };
    const rest = { outcomes: undefined, path: undefined, after: undefined, limit: 21 };
    const texts = new Set<string>();
    fc.assert(
      fc.property(fc.subarray([...ALL_USE_COLUMNS]), (columns) => {
        const text = plainUseListOf(1, { ...asked, ...rest, columns })?.compile(db).sql ?? '';
        texts.add(text);
        for (const column of columns) expect(text).toContain(`"${column}"`);
      }),
    );
    expect(texts.size).toBeGreaterThan(10);
    expect(texts.size).toBeLessThanOrEqual(16);
  });
});
