import { type FileHandle, open } from 'node:fs/promises';
import type { LineFile, TextLine } from '#libs/access';
import { CliError } from '../cli.error.ts';
import { EXIT } from '../exit-codes.ts';

/** What is longer is no line that somebody meant, and must not fill the memory. */
const LONGEST_LINE = 16_777_216;
const NEW_LINE = 0x0a;
const CHUNK = 65_536;

export interface OpenedLineFile extends LineFile {
  close(): Promise<void>;
}

/** Opens a file of lines that end with a line feed. @throws CliError FILE_UNREADABLE, also while it is read */
export const openLineFile = async (path: string): Promise<OpenedLineFile> => {
  const handle = await openFile(path);
  return {
    lines: () => readLines(handle, path),
    textAt: async (offset, length) => {
      const { buffer } = await handle.read(Buffer.alloc(length), 0, length, offset);
      return buffer.toString('utf8');
    },
    close: () => handle.close(),
  };
};

const openFile = async (path: string): Promise<FileHandle> => {
  try {
    const handle = await open(path, 'r');
    if ((await handle.stat()).isFile()) return handle;
    await handle.close();
  } catch (cause) {
    throw unreadable(`${path} cannot be read`, cause);
  }
  throw unreadable(`${path} is no file`);
};

async function* readLines(handle: FileHandle, path: string): AsyncGenerator<TextLine, void, undefined> {
  let rest = Buffer.alloc(0);
  let offset = 0;
  for await (const chunk of readChunks(handle)) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let begin = 0;
    for (let end = bytes.indexOf(NEW_LINE); end >= 0; end = bytes.indexOf(NEW_LINE, begin)) {
      yield lineOf(bytes.subarray(begin, end), offset + begin);
      begin = end + 1;
    }
    rest = Buffer.from(bytes.subarray(begin));
    offset += begin;
    if (rest.length > LONGEST_LINE) throw unreadable(`${path} has a line of more than 16 MB`);
  }
  if (rest.length > 0) yield lineOf(rest, offset);
}

/** By places, not as a stream: a file may be read from the begin again. */
async function* readChunks(handle: FileHandle): AsyncGenerator<Buffer, void, undefined> {
  for (let position = 0; ; ) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(CHUNK), 0, CHUNK, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

const lineOf = (bytes: Buffer, offset: number): TextLine => ({
  ...{ text: bytes.toString('utf8'), offset, length: bytes.length },
});

const unreadable = (message: string, cause?: unknown): CliError =>
  new CliError('FILE_UNREADABLE', message, {
    exitCode: EXIT.REFUSED,
    ...(cause !== undefined && { cause }),
  });
