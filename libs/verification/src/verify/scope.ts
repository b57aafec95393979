/** What is verified. */
export interface NetworkScope {
  readonly networkId: number;
  /** Only these. Default: every account. */
  readonly accounts?: readonly string[];
  /** Findings of one kind that are listed; more of the same say nothing new. */
  readonly limit: number;
}
