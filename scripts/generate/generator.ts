/** A file of the repository that is written by a program. */
export interface GeneratedFile {
  /** From the root of the repository. */
  readonly path: string;
  readonly content: string;
}

export interface Generator {
  readonly name: string;
  generate(root: string): Promise<readonly GeneratedFile[]>;
  /** Existing files that are this generator's: those it no longer writes are removed. */
  owned?(root: string): Promise<readonly string[]>;
}
