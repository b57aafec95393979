import type { AuditRecord } from '../audit-record.ts';
import { type AuditFileHead, parseEntryLine, parseHeadLine } from './audit-lines.ts';

/** A line of a file, without its end. */
export interface TextLine {
  readonly text: string;
  /** Where it begins, and how long it is, in bytes. */
  readonly offset: number;
  readonly length: number;
}

/** A file of lines that can be read from the begin, and at any place. */
export interface LineFile {
  lines(): AsyncIterable<TextLine>;
  textAt(offset: number, length: number): Promise<string>;
}

/** What one line of an exported log is. Lines are counted from 1. */
export type AuditFileLine =
  | { readonly kind: 'HEAD'; readonly head: AuditFileHead }
  | { readonly kind: 'ENTRY'; readonly line: number; readonly record: AuditRecord; readonly at: TextLine }
  | { readonly kind: 'UNREADABLE'; readonly line: number };

/** It is no exported audit log at all. */
export class AuditFileUnreadable extends Error {
  override readonly name = 'AuditFileUnreadable';
  readonly code = 'FILE_UNREADABLE';
  readonly retryable = false;
}

/** @throws AuditFileUnreadable where no line is one of an exported log */
export async function* readAuditFile(file: LineFile): AsyncGenerator<AuditFileLine, void, undefined> {
  let line = 0;
  let isOne = false;
  for await (const at of file.lines()) {
    line += 1;
    const told = line === 1 ? headOf(at) : entryOf(line, at);
    isOne ||= told.kind !== 'UNREADABLE';
    yield told;
  }
  if (!isOne) throw new AuditFileUnreadable('no line of the file is one of an exported audit log');
}

const headOf = ({ text }: TextLine): AuditFileLine => {
  const head = parseHeadLine(text);
  return head === undefined ? { kind: 'UNREADABLE', line: 1 } : { kind: 'HEAD', head };
};

const entryOf = (line: number, at: TextLine): AuditFileLine => {
  const record = parseEntryLine(at.text);
  return record === undefined ? { kind: 'UNREADABLE', line } : { kind: 'ENTRY', line, record, at };
};
