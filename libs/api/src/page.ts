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
 * Builds a page out of one row more than was asked for: the extra row says that there is a next page. A cursor is a hash:
 * it is worked out when it is read, and few read that of every row.
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
  const shown = rows.slice(0, size);
  const cursorAt = (place: number): string | null => {
    const row = shown.at(place);
    return row === undefined ? null : cursorOf(row);
  };
  const edges = shown.map((row) => ({
    get cursor() {
      return cursorOf(row);
    },
    node: nodeOf(row),
  }));
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: {
      hasNextPage: rows.length > size,
      hasPreviousPage: hasPrevious,
      get startCursor() {
        return cursorAt(0);
      },
      get endCursor() {
        return cursorAt(-1);
      },
    },
  };
};
