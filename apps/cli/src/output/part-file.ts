import { open, rename, rm } from 'node:fs/promises';
import { CliError } from '../cli.error.ts';
import { EXIT } from '../exit-codes.ts';

/** Writes behind what was written, and resolves when more can be taken. @throws CliError FILE_UNWRITABLE */
export type WritePart = (data: string | Uint8Array) => Promise<void>;

/**
 * Writes a file that only its owner may read, under another name until all of it is there; nothing is left of one that fails.
 * @param work resolves when it is whole
 * @throws CliError FILE_UNWRITABLE, or what `work` rejects with
 */
export const writePartFile = async <T>(file: string, work: (write: WritePart) => Promise<T>): Promise<T> => {
  const part = `${file}.part`;
  // What an earlier one left may be readable for others, or lead elsewhere.
  await rm(part, { force: true }).catch(() => undefined);
  try {
    const result = await writeNew(part, file, work);
    await rename(part, file);
    return result;
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined);
    throw error;
  }
};

const writeNew = async <T>(
  part: string,
  file: string,
  work: (write: WritePart) => Promise<T>,
): Promise<T> => {
  const refuse = (cause: unknown): never => {
    throw unwritable(file, cause);
  };
  const handle = await open(part, 'wx', 0o600).catch(refuse);
  try {
    return await work((data) => handle.appendFile(data).catch(refuse));
  } finally {
    await handle.close().catch(refuse);
  }
};

const unwritable = (file: string, cause: unknown): CliError =>
  new CliError('FILE_UNWRITABLE', `${file} cannot be written`, {
    ...{ exitCode: EXIT.CANNOT_CREATE, cause },
    hint: 'is its folder there, with room left?',
  });
