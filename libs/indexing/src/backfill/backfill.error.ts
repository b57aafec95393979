export type BackfillErrorCode =
  /** The account was read anew, or the chain is another one now: the range begins again. */
  | 'BACKFILL_CHAIN_MOVED'
  /** Somebody cancelled the job. */
  | 'BACKFILL_CANCELLED'
  /** The node does not keep the state of so old a block. */
  | 'BACKFILL_STATE_PRUNED'
  /** What the blocks add up to is not what storage holds: a change was missed. */
  | 'BACKFILL_STATE_DIFFERS'
  /** A counter fell, or the last update of a slot stands in a block that was not found. */
  | 'BACKFILL_SEARCH_CONTRADICTED';

/** Why the history of an account could not be filled. */
export class BackfillError extends Error {
  override readonly name = 'BackfillError';
  readonly code: BackfillErrorCode;
  readonly retryable: boolean;

  constructor(code: BackfillErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.retryable = code === 'BACKFILL_CHAIN_MOVED';
  }
}
