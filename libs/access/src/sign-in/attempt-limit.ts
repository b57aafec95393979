import type { Clock } from '#libs/api';
import { AccessError } from '../access.error.ts';

export interface AttemptLimitOptions {
  readonly clock: Clock;
  /** Attempts in a minute. */
  readonly most: number;
  /** Addresses that are remembered, the least recent dropped first. Default 20,000. */
  readonly capacity?: number;
}

const MINUTE_MS = 60_000;
const CAPACITY = 20_000;

/** Bounds what one address may try before anybody knows who it is. In memory, of this process. */
export class AttemptLimit {
  readonly #attempts = new Map<string, { sinceMs: number; count: number }>();
  readonly #options: AttemptLimitOptions;

  constructor(options: AttemptLimitOptions) {
    this.#options = options;
  }

  /** Counts an attempt. @throws AccessError RATE_LIMITED */
  take(address: string): void {
    const { clock, most, capacity = CAPACITY } = this.#options;
    const nowMs = clock.nowMilliseconds();
    const place = placeOf(address);
    const known = this.#attempts.get(place);
    const isOver = known === undefined || nowMs < known.sinceMs || nowMs - known.sinceMs >= MINUTE_MS;
    const window = isOver ? { sinceMs: nowMs, count: 0 } : known;
    window.count += 1;
    this.#attempts.delete(place);
    this.#attempts.set(place, window);
    const [oldest] = this.#attempts.keys();
    if (this.#attempts.size > capacity && oldest !== undefined) this.#attempts.delete(oldest);
    if (window.count <= most) return;
    const retryAfterSeconds = Math.max(1, Math.ceil((window.sinceMs + MINUTE_MS - nowMs) / 1_000));
    throw tooMany(retryAfterSeconds);
  }
}

export const tooMany = (retryAfterSeconds: number): AccessError =>
  new AccessError('RATE_LIMITED', 'Too many sign-ins were begun: wait a little.', {
    details: { retryAfterSeconds },
  });

const IPV6_GROUPS = 4;

/** Of IPv6 the network (/64): whoever has one address of it has them all. */
const placeOf = (address: string): string => {
  if (!address.includes(':') || address.includes('.')) return address;
  const [head = '', tail] = address.split('::');
  const front = head === '' ? [] : head.split(':');
  if (tail === undefined) return front.slice(0, IPV6_GROUPS).join(':');
  const back = tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - front.length - back.length) }, () => '0');
  return [...front, ...zeros, ...back].slice(0, IPV6_GROUPS).join(':');
};
