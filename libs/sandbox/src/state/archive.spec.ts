import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Archive } from './archive.ts';
import { Journal } from './journal.ts';
import { emptyChanges } from './state-reader.ts';

const CONTRACT = 7n;
const write = (slot: bigint, value: bigint) => ({
  ...emptyChanges(),
  storage: new Map([[CONTRACT, new Map([[slot, value]])]]),
});

describe('the archive', () => {
  it('reads every block as it was, however blocks were written, cut and written again', () => {
    const command = fc.oneof(
      fc.record({ kind: fc.constant('write' as const), slot: fc.bigInt(0n, 3n), value: fc.bigInt(0n, 9n) }),
      fc.record({ kind: fc.constant('cut' as const), depth: fc.nat(4) }),
    );
    fc.assert(
      fc.property(fc.array(command, { maxLength: 40 }), (commands) => {
        const archive = new Archive();
        const model = [new Map<bigint, bigint>()];
        for (const step of commands) {
          if (step.kind === 'write') {
            archive.apply(model.length, write(step.slot, step.value));
            model.push(new Map(model.at(-1)).set(step.slot, step.value));
          } else {
            const from = Math.max(1, model.length - step.depth);
            archive.dropFrom(from);
            model.length = from;
          }
        }
        model.forEach((slots, number) => {
          for (const slot of [0n, 1n, 2n, 3n]) {
            expect(archive.readerAt(number).storageAt(CONTRACT, slot)).toBe(slots.get(slot) ?? 0n);
          }
        });
      }),
    );
  });
});

describe('the journal', () => {
  const base = new Archive();
  base.apply(0, write(1n, 5n));

  it('goes back to a mark, and has nothing to tell of what it took back', () => {
    const journal = new Journal(base.readerAt(0));
    const mark = journal.mark();
    journal.writeStorage(CONTRACT, 1n, 6n);
    journal.writeNonce(CONTRACT, 1n);
    expect(journal.storageAt(CONTRACT, 1n)).toBe(6n);
    journal.rollback(mark);
    expect(journal.storageAt(CONTRACT, 1n)).toBe(5n);
    expect(journal.changes()).toEqual(emptyChanges());
  });

  it('reports a slot set to zero, and leaves out one written back to its value', () => {
    const journal = new Journal(base.readerAt(0));
    journal.writeStorage(CONTRACT, 1n, 0n);
    expect(journal.changes().storage).toEqual(new Map([[CONTRACT, new Map([[1n, 0n]])]]));
    journal.writeStorage(CONTRACT, 1n, 5n);
    expect(journal.changes().storage).toEqual(new Map());
  });

  it('tells a deployed contract from a replaced class', () => {
    const journal = new Journal(base.readerAt(0));
    journal.writeClassHash(1n, 10n);
    expect(journal.changes()).toMatchObject({ deployed: new Map([[1n, 10n]]), replaced: new Map() });
    const deployed = new Archive();
    deployed.apply(0, journal.changes());
    const upgraded = new Journal(deployed.readerAt(0));
    upgraded.writeClassHash(1n, 11n);
    expect(upgraded.changes()).toMatchObject({ deployed: new Map(), replaced: new Map([[1n, 11n]]) });
  });
});
