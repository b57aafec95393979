import { type Clock } from '#libs/api';
import { AdmissionError } from '../graphql/admission/admission.error.ts';
import { type Caller } from '../graphql/graphql-request.ts';
import { addressBlock } from './address-block.ts';
import { type Allowance, type Budget, TokenBuckets } from './token-buckets.ts';

/** What a refusal costs the caller: it was read all the same, and nobody is to guess for nothing. */
const REFUSAL_UNITS = 5;

/**
 * Counts what everybody asks: units of cost for a principal; questions, and credentials that were refused, for an address. Of
 * this process, and of a bounded number of each.
 */
export class RequestMeter {
  private readonly principals: TokenBuckets;
  private readonly addresses: TokenBuckets;

  constructor(
    clock: Clock,
    private readonly requestsPerMinuteWithoutKey: number,
  ) {
    const nowMs = (): number => clock.nowMilliseconds();
    this.principals = new TokenBuckets(nowMs);
    this.addresses = new TokenBuckets(nowMs);
  }

  /**
   * Before anything is read: who has nothing left is not worth reading.
   * @throws AdmissionError RATE_LIMITED
   */
  requireSome(caller: Caller): void {
    const { buckets, allowance } = this.allowanceOf(caller);
    requireAllowed(buckets.look(allowance, 1));
  }

  /** @throws AdmissionError RATE_LIMITED */
  take(caller: Caller, cost: number): Budget {
    const { buckets, allowance, unitsOf } = this.allowanceOf(caller);
    return requireAllowed(buckets.take(allowance, unitsOf(cost)));
  }

  /** A request was refused for what it asked, or for its credential. */
  chargeRefusal(caller: Caller): void {
    const { buckets, allowance, unitsOf } = this.allowanceOf(caller);
    buckets.charge(allowance, unitsOf(REFUSAL_UNITS));
  }

  private allowanceOf({ principal, address }: Caller): CallersAllowance {
    if (principal === undefined) {
      const perMinute = this.requestsPerMinuteWithoutKey;
      return {
        buckets: this.addresses,
        allowance: { id: addressBlock(address), perMinute },
        unitsOf: () => 1,
      };
    }
    const { kind, id, unitsPerMinute: perMinute } = principal;
    return {
      buckets: this.principals,
      allowance: { id: `${kind} ${id}`, perMinute },
      unitsOf: (cost) => cost,
    };
  }
}

interface CallersAllowance {
  readonly buckets: TokenBuckets;
  readonly allowance: Allowance;
  readonly unitsOf: (cost: number) => number;
}

const requireAllowed = (budget: Budget): Budget => {
  if (budget.isAllowed) return budget;
  throw new RateLimited(budget);
};

/** With the budget, for the headers of the answer. */
export class RateLimited extends AdmissionError {
  constructor(readonly budget: Budget) {
    const { retryAfterSeconds } = budget;
    super('RATE_LIMITED', `Too much was asked: try again in ${retryAfterSeconds} seconds.`, {
      details: { retryAfterSeconds },
    });
  }
}
