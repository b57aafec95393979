import type { RequestScope } from '#libs/database';
import type { Loader } from './loader.ts';
import type { Principal } from './principal.ts';

/** What goes with one request through all resolvers. Nothing of it outlives the request. */
export interface RequestContext {
  /** Undefined: nobody. Only what is public answers then. */
  readonly principal: Principal | undefined;
  /** Of the principal, with the deadline of this request; of nobody: no organisation. */
  readonly scope: RequestScope;
  readonly requestId: string;
  /** Where the request came from: limits before anybody is known go by it. */
  readonly address: string;
  /** When the answer is due, by `performance.now()`. */
  readonly deadlineAtMs: number;
  /** By name: rows that several fields of the same request want are asked for together. */
  readonly loaders: Map<string, Loader<never, unknown>>;
}
