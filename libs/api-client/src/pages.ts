interface Page<Node> {
  readonly nodes: readonly Node[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/**
 * All rows of a list, one page after the other; all pages speak of the block of the first. Asks for a page when its first row
 * is wanted.
 * @param ask  asks for the page behind a cursor
 */
export async function* rowsOf<Node>(
  ask: (after: string | undefined) => Promise<Page<Node>>,
): AsyncGenerator<Node, void, undefined> {
  let after: string | undefined;
  for (;;) {
    const { nodes, pageInfo } = await ask(after);
    yield* nodes;
    if (!pageInfo.hasNextPage || pageInfo.endCursor === null) return;
    after = pageInfo.endCursor;
  }
}
