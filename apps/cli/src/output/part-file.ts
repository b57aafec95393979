import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { CliError } from '../cli.error.ts';
import { EXIT } from '../exit-codes.ts';

/** Writes lines into a file, and resolves when more can be taken. */
export type WriteLines = (lines: readonly string[]) => Promise<void>;

/** Writes a file that only its owner may read, under another name until all of it is there; nothing is left of one that fails. */
export const writePartFile = async <T>(file: string, work: (write: WriteLines) => Promise<T>): Promise<T> => {
  const part = `${file}.part`;
  // What an earlier one left may be readable for others, or lead elsewhere.
  await rm(part, { force: true }).catch(() => undefined);
  const stream = createWriteStream(part, { flags: 'wx', mode: 0o600 });
  // Heard of at once; told where it is awaited.
  const done = finished(stream);
  done.catch(() => undefined);
  try {
    const result = await work(async (lines) => {
      if (stream.errored) throw stream.errored;
      if (!stream.write(lines.map((line) => `${line}\n`).join('')))
        await Promise.race([once(stream, 'drain'), done]);
    });
    stream.end();
    await done;
    await rename(part, file);
    return result;
  } catch (error) {
    stream.destroy();
    await rm(part, { force: true }).catch(() => undefined);
    throw error === stream.errored ? unwritable(file, error) : error;
  }
};

const unwritable = (file: string, cause: unknown): CliError =>
  new CliError('FILE_UNWRITABLE', `${file} cannot be written`, {
    ...{ exitCode: EXIT.CANNOT_CREATE, cause },
    hint: 'is its folder there, with room left?',
  });
