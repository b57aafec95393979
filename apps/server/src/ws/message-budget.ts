/** How many messages one socket may send: so many a second in the long run, twice as many at once. */
export class MessageBudget {
  private left: number;
  private atMs: number;

  constructor(
    private readonly perSecond: number,
    private readonly nowMs: () => number,
  ) {
    this.left = 2 * perSecond;
    this.atMs = nowMs();
  }

  /** Whether one more is allowed. */
  take(): boolean {
    const nowMs = this.nowMs();
    const refilled = (Math.max(0, nowMs - this.atMs) * this.perSecond) / 1_000;
    this.left = Math.min(2 * this.perSecond, this.left + refilled);
    this.atMs = nowMs;
    if (this.left < 1) return false;
    this.left -= 1;
    return true;
  }
}
