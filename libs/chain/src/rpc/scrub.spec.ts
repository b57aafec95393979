import { describe, expect, it } from '@jest/globals';
import { scrub } from './scrub.ts';

describe('scrub', () => {
  it('takes every part that may be a key out of a text', () => {
    const url = 'https://user-name:pw@rpc.example/v2/SECRET%2FKEY/rpc?token=TOKEN1';
    const text = 'at /v2/SECRET%2FKEY or SECRET/KEY with TOKEN1, user-name and pw';
    expect(scrub(text, url)).toBe('at /v2/*** or *** with ***, *** and ***');
  });

  it('leaves ordinary words of a path alone', () => {
    expect(scrub('the rpc answered', 'http://127.0.0.1/rpc')).toBe('the rpc answered');
  });
});
