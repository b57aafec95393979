import { thrownCode } from '#libs/database';

const EVERY_MS = 60_000;

/** Looks now and then whether the role of the API still may no more than it should: grants change while a service runs. */
export class RoleGuard {
  readonly #requireSafe: () => Promise<void>;
  readonly #nowMs: () => number;
  #askedAtMs = -EVERY_MS;
  #answer = Promise.resolve(false);

  constructor(
    requireSafe: () => Promise<void> = () => Promise.resolve(),
    nowMs: () => number = () => performance.now(),
  ) {
    this.#requireSafe = requireSafe;
    this.#nowMs = nowMs;
  }

  /** As it was at the last look. A database that does not answer is for its own probe to tell. */
  isUnsafe(): Promise<boolean> {
    const nowMs = this.#nowMs();
    if (nowMs - this.#askedAtMs >= EVERY_MS) {
      this.#askedAtMs = nowMs;
      this.#answer = this.#requireSafe().then(
        () => false,
        (error: unknown) => thrownCode(error) === 'API_ROLE_UNSAFE',
      );
    }
    return this.#answer;
  }
}
