import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { withDatabase } from '#libs/testing';
import { connectPostgres, type Sql } from '../index.ts';
import { arrayLiteral, openingOf, sqlLiteral } from './scope-prefix.ts';

/** Any text without a zero byte, and often what quoting stumbles over. Lone surrogates have no UTF-8. */
const texts = fc
  .oneof(
    fc.string({ unit: 'binary' }),
    fc.string({
      unit: fc.constantFrom(
        "'",
        '"',
        '\\',
        '{',
        '}',
        ',',
        ' ',
        ';',
        '$',
        'E',
        'x',
        '\n',
        '\u2019',
        'NULL',
        '--',
        '/*',
      ),
    }),
  )
  .map((text) => text.replaceAll('\0', '').toWellFormed());

describe('quoting of a scope', () => {
  const database = withDatabase();

  for (const conforming of ['on', 'off']) {
    describe(`with standard_conforming_strings ${conforming}`, () => {
      let connection: Sql;
      // As one text: what the driver makes of arrays must not hide a fault of ours.
      const ask = async (expression: string): Promise<unknown> => {
        const [row] = await connection.unsafe(`select ${expression} as said`);
        return row?.['said'];
      };

      beforeAll(async () => {
        connection = connectPostgres({ url: database.url, maxConnections: 1 });
        await connection.unsafe(`set standard_conforming_strings = ${conforming}`);
      });

      afterAll(() => connection.end());

      it('gives the server every text as it is', async () => {
        await fc.assert(
          fc.asyncProperty(texts, async (text) => {
            expect(await ask(sqlLiteral(text))).toBe(text);
          }),
          { numRuns: 500 },
        );
      });

      it('gives it every list as it is', async () => {
        await fc.assert(
          fc.asyncProperty(fc.array(texts, { maxLength: 5 }), async (list) => {
            const literal = sqlLiteral(arrayLiteral(list));
            expect(await ask(`to_jsonb(${literal}::text[])`)).toEqual(list);
          }),
          { numRuns: 500 },
        );
      });
    });
  }

  it('says no more than the settings, whatever they contain', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(texts, { maxLength: 3 }), async (labels) => {
        const opening = openingOf('begin', {
          'purser.organisation': '7',
          'purser.scope_labels': arrayLiteral(labels),
        });
        const results = await database.sql.begin(async (trx) => {
          await trx.unsafe(opening.replace(/^begin; /, ''));
          return trx`select current_organisation() as organisation, to_jsonb(scope_list('purser.scope_labels')) as labels`;
        });
        expect(results).toEqual([{ organisation: 7, labels }]);
      }),
      { numRuns: 200 },
    );
  });
});
