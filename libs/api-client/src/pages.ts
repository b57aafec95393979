interface Continued {
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

interface Page<Node> extends Continued {
  readonly nodes: readonly Node[];
}

/**
 * All pages of a list, one after the other; all speak of the block of the first. Asks for a page when it is wanted.
 * @param ask  asks for the page behind a cursor
 */
export async function* pagesOf<Found extends Continued>(
  ask: (after: string | undefined) => Promise<Found>,
): AsyncGenerator<Found, void, undefined> {
  let after: string | undefined;
  for (;;) {
    const page = await ask(after);
    yield page;
    const { hasNextPage, endCursor } = page.pageInfo;
    if (!hasNextPage || endCursor === null) return;
    after = endCursor;
  }
}

/** All rows of a list. Asks for a page when its first row is wanted. */
export async function* rowsOf<Node>(
  ask: (after: string | undefined) => Promise<Page<Node>>,
): AsyncGenerator<Node, void, undefined> {
  for await (const { nodes } of pagesOf(ask)) yield* nodes;
}
