import { createHash } from 'node:crypto';

/** What the last line of an export says of it. */
export interface ExportEnd {
  readonly rows: number;
  /** Of every byte before the last line, in hex. */
  readonly sha256: string;
}

export interface ExportCheck {
  /** Lets everything through. */
  readonly watch: (source: AsyncIterable<Uint8Array>) => AsyncGenerator<Uint8Array, void, undefined>;
  /** Undefined: what came is not whole. */
  readonly end: () => ExportEnd | undefined;
}

const NEW_LINE = 0x0a;
/** The last line is short: what is longer is none. */
const LONGEST_END = 4_096;

/** Holds the last line of an export against the bytes before it, while they go by. */
export const checkedExport = (format: 'csv' | 'jsonl'): ExportCheck => {
  const hash = createHash('sha256');
  // From the begin of the line that may be the last one.
  let line = Buffer.alloc(0);
  return {
    watch: async function* (source) {
      for await (const chunk of source) {
        const text = Buffer.concat([line, chunk]);
        const begin = text.lastIndexOf(NEW_LINE, text.length - 2) + 1;
        const keep = text.length - begin > LONGEST_END ? text.length : begin;
        hash.update(text.subarray(0, keep));
        line = Buffer.from(text.subarray(keep));
        yield chunk;
      }
    },
    end: () => {
      const end = READERS[format](line.toString('utf8'));
      return end !== undefined && end.sha256 === hash.digest('hex') ? end : undefined;
    },
  };
};

const READERS = {
  csv: (line: string): ExportEnd | undefined => {
    const cells = line.trim().split(',');
    const [rows = '', sha256 = ''] = cells.slice(-2);
    return cells[0] === 'end' ? { rows: Number(rows), sha256 } : undefined;
  },
  jsonl: (line: string): ExportEnd | undefined => {
    try {
      const { type, rows, sha256 } = JSON.parse(line) as { type?: unknown; rows?: unknown; sha256?: unknown };
      return type === 'end' && typeof sha256 === 'string' ? { rows: Number(rows), sha256 } : undefined;
    } catch {
      return undefined;
    }
  },
};
