/** What one code means, for clients and for the generated reference page. */
export interface ErrorCodeEntry {
  /** Whether the same request may succeed later without a change. */
  readonly retryable: boolean;
  /** Where it is met: as the code of an error, as the reason in an answer, or as both. */
  readonly use: 'ERROR' | 'REASON' | 'BOTH';
  readonly description: string;
}
