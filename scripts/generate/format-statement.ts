const BREAK_BEFORE =
  /^(from|where|inner join|left join|cross join|group by|order by|limit|offset|values|set|returning|on conflict|do update|union all|union|for update|having|window)\b/i;
const CONTINUE_BEFORE = /^(and|or|on)\b/i;

/** Breaks a statement that Kysely put on one line at its clauses. One that has line breaks is only moved to the margin. */
export const formatStatement = (text: string): string =>
  text.includes('\n') ? dedent(text) : breakClauses(text);

const dedent = (text: string): string => {
  const lines = text.split('\n').map((line) => line.trimEnd());
  const content = lines.filter((line) => line !== '');
  const rest = content.filter((line) => line.startsWith(' '));
  const margin = Math.min(...rest.map((line) => line.length - line.trimStart().length));
  return content.map((line) => (line.startsWith(' ') ? line.slice(margin) : line)).join('\n');
};

const breakClauses = (text: string): string => {
  let depth = 0;
  let quote = '';
  let formatted = '';
  for (const [index, letter] of [...text].entries()) {
    if (quote !== '') quote = letter === quote ? '' : quote;
    else if (letter === '"' || letter === "'") quote = letter;
    else if (letter === '(') depth += 1;
    else if (letter === ')') depth -= 1;
    formatted +=
      letter === ' ' && quote === '' && depth === 0 ? separatorBefore(text.slice(index + 1)) : letter;
  }
  return formatted.replace(/^delete\nfrom/, 'delete from');
};

const separatorBefore = (rest: string): string => {
  if (BREAK_BEFORE.test(rest)) return '\n';
  return CONTINUE_BEFORE.test(rest) ? '\n  ' : ' ';
};
