import { describe, expect, it } from '@jest/globals';
import { graphql, GraphQLNonNull, GraphQLObjectType, GraphQLSchema, printSchema } from 'graphql';
import fc from 'fast-check';
import { addIsoTimes, timestampBehind } from './iso-times.ts';
import { isoTime } from './scalars/date-time.scalar.ts';
import { CountScalar, TimestampScalar } from './scalars/integer.scalars.ts';

const schemaOf = (values: object) =>
  addIsoTimes(
    new GraphQLSchema({
      query: new GraphQLObjectType({
        name: 'Query',
        fields: {
          at: { type: new GraphQLNonNull(TimestampScalar), resolve: () => 1_795_303_667n },
          end: { type: TimestampScalar },
          count: { type: CountScalar },
          ...values,
        },
      }),
    }),
  );

describe('times in ISO 8601', () => {
  it('stand beside every time in seconds', async () => {
    const { data } = await graphql({
      schema: schemaOf({}),
      source: '{ at atIso end endIso }',
      rootValue: { end: null },
    });
    expect(data).toEqual({ at: '1795303667', atIso: '2026-11-21T23:27:47Z', end: null, endIso: null });
  });

  it('are in the printed schema, with what they say, and nowhere else', () => {
    const text = printSchema(schemaOf({}));
    expect(text).toContain('scalar DateTime');
    expect(text.match(/\w+Iso: DateTime/g)).toEqual(['atIso: DateTime', 'endIso: DateTime']);
  });

  it('are null beyond the year 9999, which an expiry may be', () => {
    expect(isoTime(253_402_300_799n)).toBe('9999-12-31T23:59:59Z');
    expect(isoTime(253_402_300_800n)).toBeNull();
    expect(isoTime((1n << 64n) - 1n)).toBeNull();
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 253_402_300_799n }), (seconds) => {
        expect(Date.parse(isoTime(seconds) ?? '')).toBe(Number(seconds) * 1_000);
      }),
    );
  });

  it('are known by name and types', () => {
    const fields = schemaOf({ countIso: { type: CountScalar } })
      .getQueryType()!
      .getFields();
    expect(timestampBehind(fields, 'atIso')).toBe('at');
    for (const name of ['at', 'count', 'countIso', 'Iso', 'nothing'])
      expect(timestampBehind(fields, name)).toBeUndefined();
  });
});
