import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ScriptedBlock } from '../../spec/replayed-block.builder.ts';
import { FIRST_SPEND, keyOf, pay, SETTING } from '../../spec/replayed-block.parts.ts';

const key = fc.integer({ min: 0, max: 1 }).map(keyOf);
const amount = fc.bigInt({ min: 0n, max: 60n });
const calls = fc.array(amount.map(pay), { maxLength: 3 });
const terms = fc.record({
  maxPerCall: fc.bigInt({ min: 0n, max: 60n }),
  maxPerWindow: fc.bigInt({ min: 0n, max: 100n }),
  windowSeconds: fc.bigInt({ min: 0n, max: 30n }),
});

type Step = (block: ScriptedBlock) => void;

const invokeStep = fc.record({ key, calls }).map(
  (given): Step =>
    (block) => {
      const data = block.sessions.get(given.key);
      // A transaction that validation refuses is in no block.
      if (data && data.validUntilSeconds > 0n && data.callsUsed < data.maxCalls)
        block.invoke(given.key, given.calls);
    },
);
const sponsorStep = fc
  .record({
    requests: fc.array(fc.record({ key, calls, fails: fc.boolean() }), { minLength: 1, maxLength: 3 }),
    nested: fc.boolean(),
    reverts: fc.boolean(),
  })
  .map(
    ({ requests, ...how }): Step =>
      (block) =>
        block.sponsor(requests, how),
  );
const ownerStep = fc.oneof(
  fc.record({ key, maxCalls: fc.bigInt({ min: 0n, max: 4n }) }).map(
    (given): Step =>
      (block) =>
        block.grant(given.key, given.maxCalls),
  ),
  key.map(
    (given): Step =>
      (block) =>
        block.revoke(given),
  ),
  fc.record({ key, terms }).map(
    (given): Step =>
      (block) =>
        block.setPolicy(given.key, given.terms),
  ),
  key.map(
    (given): Step =>
      (block) =>
        block.removePolicy(given),
  ),
);
const steps = fc.array(fc.oneof(invokeStep, sponsorStep, ownerStep), { maxLength: 12 });

describe('replaying', () => {
  it.each([SETTING, FIRST_SPEND])('explains whatever happens in a block: %j', (windowRule) => {
    fc.assert(
      fc.property(steps, (script) => {
        const block = new ScriptedBlock(windowRule)
          .hold(keyOf(0), 4n, 1n)
          .limit(keyOf(0), { maxPerCall: 50n, maxPerWindow: 100n, windowSeconds: 20n })
          .begin();
        for (const step of script) step(block);
        const { uses, unexplained } = block.replay();
        expect(unexplained).toEqual([]);
        for (const index of [0, 1]) {
          const last = uses.findLast(({ sessionKey }) => sessionKey === keyOf(index));
          const granted = block.decoded.length > 0;
          // Without the owner in between, the last use leaves what storage holds.
          if (last && !granted)
            expect(last.callsUsedAfter).toBe(block.sessions.get(keyOf(index))?.callsUsed ?? 0n);
        }
      }),
      { numRuns: 100 },
    );
  });
});
