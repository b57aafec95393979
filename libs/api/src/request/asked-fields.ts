import { type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql';

/**
 * The names of the fields that are asked of what lies under one of the paths from a field: of `uses`, under `nodes` and
 * `edges.node`. What a directive may leave out counts as asked, and so does each type of a fragment. Walked each time: of a
 * question at the root that is at most the fields that a document may have, for each path.
 */
export const askedFields = (
  { fieldNodes, fragments }: Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments'>,
  paths: readonly string[],
): ReadonlySet<string> => {
  const found = new Set<string>();
  const walk = (selection: SelectionSetNode | undefined, rest: readonly string[]): void => {
    for (const child of selection?.selections ?? []) {
      if (child.kind === Kind.INLINE_FRAGMENT) walk(child.selectionSet, rest);
      else if (child.kind === Kind.FRAGMENT_SPREAD) walk(fragments[child.name.value]?.selectionSet, rest);
      else if (rest.length === 0) found.add(child.name.value);
      else if (child.name.value === rest[0]) walk(child.selectionSet, rest.slice(1));
    }
  };
  for (const path of paths) for (const node of fieldNodes) walk(node.selectionSet, path.split('.'));
  return found;
};
