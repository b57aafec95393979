import type { AuditHead } from '../audit-record.ts';
import { type AuditFinding, type ChainCheck, checkChain } from '../verify-chain.ts';
import { type AuditFileHead, parseEntryLine } from './audit-lines.ts';
import { longestRise } from './longest-rise.ts';
import { type AuditFileLine, type LineFile, readAuditFile } from './read-audit-file.ts';

/** What is wrong with an exported log: with its chain, by the place of the entry there, or with a line of the file. */
export type AuditFileFinding =
  | AuditFinding
  /** The line is not one that an export writes; the first one says whose the log is and where it ends. */
  | { readonly kind: 'UNREADABLE'; readonly line: number }
  /** The line stands before or behind others than the export put it. */
  | { readonly kind: 'REORDERED'; readonly line: number; readonly sequence: number }
  /** There is another line of that entry before. */
  | { readonly kind: 'REPEATED'; readonly line: number; readonly sequence: number }
  /** The entry is of another organisation. */
  | { readonly kind: 'FOREIGN'; readonly line: number; readonly sequence: number };

export interface AuditFileReport {
  /** Undefined: the first line cannot be read. */
  readonly told: AuditFileHead | undefined;
  readonly entries: number;
  readonly findings: readonly AuditFileFinding[];
}

interface Standing {
  readonly line: number;
  readonly sequence: number;
  readonly offset: number;
  readonly length: number;
}

type Entry = Extract<AuditFileLine, { kind: 'ENTRY' }>;

/**
 * Verifies an exported log without a database: the chain as `verifyAudit` does, and that each line is as it was written. A file in
 * order is read once, an entry at a time; of another one some tens of bytes a line are kept, and it is read again.
 * @param expected a head of the log that was noted elsewhere. Without it a file that was made anew from some place on is not told.
 * @throws AuditFileUnreadable
 */
export const verifyAuditFile = async (file: LineFile, expected?: AuditHead): Promise<AuditFileReport> =>
  (await verifyInOrder(file, expected)) ?? (await verifyDisordered(file, expected));

/** Undefined: an entry stands behind one that it should stand before. */
const verifyInOrder = async (file: LineFile, expected?: AuditHead): Promise<AuditFileReport | undefined> => {
  const reading = new Reading();
  let check: ChainCheck | undefined;
  let last = 0;
  for await (const line of readAuditFile(file)) {
    const entry = reading.take(line);
    if (entry === undefined) continue;
    if (entry.record.sequence <= last) return undefined;
    last = entry.record.sequence;
    check ??= checkChain(headOf(reading), expected);
    check.take(entry.record);
  }
  check ??= checkChain(headOf(reading), expected);
  return reading.report(check.end());
};

const verifyDisordered = async (file: LineFile, expected?: AuditHead): Promise<AuditFileReport> => {
  const reading = new Reading();
  const standing: Standing[] = [];
  const known = new Set<number>();
  for await (const line of readAuditFile(file)) {
    const entry = reading.take(line);
    if (entry === undefined) continue;
    const { record, at } = entry;
    const { sequence } = record;
    if (known.has(sequence)) reading.findings.push({ kind: 'REPEATED', line: entry.line, sequence });
    else standing.push({ line: entry.line, sequence, offset: at.offset, length: at.length });
    known.add(sequence);
  }
  reading.findings.push(...reorderedOf(standing));
  const check = checkChain(headOf(reading), expected);
  for (const { offset, length } of standing.toSorted((one, other) => one.sequence - other.sequence)) {
    const record = parseEntryLine(await file.textAt(offset, length));
    if (record !== undefined) check.take(record);
  }
  return reading.report(check.end());
};

/** The fewest lines that would have to be put elsewhere. */
const reorderedOf = (standing: readonly Standing[]): readonly AuditFileFinding[] => {
  const inOrder = new Set(longestRise(standing.map(({ sequence }) => sequence)));
  return standing.flatMap(({ line, sequence }, at) =>
    inOrder.has(at) ? [] : [{ kind: 'REORDERED' as const, line, sequence }],
  );
};

/** What the lines say beside the chain. */
class Reading {
  readonly findings: AuditFileFinding[] = [];
  told: AuditFileHead | undefined;
  entries = 0;

  /** The entry that a line is, where it belongs to the log. */
  take(line: AuditFileLine): Entry | undefined {
    if (line.kind === 'HEAD') this.told = line.head;
    if (line.kind === 'UNREADABLE') this.findings.push(line);
    if (line.kind !== 'ENTRY') return undefined;
    this.entries += 1;
    const { organisationId, sequence } = line.record;
    if (this.told === undefined || organisationId === this.told.organisation.id) return line;
    this.findings.push({ kind: 'FOREIGN', line: line.line, sequence });
    return undefined;
  }

  report(chain: readonly AuditFinding[]): AuditFileReport {
    return { told: this.told, entries: this.entries, findings: [...this.findings, ...chain] };
  }
}

/** Known from the first line on. Where that cannot be read, the chain may end where it does. */
const headOf = ({ told }: Reading): AuditHead | undefined | 'NOT_TOLD' =>
  told === undefined ? 'NOT_TOLD' : (told.head ?? undefined);
