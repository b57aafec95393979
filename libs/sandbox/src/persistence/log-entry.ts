import type { BlockRecord } from '../chain/block-record.ts';
import type { BlockTimeState } from '../chain/block-time.ts';

/** One line of the log of a chain. The first is the header. */
export type LogEntry =
  | {
      readonly kind: 'HEADER';
      readonly version: 1;
      readonly chainId: string;
      readonly seed: number;
      readonly genesisSeconds: number;
      readonly genesisHash: string;
    }
  | {
      readonly kind: 'BLOCK';
      readonly block: BlockRecord;
      readonly branch: number;
      readonly time: BlockTimeState;
    }
  | { readonly kind: 'ABORT'; readonly fromBlock: number }
  | { readonly kind: 'L1_ACCEPT'; readonly blockNumber: number };

export type LogHeader = Extract<LogEntry, { kind: 'HEADER' }>;

const KINDS: ReadonlySet<unknown> = new Set<LogEntry['kind']>(['HEADER', 'BLOCK', 'ABORT', 'L1_ACCEPT']);

/** The entry of a line, or nothing where it is no entry. The content is our own and not checked further. */
export const parseEntry = (line: string): LogEntry | undefined => {
  try {
    const value = JSON.parse(line) as LogEntry | null;
    return value !== null && KINDS.has(value.kind) ? value : undefined;
  } catch {
    return undefined;
  }
};
