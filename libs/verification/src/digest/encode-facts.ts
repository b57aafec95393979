import { DERIVED_TRANSACTION_INDEX, type FactBlock, type JsonValue, type StoredFact } from '#libs/facts';

/** Facts about how an operator came by an account, as opposed to what the chain did to it: in no digest. */
const OPERATORS_OWN = new Set([
  'AccountStateRead',
  'SessionStateRead',
  'SpendingPolicyStateRead',
  'AccountClassRead',
  'HistoryRead',
]);

/** JSON in one form: members by their names in the order of UTF-16 code units, no white space. */
export const canonicalJson = (value: JsonValue): string => {
  if (Array.isArray(value)) return `[${(value as JsonValue[]).map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
};

/**
 * The facts of one account in one block as bytes would be hashed: a line with the block, then one for each fact, each
 * ended by a line feed. Nothing where the block has none that count. Derived facts have no place of their own in a
 * block, nodes list storage changes in any order: they stand after the events, sorted as text.
 */
export const encodeFactBlock = (
  block: FactBlock,
): { readonly text: string; readonly facts: number } | undefined => {
  const counting = block.facts.filter(({ kind }) => !OPERATORS_OWN.has(kind));
  if (counting.length === 0) return undefined;
  const isDerived = ({ transactionIndex }: StoredFact) => transactionIndex === DERIVED_TRANSACTION_INDEX;
  const events = counting
    .filter((fact) => !isDerived(fact))
    .toSorted((a, b) => a.transactionIndex - b.transactionIndex || a.eventIndex - b.eventIndex)
    .map((fact) => line(fact, [fact.transactionIndex, fact.eventIndex]));
  const derived = counting
    .filter(isDerived)
    .map((fact) => line(fact, [null, null]))
    .toSorted();
  const head = canonicalJson([block.blockNumber, block.blockHash]);
  return { text: [head, ...events, ...derived, ''].join('\n'), facts: counting.length };
};

const line = (fact: StoredFact, place: readonly JsonValue[]): string => {
  const { transactionHash, kind, sessionKey, token, payload } = fact;
  return canonicalJson([...place, transactionHash, kind, sessionKey, token, payload]);
};
