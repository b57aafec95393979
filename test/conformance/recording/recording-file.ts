import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { FIELD_MASKS, VALUE_MASKS } from '../compare/mask.ts';
import type { AccountName } from '../sequence/command.ts';
import type { Recording } from './record.ts';

const pathOf = (account: AccountName): string =>
  fileURLToPath(new URL(`../../recordings/devnet-0.10.1-${account.toLowerCase()}.json`, import.meta.url));

interface RecordingFile {
  readonly masked: Readonly<Record<string, string>>;
  readonly steps: Recording;
}

/** One line a step, so that a diff shows which one changed. */
export const writeRecording = (account: AccountName, steps: Recording): void => {
  const masks = [...FIELD_MASKS, ...Object.values(VALUE_MASKS)];
  const masked = JSON.stringify(Object.fromEntries(masks.map(({ name, reason }) => [name, reason])));
  const lines = steps.map((step) => JSON.stringify(step)).join(',\n');
  writeFileSync(pathOf(account), `{"masked": ${masked},\n"steps": [\n${lines}\n]}\n`);
};

/** @throws Error where there is none: `UPDATE_RECORDINGS=1 npm run test:chain` writes them. */
export const readRecording = (account: AccountName): Recording =>
  (JSON.parse(readFileSync(pathOf(account), 'utf8')) as RecordingFile).steps;
