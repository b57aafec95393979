import {
  GraphQLError,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';

/**
 * Refuses documents that select more fields than a person would: aliases are how one request asks a thousand, and
 * fragments how a few words become them. A fragment counts each time it is spread.
 */
export const fieldCountRule =
  (maxFields: number): ValidationRule =>
  (context: ValidationContext) => ({
    Document: ({ definitions }) => {
      const countFields = createFieldCount(context);
      const operations = definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
      const fields = operations.reduce((sum, { selectionSet }) => sum + countFields(selectionSet), 0);
      if (fields > maxFields) {
        context.reportError(new GraphQLError(`The document selects more than ${maxFields} fields.`));
      }
    },
  });

/** Each fragment is looked into once, so that doubling ones cost no more than they are long. */
const createFieldCount = (context: ValidationContext): ((selections: SelectionSetNode) => number) => {
  const counted = new Map<string, number>();
  const countFragment = (name: string): number => {
    const known = counted.get(name);
    if (known !== undefined) return known;
    // Until it is counted it counts for nothing: one that spreads itself is refused by another rule.
    counted.set(name, 0);
    const fragment = context.getFragment(name);
    const fields = fragment ? countAll(fragment.selectionSet) : 0;
    counted.set(name, fields);
    return fields;
  };
  const countOne = (selection: SelectionNode): number => {
    switch (selection.kind) {
      case Kind.FIELD:
        return 1 + (selection.selectionSet ? countAll(selection.selectionSet) : 0);
      case Kind.INLINE_FRAGMENT:
        return countAll(selection.selectionSet);
      case Kind.FRAGMENT_SPREAD:
        return countFragment(selection.name.value);
    }
  };
  const countAll = ({ selections }: SelectionSetNode): number =>
    selections.reduce((sum, selection) => sum + countOne(selection), 0);
  return countAll;
};
