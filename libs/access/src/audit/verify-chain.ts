import { CHAIN_START } from './audit-hash.ts';
import { type AuditHead, type AuditRecord, hashOfRecord } from './audit-record.ts';

/** What is wrong with a chain, and where. */
export type AuditFinding =
  /** Entries from one place to another are not there. */
  | { readonly kind: 'MISSING'; readonly from: number; readonly to: number }
  /** The entry says something else than when it was written. */
  | { readonly kind: 'EDITED'; readonly sequence: number }
  /** The entry was written at another place. */
  | { readonly kind: 'MOVED'; readonly sequence: number; readonly writtenAt: number }
  /** The entry agrees with itself, and the next one was written after another. */
  | { readonly kind: 'REPLACED'; readonly sequence: number }
  /** Was put in: the next entry follows the one before it, or the chain ends before it. */
  | { readonly kind: 'INSERTED'; readonly sequence: number }
  /** The end of the chain was cut: its head is further on. */
  | { readonly kind: 'TRUNCATED'; readonly from: number; readonly to: number }
  /** The head is not of the last entry. */
  | { readonly kind: 'HEAD_DIFFERS'; readonly sequence: number }
  /** A head that was noted elsewhere is not in the chain: everything after some place may have been written anew. */
  | { readonly kind: 'REWRITTEN'; readonly sequence: number };

/** How far from its place an entry is looked for that may have been moved. */
const MOVED_WITHIN = 500;
/** After so many that were found nowhere, no more are looked for. */
const MOST_MISSED = 100;
const MOST_INSERTED = 1_000;

export interface ChainCheck {
  /** The next entry, in the order of the sequence. */
  take(record: AuditRecord): void;
  /** After the last. @returns all findings by place; none: the chain is whole. */
  end(): readonly AuditFinding[];
}

/**
 * Recomputes a chain entry by entry, each on its own columns and against its neighbour, and at the end against its head.
 * @param head where the chain ends; NOT_TOLD: it may end where it does.
 * @param expected a head of this chain that was noted where whoever writes the database cannot reach it.
 */
export const checkChain = (head: AuditHead | undefined | 'NOT_TOLD', expected?: AuditHead): ChainCheck => {
  const findings: AuditFinding[] = [];
  let last: AuditRecord | undefined;
  let missed = 0;
  let found = expected === undefined || (expected.sequence === 0 && isSame(expected.hash, CHAIN_START));

  const checkSelf = (record: AuditRecord): AuditFinding | undefined => {
    if (isSame(hashOfRecord(record), record.hash)) return undefined;
    const { sequence } = record;
    const writtenAt = missed >= MOST_MISSED ? undefined : placeOf(record);
    if (writtenAt !== undefined) return { kind: 'MOVED', sequence, writtenAt };
    missed += 1;
    return { kind: 'EDITED', sequence };
  };
  const checkLink = (record: AuditRecord, isWhole: boolean): AuditFinding | undefined => {
    const due = (last?.sequence ?? 0) + 1;
    if (record.sequence > due) return { kind: 'MISSING', from: due, to: record.sequence - 1 };
    return isSame(record.previousHash, last?.hash ?? CHAIN_START)
      ? undefined
      : brokenLink(last, record, isWhole);
  };
  return {
    take: (record) => {
      const own = checkSelf(record);
      const link = checkLink(record, own === undefined);
      findings.push(...[link, own].filter((finding) => finding !== undefined));
      if (record.sequence === expected?.sequence && isSame(record.hash, expected.hash)) found = true;
      last = record;
    },
    end: () => {
      if (head !== 'NOT_TOLD') findings.push(...headFindings(last, head));
      if (!found) findings.push({ kind: 'REWRITTEN', sequence: expected?.sequence ?? 0 });
      return withoutRepeats(findings);
    },
  };
};

/** Two entries stand side by side, and the second was not written after the first. One that was altered accuses nobody. */
const brokenLink = (
  before: AuditRecord | undefined,
  record: AuditRecord,
  isWhole: boolean,
): AuditFinding | undefined => {
  if (before !== undefined && isSame(record.previousHash, before.previousHash))
    return { kind: 'INSERTED', sequence: before.sequence };
  if (!isWhole) return undefined;
  return before === undefined
    ? { kind: 'EDITED', sequence: record.sequence }
    : { kind: 'REPLACED', sequence: before.sequence };
};

const placeOf = (record: AuditRecord): number | undefined => {
  for (let distance = 1; distance <= MOVED_WITHIN; distance += 1) {
    for (const place of [record.sequence - distance, record.sequence + distance])
      if (place > 0 && isSame(hashOfRecord(record, place), record.hash)) return place;
  }
  return undefined;
};

const headFindings = (last: AuditRecord | undefined, head: AuditHead | undefined): AuditFinding[] => {
  const ended = last?.sequence ?? 0;
  const noted = head?.sequence ?? 0;
  if (noted > ended) return [{ kind: 'TRUNCATED', from: ended + 1, to: noted }];
  if (noted < ended)
    return Array.from({ length: Math.min(ended - noted, MOST_INSERTED) }, (_, at) => ({
      kind: 'INSERTED' as const,
      sequence: noted + 1 + at,
    }));
  if (head === undefined || isSame(head.hash, last?.hash ?? CHAIN_START)) return [];
  return [{ kind: 'HEAD_DIFFERS', sequence: noted }];
};

/** An entry that was altered is not the one that the next one or the head follows either: said once. */
const withoutRepeats = (findings: readonly AuditFinding[]): AuditFinding[] => {
  const altered = new Set(findings.flatMap((finding) => (isOfEntry(finding) ? [finding.sequence] : [])));
  return findings
    .filter(
      (finding) =>
        (finding.kind !== 'REPLACED' && finding.kind !== 'HEAD_DIFFERS') || !altered.has(finding.sequence),
    )
    .sort((one, other) => placeIn(one) - placeIn(other));
};

const isOfEntry = (
  finding: AuditFinding,
): finding is Extract<AuditFinding, { kind: 'EDITED' | 'MOVED' | 'INSERTED' }> =>
  finding.kind === 'EDITED' || finding.kind === 'MOVED' || finding.kind === 'INSERTED';

const placeIn = (finding: AuditFinding): number => ('sequence' in finding ? finding.sequence : finding.from);

const isSame = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0;
