import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CHAIN_START } from './audit-hash.ts';
import { type AuditHead, type AuditRecord, hashOfRecord } from './audit-record.ts';
import { type AuditFinding, checkChain } from './verify-chain.ts';

type Said = Omit<AuditRecord, 'organisationId' | 'sequence' | 'previousHash' | 'hash'>;

const anySaid: fc.Arbitrary<Said> = fc.record({
  atText: fc.string(),
  actorKind: fc.constantFrom('KEY', 'MEMBER', 'HOST'),
  actorId: fc.string(),
  actorName: fc.string(),
  action: fc.string(),
  objectKind: fc.string(),
  objectId: fc.string(),
  beforeText: fc.option(fc.string()),
  afterText: fc.option(fc.string()),
  requestId: fc.option(fc.string()),
});
const anyLog = fc.array(anySaid, { minLength: 3, maxLength: 12 });
const FIELDS = ['atText', 'actorKind', 'actorId', 'actorName', 'action', 'objectKind', 'objectId'] as const;
const NULLABLE = ['beforeText', 'afterText', 'requestId'] as const;

const chainOf = (log: readonly Said[]): AuditRecord[] => {
  const chain: AuditRecord[] = [];
  for (const said of log) {
    const previousHash = chain.at(-1)?.hash ?? CHAIN_START;
    const record = {
      ...said,
      organisationId: 1,
      sequence: chain.length + 1,
      previousHash,
      hash: CHAIN_START,
    };
    chain.push({ ...record, hash: hashOfRecord(record) });
  }
  return chain;
};
const headOf = (chain: readonly AuditRecord[]): AuditHead | undefined => chain.at(-1);
const check = (chain: readonly AuditRecord[], head: AuditHead | undefined): readonly AuditFinding[] => {
  const checked = checkChain(head);
  for (const record of chain) checked.take(record);
  return checked.end();
};

describe('the check of an audit chain', () => {
  it('finds nothing in a chain as it was written', () => {
    fc.assert(
      fc.property(anyLog, (log) => {
        const chain = chainOf(log);
        expect(check(chain, headOf(chain))).toEqual([]);
      }),
    );
  });

  it('names the entry in which any one field was changed', () => {
    const anyChange = fc.tuple(anyLog, fc.nat(), fc.constantFrom(...FIELDS, ...NULLABLE));
    fc.assert(
      fc.property(anyChange, ([log, at, field]) => {
        const chain = chainOf(log);
        const place = at % chain.length;
        const changed = chain.map((record, index) =>
          index === place ? { ...record, [field]: `${record[field] ?? ''}.` } : record,
        );
        expect(check(changed, headOf(chain))).toEqual([{ kind: 'EDITED', sequence: place + 1 }]);
      }),
    );
  });

  it('names what was taken out, and the two that changed places', () => {
    fc.assert(
      fc.property(anyLog, fc.nat(), fc.nat(), (log, first, second) => {
        const chain = chainOf(log);
        const place = first % chain.length;
        const missing = check(chain.toSpliced(place, 1), headOf(chain));
        const [from, to] = [place + 1, place + 1];
        expect(missing).toEqual([
          place === chain.length - 1 ? { kind: 'TRUNCATED', from, to } : { kind: 'MISSING', from, to },
        ]);
        const other = (place + 1 + (second % (chain.length - 1))) % chain.length;
        const swapped = chain.map((record, index) => {
          const sequence = index + 1;
          if (index === place) return { ...chain[other]!, sequence };
          return index === other ? { ...chain[place]!, sequence } : record;
        });
        expect(check(swapped, headOf(chain))).toEqual(
          [
            { kind: 'MOVED', sequence: place + 1, writtenAt: other + 1 },
            { kind: 'MOVED', sequence: other + 1, writtenAt: place + 1 },
          ].sort((one, two) => one.sequence - two.sequence),
        );
      }),
    );
  });

  it('finds a chain of the same length that says something else', () => {
    fc.assert(
      fc.property(anyLog, fc.nat(), (log, at) => {
        const chain = chainOf(log);
        const place = at % log.length;
        const other = chainOf(log.with(place, { ...log[place]!, actorName: `${log[place]!.actorName}.` }));
        expect(check(other, headOf(chain))).toEqual([{ kind: 'HEAD_DIFFERS', sequence: chain.length }]);
        const checked = checkChain(headOf(other), headOf(chain));
        for (const record of other) checked.take(record);
        expect(checked.end()).toEqual([{ kind: 'REWRITTEN', sequence: chain.length }]);
      }),
    );
  });
});
