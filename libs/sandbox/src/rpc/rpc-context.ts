import type { PredeployedAccount } from '../accounts/predeployed.ts';
import type { Chain } from '../chain/chain.ts';
import type { Fields } from './fields.ts';
import type { Json } from './json.ts';

/** Limits that real nodes have and devnet has not; unset means none. */
export interface RpcLimits {
  readonly maxChunkSize?: number;
  readonly maxKeys?: number;
}

/** What a method works with. */
export interface RpcContext {
  readonly chain: Chain;
  readonly accounts: readonly PredeployedAccount[];
  readonly initialBalance: bigint;
  readonly limits: RpcLimits;
  /** Whether traces are refused for now, as by a node that keeps none. */
  readonly traces: { withheld: boolean };
}

/** A method: its parameters by name in positional order, `?` behind an optional one. */
export interface RpcMethod {
  readonly params: readonly string[];
  readonly run: (context: RpcContext, fields: Fields) => Json;
}

export type RpcMethods = Readonly<Record<string, RpcMethod>>;

export const method = (params: readonly string[], run: RpcMethod['run']): RpcMethod => ({ params, run });
