/** What a spreadsheet takes for the beginning of a formula or a command, and U+2212, which some type for a minus. */
const FORMULA = /^[=+\-@|%\u2212]/u;
/** Skipped by somebody before he looks: white space, what is not seen, marks without a letter, quotes. */
const SKIPPED = /^[\s\p{C}\p{Z}\p{M}"'`]*/u;
const PLAIN = /^[\p{L}\p{N}][\p{L}\p{N} ._()/#-]*$/u;
/** What some spreadsheet divides cells by, whatever divides ours: behind each of them a cell may begin. */
const DIVIDERS = /([;,\t\r\n\v\f\u0085\u2028\u2029|])/u;

/**
 * Text that people or contracts wrote, so that no spreadsheet runs it: a `'` before each beginning of a formula, written in
 * full-width or small forms too. Text that begins none is left as it is.
 */
export const neutralText = (text: string): string => {
  if (PLAIN.test(text)) return text;
  const parts = text.split(DIVIDERS);
  return parts
    .map((part, at) => (at % 2 === 0 && beginsFormula(part, parts[at + 1]) ? `'${part}` : part))
    .join('');
};

/**
 * As it is written, and as it reads in its compatible form: what is skipped there may not be here, and a mark behind an `=` makes
 * another sign of both. A divider that is itself one of those characters begins a formula where nothing is before it.
 */
const beginsFormula = (part: string, divider: string | undefined): boolean => {
  const seen = [part, part.normalize('NFKC')].map((text) => text.replace(SKIPPED, ''));
  if (seen.some((rest) => FORMULA.test(rest))) return true;
  return seen.includes('') && divider !== undefined && /^[|\t\r\n]/u.test(divider);
};

/** A cell as RFC 4180 writes it. */
export const csvCell = (text: string): string =>
  /[",\r\n;\t']/u.test(text) || /^\s|\s$/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
