/**
 * Lets the next run be folded while the last one is committed: one commit at a time, in order. Once one has failed
 * nothing is committed through it again, whatever was folded meanwhile: docs/decisions/0011-pipelined-commit.md.
 */
export class CommitPipeline {
  #last: Promise<void> = Promise.resolve();
  readonly #failed = Promise.withResolvers<never>();

  constructor() {
    this.#failed.promise.catch(() => undefined);
  }

  /** Rejects as soon as a commit has failed, and never resolves. */
  get failed(): Promise<never> {
    return this.#failed.promise;
  }

  /** Begins a commit when the one before is through. Does not wait for its end. @throws what an earlier one failed with */
  async begin(commit: () => Promise<void>): Promise<void> {
    await this.#last;
    this.#follow(commit());
  }

  /** Commits when all that was begun or queued before stands; waits for nothing. For what seldom comes: there is no bound. */
  queue(commit: () => Promise<void>): void {
    this.#follow(this.#last.then(commit));
  }

  #follow(commit: Promise<void>): void {
    this.#last = commit;
    commit.catch((error: unknown) => this.#failed.reject(error));
  }

  /** No commit is under way, and all that was begun stands. @throws what one of them failed with */
  settled(): Promise<void> {
    return this.#last;
  }
}
