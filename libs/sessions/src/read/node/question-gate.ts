import { PurserError } from '#libs/api';

const AT_ONCE = 8;
const MOST_WAITING = 100;

/** Lets a few questions at a time through to the nodes: one document may ask for hundreds of accounts. */
export class QuestionGate {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /** @throws PurserError NODE_UNAVAILABLE when too many wait already */
  async run<T>(question: () => Promise<T>): Promise<T> {
    await this.#enter();
    try {
      return await question();
    } finally {
      this.#leave();
    }
  }

  async #enter(): Promise<void> {
    if (this.#running < AT_ONCE) {
      this.#running += 1;
      return;
    }
    if (this.#waiting.length >= MOST_WAITING) {
      throw new PurserError('NODE_UNAVAILABLE', 'Too many questions wait for the node.', {
        details: { reason: 'TOO_MANY_QUESTIONS' },
      });
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** The place goes to the one who waits longest, without being free in between. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running -= 1;
    else next();
  }
}
