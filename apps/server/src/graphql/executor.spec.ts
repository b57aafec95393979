import { describe, expect, it } from '@jest/globals';
import { buildSchema, OperationTypeNode, parse } from 'graphql';
import { pino } from 'pino';
import { type Admitted } from './admission/admission.ts';
import { Executor } from './executor.ts';
import { contextOf } from './request-context.ts';

const schema = buildSchema('type Query { name: String }');
const admitted: Admitted = {
  operation: {
    ...{ name: undefined, kind: OperationTypeNode.QUERY, text: '{ name }', document: parse('{ name }') },
    ...{ variables: [], asksForSchema: false, fields: 1, isCompilable: true, costOf: () => 1 },
  },
  ...{ variables: undefined, cost: 1 },
  budget: { isAllowed: true, perMinute: 1, remaining: 0, retryAfterSeconds: 0, resetSeconds: 0 },
};
const context = () => contextOf({ principal: undefined, address: '' }, 'id', 1);

describe('what runs', () => {
  const over = (run: () => Promise<never>) =>
    new Executor({ schema: () => schema, logger: pino({ level: 'silent' }), run });

  it('is given up when something hangs that no statement is', async () => {
    await expect(over(() => new Promise(() => undefined)).answer(admitted, context())).rejects.toMatchObject({
      code: 'TIMEOUT',
      statusCode: 504,
      retryable: true,
    });
  });

  it('fails as it failed, where it did so in time', async () => {
    await expect(over(() => Promise.reject(new Error('x'))).answer(admitted, context())).rejects.toThrow('x');
  });
});
