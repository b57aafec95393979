/** Units of fields whose answer is more work than their rows tell, by `Type.field`: sums over a history, questions to a node. */
export const FIELD_COSTS: Readonly<Record<string, number>> = {
  'Query.changes': 20,
  'Query.digest': 50,
  'Query.getSessionData': 5,
  'Query.risk': 20,
  'Query.session': 5,
  'Query.spendingSummary': 20,
  // Once, when it begins: events are told without a question of their own.
  'Subscription.changed': 20,
};

/** Of every other root field: a statement or two. */
export const ROOT_COST = 5;
export const MUTATION_COST = 10;
/** Of a field with fields below, for each row that it stands on. A leaf costs nothing by itself. */
export const OBJECT_COST = 1;
/** Of the whole of `__schema` or `__type`, whatever is selected: how deep it goes is limited by itself. */
export const INTROSPECTION_COST = 50;
/** How many rows a list without pages is taken for: policies, findings, calls of a use. */
export const UNPAGED_ROWS = 3;
/** Taken for a page size that is no number from 1 to this: the resolver refuses it anyway. */
export const LARGEST_PAGE = 100;
