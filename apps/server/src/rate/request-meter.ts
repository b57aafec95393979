import { takeFrom, type TakeUnits, type UnitAccount } from '#libs/access';
import { askIndex, type Clock, type Principal } from '#libs/api';
import { AdmissionError } from '../graphql/admission/admission.error.ts';
import { type Caller } from '../graphql/graphql-request.ts';
import { addressBlock } from './address-block.ts';
import { type Allowance, type Budget, CAPACITY, TokenBuckets } from './token-buckets.ts';
import { UnitLeases } from './unit-leases.ts';

/** What a refusal costs the caller: it was read all the same, and nobody is to guess for nothing. */
const REFUSAL_UNITS = 5;

/**
 * Counts what everybody asks: units of cost for a principal, which other processes may share; questions, and credentials that were
 * refused, for an address, of this process alone. A bounded number of each is known.
 */
export class RequestMeter {
  private readonly principals: UnitLeases;
  private readonly addresses: TokenBuckets;

  /** @param takeUnits where units come from. Absent: from this process alone. */
  constructor(
    clock: Clock,
    private readonly requestsPerMinuteWithoutKey: number,
    takeUnits: TakeUnits = ownUnits(clock),
  ) {
    const nowMs = (): number => clock.nowMilliseconds();
    this.principals = new UnitLeases(nowMs, (request) => askIndex(() => takeUnits(request)));
    this.addresses = new TokenBuckets(nowMs);
  }

  /**
   * Before anything is read: who has nothing left is not worth reading.
   * @throws AdmissionError RATE_LIMITED; PurserError INDEX_UNAVAILABLE where nobody can say what is left
   */
  async requireSome({ principal, address }: Caller): Promise<void> {
    requireAllowed(
      principal === undefined
        ? this.addresses.look(this.allowanceOfAddress(address), 1)
        : await this.principals.look(allowanceOf(principal), 1),
    );
  }

  /** @throws AdmissionError RATE_LIMITED; PurserError INDEX_UNAVAILABLE where nobody can say what is left */
  async take({ principal, address }: Caller, cost: number): Promise<Budget> {
    return requireAllowed(
      principal === undefined
        ? this.addresses.take(this.allowanceOfAddress(address), 1)
        : await this.principals.take(allowanceOf(principal), cost),
    );
  }

  /** A request was refused for what it asked, or for its credential. */
  chargeRefusal({ principal, address }: Caller): void {
    if (principal === undefined) this.addresses.charge(this.allowanceOfAddress(address), 1);
    else this.principals.charge(allowanceOf(principal), REFUSAL_UNITS);
  }

  private allowanceOfAddress(address: string): Allowance {
    return { id: addressBlock(address), perMinute: this.requestsPerMinuteWithoutKey };
  }
}

const allowanceOf = ({ kind, id, unitsPerMinute: perMinute }: Principal): Allowance => ({
  id: `${kind} ${id}`,
  perMinute,
});

/** As the database gives them, out of the memory of this process. */
const ownUnits = (clock: Clock): TakeUnits => {
  const accounts = new Map<string, UnitAccount>();
  return (request) => {
    const { account, grant } = takeFrom(accounts.get(request.principal), request, clock.nowMilliseconds());
    accounts.delete(request.principal);
    accounts.set(request.principal, account);
    const [oldest] = accounts.keys();
    if (accounts.size > CAPACITY && oldest !== undefined) accounts.delete(oldest);
    return Promise.resolve(grant);
  };
};

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
