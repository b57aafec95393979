import { type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql';

type Source = Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments'>;

/** Documents are kept for as long as they are asked; what is asked for in them is looked up once. */
const known = new WeakMap<SelectionSetNode, Map<string, ReadonlySet<string>>>();

/**
 * The names of the fields that are asked of what lies under one of the paths from a field: of `uses`, under `nodes` and
 * `edges.node`. What a directive may leave out counts as asked, and so does each type of a fragment.
 */
export const askedFields = (
  { fieldNodes, fragments }: Source,
  paths: readonly string[],
): ReadonlySet<string> => {
  const [first, ...more] = fieldNodes;
  const selection = first?.selectionSet;
  if (selection === undefined || more.length > 0) return collect(fieldNodes, fragments, paths);
  const ofPaths = known.get(selection) ?? new Map<string, ReadonlySet<string>>();
  known.set(selection, ofPaths);
  const name = paths.join();
  const found = ofPaths.get(name) ?? collect(fieldNodes, fragments, paths);
  ofPaths.set(name, found);
  return found;
};

const collect = (
  nodes: GraphQLResolveInfo['fieldNodes'],
  fragments: GraphQLResolveInfo['fragments'],
  paths: readonly string[],
): Set<string> => {
  const found = new Set<string>();
  const walk = (selection: SelectionSetNode | undefined, rest: readonly string[]): void => {
    for (const child of selection?.selections ?? []) {
      if (child.kind === Kind.INLINE_FRAGMENT) walk(child.selectionSet, rest);
      else if (child.kind === Kind.FRAGMENT_SPREAD) walk(fragments[child.name.value]?.selectionSet, rest);
      else if (rest.length === 0) found.add(child.name.value);
      else if (child.name.value === rest[0]) walk(child.selectionSet, rest.slice(1));
    }
  };
  for (const path of paths) for (const node of nodes) walk(node.selectionSet, path.split('.'));
  return found;
};
