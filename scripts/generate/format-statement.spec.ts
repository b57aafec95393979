import { describe, expect, it } from '@jest/globals';
import { formatStatement } from './format-statement.ts';

describe('formatStatement', () => {
  it('breaks a statement of one line at its clauses, and leaves names, texts and what is in brackets alone', () => {
    const text = `select "a from b" from "t" where "x" = ' where ' and "y" in (select "z" from "u" where 1) limit $1`;
    expect(formatStatement(text)).toBe(
      `select "a from b"\nfrom "t"\nwhere "x" = ' where '\n  and "y" in (select "z" from "u" where 1)\nlimit $1`,
    );
    expect(formatStatement('delete from "t" where "x" = $1')).toBe('delete from "t"\nwhere "x" = $1');
  });

  it('moves a statement of several lines to the margin', () => {
    expect(formatStatement('\n    select 1\n    from t\n      where x')).toBe('select 1\nfrom t\n  where x');
  });
});
