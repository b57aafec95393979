import type { Address } from '#libs/felt';
import type { AccountFact } from '#libs/sessions';
import { foldSpending, placedFact, tokenMovementFacts } from '#libs/spending';
import type { IndexedBlock } from './indexed-block.ts';
import type { WriteSet } from './write-set.ts';

/**
 * Adds what a block moved out of followed accounts, as facts, and what they and the uses of the block come to in the two
 * ledgers. Transfers change the storage of the token alone, so also accounts that the block did not touch have them.
 */
export const foldLedgers = (
  { header, transactions }: IndexedBlock,
  followed: ReadonlySet<bigint>,
  isFollowed: (account: bigint) => boolean,
  factsOf: ReadonlyMap<Address, readonly AccountFact[]>,
  writes: WriteSet,
): void => {
  const moved = tokenMovementFacts(transactions, followed);
  for (const account of new Set([...factsOf.keys(), ...moved.keys()])) {
    if (!isFollowed(account)) continue;
    const movements = moved.get(account) ?? [];
    for (const item of movements) writes.facts.push({ account, header, item, ordinal: 0 });
    const facts = [...(factsOf.get(account) ?? []), ...movements].flatMap((fact) => placedFact(fact) ?? []);
    const entries = foldSpending(account, facts);
    const { debits, approvals } = entries;
    if (debits.length + approvals.length + entries.movements.length > 0) {
      writes.spending.push({ account, block: header, entries });
    }
  }
};
