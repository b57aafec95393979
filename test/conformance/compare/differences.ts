import type { Json } from '#libs/testing';

/** Where two answers part: a path into them and what each has there. */
export interface Difference {
  readonly path: string;
  readonly left: Json | undefined;
  readonly right: Json | undefined;
}

/** All differences of two JSON values, field by field; none means equal. */
export const differences = (
  left: Json | undefined,
  right: Json | undefined,
  path = '',
): readonly Difference[] => {
  if (isList(left) && isList(right)) {
    const length = Math.max(left.length, right.length);
    return Array.from({ length }, (_, at) => differences(left[at], right[at], `${path}[${at}]`)).flat();
  }
  if (isObject(left) && isObject(right)) {
    const names = new Set([...Object.keys(left), ...Object.keys(right)]);
    return [...names].flatMap((name) =>
      differences(left[name], right[name], path === '' ? name : `${path}.${name}`),
    );
  }
  return left === right ? [] : [{ path, left, right }];
};

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

const isObject = (value: Json | undefined): value is { readonly [name: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const MAX_PRINTED = 12;
const SHOWN_BEFORE = 60;
const SHOWN_LENGTH = 240;

/** For people: the first differences, long texts cut to where they part. */
export const printDifferences = (found: readonly Difference[], names: readonly [string, string]): string => {
  const lines = found.slice(0, MAX_PRINTED).map(({ path, left, right }) => {
    const [ofLeft, ofRight] = [print(left), print(right)];
    const from = Math.max(0, partingOf(ofLeft, ofRight) - SHOWN_BEFORE);
    const cut = (text: string): string => (from > 0 ? '…' : '') + text.slice(from, from + SHOWN_LENGTH);
    return `${path}\n    ${names[0]}: ${cut(ofLeft)}\n    ${names[1]}: ${cut(ofRight)}`;
  });
  const more = found.length > MAX_PRINTED ? [`... and ${found.length - MAX_PRINTED} more`] : [];
  return [...lines, ...more].join('\n  ');
};

const print = (value: Json | undefined): string => (value === undefined ? 'absent' : JSON.stringify(value));

const partingOf = (left: string, right: string): number => {
  let at = 0;
  while (at < left.length && left[at] === right[at]) at += 1;
  return at;
};
