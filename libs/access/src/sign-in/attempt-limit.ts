import type { Clock } from '#libs/api';
import { AccessError } from '../access.error.ts';
import { MinuteLimit, type MinuteLimitOptions } from '../limits/minute-limit.ts';

export interface AttemptLimitOptions extends Omit<MinuteLimitOptions, 'nowMs'> {
  readonly clock: Clock;
}

/** Bounds what one address may try before anybody knows who it is. */
export class AttemptLimit {
  readonly #limit: MinuteLimit;

  constructor({ clock, ...bounds }: AttemptLimitOptions) {
    this.#limit = new MinuteLimit({ nowMs: () => clock.nowMilliseconds(), ...bounds });
  }

  /** Counts an attempt. @throws AccessError RATE_LIMITED */
  take(address: string): void {
    const waitMs = this.#limit.take(placeOf(address));
    if (waitMs > 0) throw tooMany(Math.ceil(waitMs / 1_000));
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
