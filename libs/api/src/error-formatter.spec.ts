import { describe, expect, it } from '@jest/globals';
import { FeltError } from '#libs/felt';
import { GraphQLError } from 'graphql';
import { ERROR_CODES } from './error-codes/index.ts';
import { formatErrors } from './error-formatter.ts';
import { printErrorsPage } from './errors-page.ts';
import { PurserError } from './purser.error.ts';

const inField = (originalError: Error) =>
  new GraphQLError(originalError.message, { originalError, path: ['session'] });
const one = (error: unknown) => formatErrors([error], 'request-1', false);

describe('an error that leaves the service', () => {
  it('keeps code, details and whether to try again', () => {
    const cause = new Error('the secret url');
    const { errors, internal } = one(
      inField(
        new PurserError('NODE_UNAVAILABLE', 'No answer.', { cause, details: { reason: 'RPC_TIMEOUT' } }),
      ),
    );
    expect(errors).toEqual([
      {
        message: 'No answer.',
        path: ['session'],
        extensions: { code: 'NODE_UNAVAILABLE', retryable: true, details: { reason: 'RPC_TIMEOUT' } },
      },
    ]);
    expect(internal).toEqual([]);
  });

  it('is INTERNAL with the request id, and nothing of its text, where it has no code', () => {
    const fault = new TypeError('password=hunter2');
    const { errors, internal, statusCode } = one(inField(fault));
    expect(errors[0]?.extensions).toEqual({
      code: 'INTERNAL',
      retryable: false,
      details: { requestId: 'request-1' },
    });
    expect(JSON.stringify(errors)).not.toContain('hunter2');
    expect(internal).toEqual([fault]);
    expect(statusCode).toBe(500);
  });

  it('does not take a code of its own from a library', () => {
    const foreign = Object.assign(new Error('ECONNREFUSED 10.0.0.1'), {
      extensions: { code: 'ECONNREFUSED' },
    });
    expect(one(inField(foreign)).errors[0]?.extensions?.['code']).toBe('INTERNAL');
  });

  it('names bad input by what was wrong with it', () => {
    expect(one(inField(new FeltError('INVALID_ADDRESS', 'no'))).errors[0]?.extensions?.['code']).toBe(
      'INVALID_ADDRESS',
    );
    expect(one(new GraphQLError('Syntax Error: x')).errors[0]?.extensions?.['code']).toBe('BAD_QUERY');
    expect(one(new GraphQLError('Variable "$a" got invalid value')).errors[0]?.extensions?.['code']).toBe(
      'BAD_INPUT',
    );
  });

  it('cuts a long message', () => {
    expect(one(new GraphQLError('x'.repeat(9_999))).errors[0]?.message.length).toBeLessThan(600);
  });

  it('leaves the status at 200 once anything was executed', () => {
    expect(formatErrors([inField(new Error('x'))], 'id', true).statusCode).toBe(200);
    expect(one(new GraphQLError('x')).statusCode).toBe(400);
  });
});

describe('the page of error codes', () => {
  it('names every code', () => {
    const page = printErrorsPage();
    for (const code of Object.keys(ERROR_CODES)) expect(page).toContain(`| \`${code}\` |`);
  });
});
