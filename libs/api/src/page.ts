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

export interface PageRules<Row, Node> {
  readonly hasPrevious: boolean;
  readonly cursorOf: (row: Row) => string;
  readonly nodeOf: (row: Row) => Node;
}

/**
 * Builds a page out of one row more than was asked for: the extra row says that there is a next page. A cursor is a hash:
 * it is worked out when it is read, and few read that of every row.
 */
export const toPage = <Row, Node>(
  rows: readonly Row[],
  size: number,
  rules: PageRules<Row, Node>,
): Page<Node> => {
  const { cursorOf, nodeOf, hasPrevious } = rules;
  const shown = rows.slice(0, size);
  const edges = shown.map((row) => new RowEdge(row, nodeOf(row), cursorOf));
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: new RowPageInfo(shown, cursorOf, {
      hasNextPage: rows.length > size,
      hasPreviousPage: hasPrevious,
    }),
  };
};

// Classes, since the engine keeps a getter of an object literal among the old objects, and the whole page with it, until it
// looks through all of these.
class RowEdge<Row, Node> implements Edge<Node> {
  readonly node: Node;
  readonly #row: Row;
  readonly #cursorOf: (row: Row) => string;

  constructor(row: Row, node: Node, cursorOf: (row: Row) => string) {
    this.node = node;
    this.#row = row;
    this.#cursorOf = cursorOf;
  }

  get cursor(): string {
    return this.#cursorOf(this.#row);
  }
}

class RowPageInfo<Row> {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly #shown: readonly Row[];
  readonly #cursorOf: (row: Row) => string;

  constructor(
    shown: readonly Row[],
    cursorOf: (row: Row) => string,
    { hasNextPage, hasPreviousPage }: Pick<Page<never>['pageInfo'], 'hasNextPage' | 'hasPreviousPage'>,
  ) {
    this.hasNextPage = hasNextPage;
    this.hasPreviousPage = hasPreviousPage;
    this.#shown = shown;
    this.#cursorOf = cursorOf;
  }

  get startCursor(): string | null {
    return this.#cursorAt(0);
  }

  get endCursor(): string | null {
    return this.#cursorAt(-1);
  }

  #cursorAt(place: number): string | null {
    const row = this.#shown.at(place);
    return row === undefined ? null : this.#cursorOf(row);
  }
}
