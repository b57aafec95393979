import { describe, expect, it } from '@jest/globals';
import { CompiledQuery } from 'kysely';
import { questionOf, SharedAnswers } from './shared-answers.ts';

const answer = (mark: string, rows: readonly unknown[] = []) => ({ mark, rows: Promise.resolve(rows) });

describe('answers that are shared', () => {
  it('are given for the snapshot in which they were read, and for no other', () => {
    const answers = new SharedAnswers(2);
    const first = answer('1:1:');
    answers.keep('q', first);
    expect(answers.find('q', '1:1:')).toBe(first);
    expect(answers.find('q', '1:2:')).toBeUndefined();
    expect(answers.find('p', '1:1:')).toBeUndefined();
  });

  it('give way to those that were asked for last', () => {
    const answers = new SharedAnswers(2);
    for (const question of ['a', 'b']) answers.keep(question, answer('m'));
    answers.find('a', 'm');
    answers.keep('c', answer('m'));
    expect(['a', 'b', 'c'].filter((question) => answers.find(question, 'm'))).toEqual(['a', 'c']);
  });

  it('are forgotten where they failed, but not the newer one', async () => {
    const answers = new SharedAnswers(2);
    const failed = { mark: 'm', rows: Promise.reject(new Error('no')) };
    answers.keep('q', failed);
    const newer = answer('n');
    answers.keep('p', { mark: 'm', rows: Promise.reject(new Error('no')) });
    answers.keep('p', newer);
    await new Promise((resolve) => setImmediate(resolve));
    expect(answers.find('q', 'm')).toBeUndefined();
    expect(answers.find('p', 'n')).toBe(newer);
  });

  it('are of other questions where scope, text or arguments differ, and of the same where only the time does', () => {
    const of = (parameters: unknown[], only?: { accounts: string[]; labels: string[] }, organisationId = 1) =>
      questionOf({ organisationId, ...(only && { only }) }, CompiledQuery.raw('select 1', parameters));
    const all = [
      of([]),
      of([1]),
      of(['1']),
      of([1n]),
      of([['1', '2']]),
      of(['1', '2']),
      of([null]),
      of([], { accounts: [], labels: [] }),
      of([], { accounts: ['x'], labels: [] }),
      of([], { accounts: [], labels: ['x'] }),
      of([], undefined, 2),
    ];
    expect(new Set(all).size).toBe(all.length);
    const query = CompiledQuery.raw('select 1');
    expect(questionOf({ organisationId: 1, deadlineAtMs: 5 }, query)).toBe(
      questionOf({ organisationId: 1 }, query),
    );
  });
});
