export interface HeadHint {
  /** The lowest block that a node says it replaced. To be proven by its hash, like everything a hint says. */
  readonly reorgFromBlock?: number;
}

/** Says that the head may have moved. May be late, doubled, silent or wrong: whoever listens reads over HTTP. */
export interface HeadHints {
  /** Returns the way to stop listening. */
  listen(onHint: (hint: HeadHint) => void): () => void;
  close(): Promise<void>;
}
