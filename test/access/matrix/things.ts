/**
 * What can be named in arguments: the same members of whoever they belong to. A room whose fields take ids of its own
 * (groups, exports, keys) adds a member here, and says in world.ts or belongings.ts what of it belongs to whom.
 */
export interface Things extends Belongings {
  /** An account that is deployed and has keys, as printed. */
  readonly account: string;
  readonly sessionKey: string;
  readonly token: string;
  /** Of a transaction that used the session key. */
  readonly transactionHash: string;
  /** The first block of the chain as subscriptions take it: the same for everybody. */
  readonly firstBlock: string;
  /** Ids as `node` takes them. */
  readonly accountId: string;
  readonly sessionId: string;
  readonly policyId: string;
  readonly useId: string;
  /** Rows of the ledgers, of that transaction. */
  readonly debitId: string;
  readonly movementId: string;
}

/** What an organisation adds, by its ids, and the names that nobody else's may be compared with. */
export interface Belongings {
  readonly groupId: string;
  readonly groupName: string;
  readonly ruleId: string;
  /** Of the rule. */
  readonly deployer: string;
  readonly keyId: string;
  readonly memberId: string;
  /** Of the member, at an identity provider. */
  readonly subject: string;
  readonly exportId: string;
}
