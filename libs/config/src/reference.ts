import { type Definition, definitions } from './definitions.ts';
import { maskSecret, maskUrl } from './mask.ts';
import type { Environment } from './settings.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|');

const row = ([key, definition]: readonly [string, Definition]): string => {
  const { meaning, fallback, form } = definition;
  const shown = form === undefined ? '' : `\`${form}\``;
  return `| \`${key}\` | ${cell(meaning)} | ${cell(shown)} | ${cell(fallback)} |`;
};

/** docs/reference/configuration.md, written by scripts/generate.ts. */
export const configurationReference = (): string =>
  [
    '# Configuration',
    '',
    'Environment variables. All faults are reported at once and the process exits with 78.',
    'Unknown variables that start with `PURSER_` are faults too. URLs and secrets are masked wherever settings are printed.',
    '',
    '| name | meaning | form | default |',
    '|---|---|---|---|',
    ...Object.entries(definitions).map(row),
    '',
  ].join('\n');

const masked = (definition: Definition, value: string): string => {
  if (definition.secret === 'WHOLE') return maskSecret(value);
  if (definition.secret !== 'URL') return value;
  return value
    .split(';')
    .map((part) => part.split(',').map(maskListed).join(','))
    .join(';');
};

const maskListed = (item: string): string => {
  const [, label = '', address = item] = /^([a-z][a-z0-9-]*=)(.*)$/.exec(item.trim()) ?? [];
  return `${label}${maskUrl(address.trim())}`;
};

/** What is set, safe to print: for `purser start` and bug reports. */
export const describeEnvironment = (environment: Environment): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(definitions).flatMap(([key, definition]) => {
      const value = environment[key]?.trim();
      return value === undefined || value === '' ? [] : [[key, masked(definition, value)]];
    }),
  );
