/**
 * What can be named in arguments: the same members of whoever they belong to. A room whose fields take ids of its own
 * (groups, exports, keys) adds a member here, and says in world.ts what of it belongs to whom.
 */
export interface Things {
  /** An account that is deployed and has keys, as printed. */
  readonly account: string;
  readonly sessionKey: string;
  readonly token: string;
  /** Of a transaction that used the session key. */
  readonly transactionHash: string;
  /** Ids as `node` takes them. */
  readonly accountId: string;
  readonly sessionId: string;
  readonly policyId: string;
  readonly useId: string;
}
