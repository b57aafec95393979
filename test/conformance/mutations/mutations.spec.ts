import { describe, expect, it } from '@jest/globals';
import { sourceOf } from '../../../contracts/sources.ts';
import { applyMutation, MUTATIONS } from './mutations.ts';

describe('the mutations of the Cairo account', () => {
  it('are ten, each another rule', () => {
    expect(new Set(MUTATIONS.map(({ rule }) => rule)).size).toBe(10);
  });

  it.each(MUTATIONS)('changes one place of the source: $rule', async (mutation) => {
    const source = await sourceOf('session_account_spend');
    expect(applyMutation(source, mutation)).not.toBe(source);
  });
});
