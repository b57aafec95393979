import { PurserError } from './purser.error.ts';

export const DEFAULT_PAGE_SIZE = 25;
export const MAX_PAGE_SIZE = 100;

/** @throws PurserError BAD_INPUT outside 1..100, null included. */
export const parsePageSize = (first: number | null | undefined): number => {
  if (first === undefined) return DEFAULT_PAGE_SIZE;
  if (first === null || !Number.isInteger(first) || first < 1 || first > MAX_PAGE_SIZE) {
    throw new PurserError('BAD_INPUT', `first must be between 1 and ${MAX_PAGE_SIZE}`);
  }
  return first;
};

export interface Edge<Node> {
  readonly cursor: string;
  readonly node: Node;
}

/** Lists that are the caller's own, as models of GraphQL want them. */
export interface Page<Node> {
  readonly edges: Edge<Node>[];
  readonly nodes: Node[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

/**
 * Builds a page out of one row more than was asked for: the extra row says that there is a next page.
 */
export const toPage = <Row, Node>(
  rows: readonly Row[],
  size: number,
  {
    hasPrevious,
    cursorOf,
    nodeOf,
  }: { hasPrevious: boolean; cursorOf: (row: Row) => string; nodeOf: (row: Row) => Node },
): Page<Node> => {
  const edges = rows.slice(0, size).map((row) => ({ cursor: cursorOf(row), node: nodeOf(row) }));
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: {
      hasNextPage: rows.length > size,
      hasPreviousPage: hasPrevious,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
};
