/** What is wrong with the server itself, for every process at once. */
export class Outage {
  #fullUntilMs = 0;
  #over: Promise<void> | undefined;

  isDiskFull(nowMs: number): boolean {
    return nowMs < this.#fullUntilMs;
  }

  fillDisk(untilMs: number): void {
    this.#fullUntilMs = untilMs;
  }

  /** Nobody gets through while another server takes over. */
  async during(work: () => Promise<void>): Promise<void> {
    this.#over = work();
    try {
      await this.#over;
    } finally {
      this.#over = undefined;
    }
  }

  /** Until the server can be reached. */
  async over(): Promise<void> {
    await this.#over;
  }
}
