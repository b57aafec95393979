import { describe, expect, it } from '@jest/globals';
import { DatabaseError, toDatabaseError } from './database.error.ts';

const thrown = (code: string, syscall?: string): Error =>
  Object.assign(new Error(code), { code, ...(syscall !== undefined && { syscall }) });

describe('what the driver throws', () => {
  it.each([
    ['EHOSTUNREACH', 'connect', 'CONNECTION_FAILED'],
    ['ENETUNREACH', 'connect', 'CONNECTION_FAILED'],
    ['ENETUNREACH', 'read', 'CONNECTION_FAILED'],
    ['EAI_AGAIN', 'getaddrinfo', 'CONNECTION_FAILED'],
    ['ENOTFOUND', 'getaddrinfo', 'CONNECTION_FAILED'],
    ['ENOENT', 'connect', 'CONNECTION_FAILED'],
    ['EMFILE', 'connect', 'CONNECTION_FAILED'],
    ['EPIPE', 'write', 'CONNECTION_LOST'],
    ['ECONNABORTED', 'write', 'CONNECTION_LOST'],
    ['28P01', undefined, 'CONNECTION_FAILED'],
    ['3D000', undefined, 'CONNECTION_FAILED'],
  ])('%s of %s passes, as %s', (code, syscall, expected) => {
    const error = toDatabaseError(thrown(code, syscall));
    expect(error).toBeInstanceOf(DatabaseError);
    expect(error).toMatchObject({ code: expected, retryable: true });
  });

  it('takes no file for a database', () => {
    const error = thrown('ENOENT', 'open');
    expect(toDatabaseError(error)).toBe(error);
  });
});
