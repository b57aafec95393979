/** Says that the head may have moved. May be late, doubled, silent or wrong: whoever listens reads over HTTP. */
export interface HeadHints {
  /** Returns the way to stop listening. */
  listen(onHint: () => void): () => void;
  close(): Promise<void>;
}
