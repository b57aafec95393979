/** For whom a statement is run: what of the database it sees. */
export interface RequestScope {
  /** Null: no row of any organisation, and nothing of any account. */
  readonly organisationId: number | null;
  /** Some accounts of the organisation only: those listed, and those that bear one of the labels. Absent: all. */
  readonly only?: {
    /** Network id, a slash, the address as printed: `1/0xabc`. */
    readonly accounts: readonly string[];
    readonly labels: readonly string[];
  };
  /** When the request must have its answer, in performance.now(). The server ends statements that would take longer. */
  readonly deadlineAtMs?: number;
}

/** Of what belongs to no organisation: networks, blocks, cursors. */
export const NO_ORGANISATION: RequestScope = { organisationId: null };
