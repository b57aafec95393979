const ESCAPE = /\\(?:u0000|ud[89a-f][0-9a-f]{2}|.)/g;

/**
 * JSON for a jsonb parameter. Postgres takes no NUL and no half of a surrogate pair in it; what came from a stranger
 * may hold either, in a value or in a name, and is no reason to lose the statement: U+FFFD stands for them.
 */
export const jsonParameter = (value: unknown): string => {
  const json = JSON.stringify(value);
  // Few texts have either, and looking at each escape of a long one takes as long as writing it.
  if (!json.includes('\\u')) return json;
  // JSON.stringify writes both as escapes, and nothing else that begins so: a real backslash is written as two.
  return json.replace(ESCAPE, (escape) => (/^\\u(?:0000|d)/.test(escape) ? '\\ufffd' : escape));
};
