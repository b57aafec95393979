import type { Things } from './things.ts';

/** How a root field is asked by the matrix. */
export interface Sample {
  /** In failures. Default: the arguments. */
  readonly name?: string;
  /** The text between the parentheses, naming things of somebody. Absent: the field is asked for all there is. */
  readonly args?: (things: Things) => string;
  /** The selection with its braces; nothing for a field without one. */
  readonly select: string;
  /**
   * With `args`: SAME (default) where the owner himself gets another answer about what he follows than about what nobody
   * does. Without: the owner and the stranger get different answers. NOTHING: the answer tells of no account at all. OWN:
   * as SAME, and what it tells was added by the organisation: another that follows the account too gets another answer.
   */
  readonly tells?: 'NOTHING' | 'OWN';
}

/** By root field, as `Query.session`. Each field has one at least. */
export type Samples = Readonly<Record<string, readonly Sample[]>>;

export const documentOf = (
  rootField: string,
  { args, select }: Sample,
  things: Things,
  more = '',
): string => {
  const [type = '', field = ''] = rootField.split('.');
  const given = [args?.(things) ?? '', more].filter((text) => text !== '').join(', ');
  return `${type.toLowerCase()} { ${field}${given === '' ? '' : `(${given})`} ${select} }`;
};

export const titleOf = (rootField: string, { name, args }: Sample, things: Things): string =>
  `${rootField}(${name ?? args?.(things) ?? ''})`;
