import { closeSync, existsSync, mkdirSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { SandboxError } from '../sandbox.error.ts';
import { type LogEntry, parseEntry } from './log-entry.ts';

/**
 * A file that grows by one line for each block, reorg and acceptance. A line counts once its end is written, so a
 * process that dies while writing loses that line and nothing else.
 */
export class ChainLog {
  readonly #file: number;

  private constructor(file: number) {
    this.#file = file;
  }

  /** Opens the file for appending, after cutting off a line that was never finished. */
  static open(path: string): { log: ChainLog; entries: readonly LogEntry[] } {
    mkdirSync(dirname(path), { recursive: true });
    const entries = existsSync(path) ? readEntries(path) : [];
    return { log: new ChainLog(openSync(path, 'a')), entries };
  }

  append(entry: LogEntry): void {
    writeSync(this.#file, `${JSON.stringify(entry)}\n`);
  }

  close(): void {
    closeSync(this.#file);
  }
}

const readEntries = (path: string): LogEntry[] => {
  const content = readFileSync(path);
  const end = content.lastIndexOf(0x0a) + 1;
  if (end < content.length) truncateSync(path, end);
  const lines = content.toString('utf8', 0, end).split('\n').slice(0, -1);
  return lines.map((line, index) => {
    const entry = parseEntry(line);
    if (!entry)
      throw new SandboxError('SNAPSHOT_INVALID', `line ${index + 1} of the chain's log cannot be read`);
    return entry;
  });
};
