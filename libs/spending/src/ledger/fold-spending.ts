import type { Address } from '#libs/felt';
import type { AccountFact } from '#libs/sessions';
import { TOKENS_MOVED } from '../movements/token-movement-facts.ts';
import type { LedgerEntries } from './ledger.types.ts';
import { parseMovement, parseUse, type PlacedFact } from './parse-facts.ts';
import { settleTransaction } from './settle-transaction.ts';

/** The kinds of facts that the two ledgers are folded from. Other kinds are passed over. */
export const SPENDING_FACT_KINDS = [TOKENS_MOVED, 'SessionCallConsumed'] as const;

/**
 * Folds the facts of one account in one block into both ledgers: live, and from the store when the ledgers are built
 * again. Pure; the order of the facts does not matter. @throws SpendingError
 */
export const foldSpending = (account: Address, facts: readonly PlacedFact[]): LedgerEntries => {
  const ours = facts.filter(({ kind }) => (SPENDING_FACT_KINDS as readonly string[]).includes(kind));
  const transactions = [...Map.groupBy(ours, ({ transactionIndex }) => transactionIndex)].sort(
    ([a], [b]) => a - b,
  );
  const settled = transactions.map(([, group]) => {
    const [moved, used] = [TOKENS_MOVED, 'SessionCallConsumed'].map((kind) =>
      group.filter((fact) => fact.kind === kind).sort((a, b) => a.eventIndex - b.eventIndex),
    );
    return settleTransaction({
      account,
      uses: (used ?? []).map(parseUse).filter(({ isReverted }) => !isReverted),
      movements: (moved ?? []).map((fact) => parseMovement(fact, account)),
    });
  });
  return {
    debits: settled.flatMap(({ debits }) => debits),
    movements: settled.flatMap(({ movements }) => movements),
    approvals: settled.flatMap(({ approvals }) => approvals),
  };
};

/** A fact of a fold with the place of its event; nothing for what the block as a whole says. */
export const placedFact = ({ origin, ...fact }: AccountFact): PlacedFact | undefined => {
  if (origin.type !== 'EVENT') return undefined;
  const { transactionIndex, transactionHash, eventIndex } = origin;
  return { ...fact, transactionIndex, transactionHash, eventIndex };
};
