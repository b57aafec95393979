import type { JsonObject } from '#libs/facts';

/** What a verification can find. The first group is about the store against itself, the second about the chain. */
export const FINDING_CODES = {
  CURSOR_MISSING: 'the network has no cursor',
  CURSOR_NOT_CANONICAL: 'the cursor does not name the newest canonical block',
  BLOCKS_BROKEN: 'a canonical block does not continue the one below it',
  FACTS_ALTERED: 'the facts of a block do not add up to what was added to it',
  FACTS_WITHOUT_BLOCK: 'facts stand in a block that is not stored',
  FACTS_DISCONTINUOUS: 'a fact takes off from another state than the fact before it left',
  READ_MODEL_DIFFERS: 'a read model is not what the facts give',
  ACCOUNT_INVALID: 'an account is followed from nowhere, or from beyond the cursor',
  COVERAGE_WRONG: 'the coverage of an account is not what was read of it',
  ALERT_WITHOUT_BLOCK: 'an alert names a block that is not stored',
  ALERT_WITHOUT_CAUSE: 'an alert says what no fact says',
  SESSION_DRIFT: 'a session is not what the node says',
  POLICY_DRIFT: 'a spending policy is not what the node says',
  CLASS_DRIFT: 'the class of an account is not what the node says',
  BLOCK_DRIFT: 'a block is not what the node says',
} as const;

export type FindingCode = keyof typeof FINDING_CODES;

export interface Finding {
  readonly code: FindingCode;
  /** The table or the thing that is wrong. */
  readonly subject: string;
  readonly account?: string;
  readonly blockNumber?: number;
  readonly details: JsonObject;
}

const DRIFT: ReadonlySet<FindingCode> = new Set([
  'SESSION_DRIFT',
  'POLICY_DRIFT',
  'CLASS_DRIFT',
  'BLOCK_DRIFT',
]);

/** Whether the index differs from the chain, and not from itself. */
export const isDrift = ({ code }: Finding): boolean => DRIFT.has(code);
