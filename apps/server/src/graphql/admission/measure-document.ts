import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/** How large a document is once its fragments are spread. */
export interface DocumentSize {
  readonly fields: number;
  readonly aliases: number;
  readonly directives: number;
  /** Of fields in fields; a leaf at the root has 1. Introspection is measured by itself. */
  readonly depth: number;
  readonly introspectionDepth: number;
}

const NOTHING: DocumentSize = { fields: 0, aliases: 0, directives: 0, depth: 0, introspectionDepth: 0 };

const join = (a: DocumentSize, b: DocumentSize): DocumentSize => ({
  fields: a.fields + b.fields,
  aliases: a.aliases + b.aliases,
  directives: a.directives + b.directives,
  depth: Math.max(a.depth, b.depth),
  introspectionDepth: Math.max(a.introspectionDepth, b.introspectionDepth),
});

const plus = (size: DocumentSize, directives: number): DocumentSize => ({
  ...size,
  directives: size.directives + directives,
});

/**
 * Measures a document without a schema, in time linear in its length: each fragment is looked into once, however often it
 * is spread. One that spreads itself counts for nothing there: validation refuses it. Several operations count together,
 * and so does a fragment that none of them spreads: validation walks it all the same.
 */
export const measureDocument = ({ definitions }: DocumentNode): DocumentSize => {
  const operations = definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const fragments = definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
  const sizes = createSizes(fragments);
  const ofOperations = operations.map((operation) => {
    const onVariables = (operation.variableDefinitions ?? []).flatMap(({ directives = [] }) => directives);
    return plus(sizes.ofSet(operation.selectionSet), countOf(operation) + onVariables.length);
  });
  const unspread = fragments.map(({ name }) => name.value).filter((name) => !sizes.isSpread(name));
  return [...ofOperations, ...unspread.map((name) => sizes.ofFragment(name))].reduce(join, NOTHING);
};

const countOf = ({ directives }: { readonly directives?: readonly unknown[] | undefined }): number =>
  directives?.length ?? 0;

const createSizes = (definitions: readonly FragmentDefinitionNode[]) => {
  const fragments = new Map(definitions.map((definition) => [definition.name.value, definition]));
  const known = new Map<string, DocumentSize>();
  const ofFragment = (name: string): DocumentSize => {
    const before = known.get(name);
    if (before !== undefined) return before;
    known.set(name, NOTHING);
    const fragment = fragments.get(name);
    const size = fragment ? plus(ofSet(fragment.selectionSet), countOf(fragment)) : NOTHING;
    known.set(name, size);
    return size;
  };
  const ofOne = (selection: SelectionNode): DocumentSize => {
    const directives = countOf(selection);
    if (selection.kind === Kind.FRAGMENT_SPREAD) return plus(ofFragment(selection.name.value), directives);
    if (selection.kind === Kind.INLINE_FRAGMENT) return plus(ofSet(selection.selectionSet), directives);
    const below = selection.selectionSet ? ofSet(selection.selectionSet) : NOTHING;
    const isIntrospection = selection.name.value.startsWith('__') && selection.selectionSet !== undefined;
    return {
      fields: below.fields + 1,
      aliases: below.aliases + (selection.alias ? 1 : 0),
      directives: below.directives + directives,
      depth: isIntrospection ? 1 : below.depth + 1,
      introspectionDepth: isIntrospection ? below.depth + 1 : below.introspectionDepth,
    };
  };
  const ofSet = ({ selections }: SelectionSetNode): DocumentSize =>
    selections.reduce((sum, selection) => join(sum, ofOne(selection)), NOTHING);
  return { ofSet, ofFragment, isSpread: (name: string) => known.has(name) };
};
