import type { Principal } from '#libs/api';
import type { RequestScope } from '#libs/database';
import type { ServedNetwork } from '../ports.ts';

/** Who asks for nodes of one kind, on one network. */
interface NodesAsked {
  readonly asker: RequestScope;
  readonly principal: Principal;
  readonly network: ServedNetwork;
}

/**
 * Finds what ids of one kind name, in their order, by one statement however many there are. Undefined: nothing is there.
 * @param names the parts of each id. @throws PurserError BAD_INPUT for parts that no id has, and what `node` may answer
 */
export type FindNodes = (
  asked: NodesAsked,
  names: readonly (readonly string[])[],
) => Promise<readonly (object | undefined)[]>;

/** What can be found by its id: rooms that give ids of a kind of their own add it here when they are composed. */
export class NodeFinders {
  readonly #finders = new Map<string, FindNodes>();

  /** @param kind the GraphQL type */
  add(kind: string, find: FindNodes): void {
    if (this.#finders.has(kind)) throw new Error(`${kind} is found already`);
    this.#finders.set(kind, find);
  }

  get(kind: string): FindNodes | undefined {
    return this.#finders.get(kind);
  }
}
