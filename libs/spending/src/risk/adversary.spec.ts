import { describe, expect, it } from '@jest/globals';
import {
  type Call,
  createProfileRegistry,
  rulesOf,
  SELECTORS,
  sessionDataFromFelts,
  spendingPolicyFromFelts,
} from '#libs/account';
import { type Address, type Felt, feltToHex, splitU256, toFelt } from '#libs/felt';
import {
  type ChainActor,
  createSandboxChain,
  type SandboxChain,
  sessionKeyOf,
  testClassHash,
  transferCall,
} from '#libs/testing';
import fc from 'fast-check';
import { type MaximumAtRisk, maximumAtRisk } from './maximum-at-risk.ts';

const SECRET = 0x777n;
const KEY = sessionKeyOf(SECRET);
const THIEF = 0xbadn;
/** The last second of an hour: what validation sees changes after it. */
const END_OF_HOUR = 1_800_003_599;
const GRANTED_AT = END_OF_HOUR - 30;

interface Terms {
  readonly maxPerCall: bigint;
  readonly maxPerWindow: bigint;
  readonly windowSeconds: bigint;
  readonly maxCalls: bigint;
  /** Of the cap, spent before the question, in its own transaction. */
  readonly spent: bigint;
  /** Seconds from the question to the last second at which the key works. */
  readonly secondsLeft: number;
  readonly list: readonly Felt[];
}

/** A key in the hands of somebody who takes what the account lets go, second by second. */
class Stage {
  readonly clock = { seconds: GRANTED_AT, nowSeconds: () => this.clock.seconds };
  readonly chain: SandboxChain;
  readonly account: ChainActor;
  readonly accomplice: ChainActor;
  readonly token: Address;
  /** Expired in the middle of the time that is left: the hour goes on. */
  readonly validUntil: bigint;
  readonly #className: string;

  constructor(className: string, terms: Terms) {
    this.#className = className;
    this.chain = createSandboxChain({ clock: this.clock, startSeconds: GRANTED_AT });
    this.account = this.chain.deployAccount(className, 0x1234n);
    this.accomplice = this.chain.deployAccount(className, 0x1235n);
    this.token = this.chain.deployToken(this.account, 'token_keyed');
    this.validUntil = BigInt(END_OF_HOUR - Math.floor(terms.secondsLeft / 2));
    const { maxPerCall, maxPerWindow, windowSeconds, maxCalls } = terms;
    const policy = { sessionKey: KEY, token: this.token, maxPerCall, maxPerWindow, windowSeconds };
    const key = {
      sessionKey: KEY,
      validUntilSeconds: this.validUntil,
      maxCalls,
      allowedEntrypoints: terms.list,
    };
    this.clock.seconds = END_OF_HOUR - terms.secondsLeft;
    this.account.change({ kind: 'SetSpendingPolicy', ...policy }, { kind: 'AddOrUpdateSessionKey', ...key });
    if (terms.spent > 0n) this.take(terms.spent, maxPerCall);
  }

  close(): Promise<void> {
    return this.chain.sandbox.close();
  }

  words(name: 'get_session_data' | 'get_spending_policy', ...args: bigint[]): Felt[] {
    return this.chain.view(this.account.address, name, ...args).map(toFelt);
  }

  u256(name: string, ...args: bigint[]): bigint {
    const [low = 0n, high = 0n] = this.chain.view(this.token, name, ...args);
    return low + (high << 128n);
  }

  stolen(): bigint {
    return this.u256('balance_of', THIEF);
  }

  /** What is said to be at risk at the newest block. */
  atRisk(list: readonly Felt[], spenders: readonly Address[] = []): MaximumAtRisk {
    const profile = createProfileRegistry().find(testClassHash(this.#className));
    return maximumAtRisk({
      nowSeconds: BigInt(this.clock.seconds),
      session: sessionDataFromFelts(this.words('get_session_data', KEY)),
      allowedEntrypoints: list,
      rules: { ...rulesOf(profile), signsAnything: profile?.fourFeltIsValidSignature?.value },
      policy: spendingPolicyFromFelts(this.words('get_spending_policy', KEY, this.token)),
      balance: this.u256('balance_of', this.account.address),
      allowances: spenders.map((spender) => ({
        spender,
        amount: this.u256('allowance', this.account.address, spender),
      })),
    });
  }

  /** Sends calls with the key; false where the network or the account refuses, and then it never happened. */
  tries(calls: readonly Call[]): boolean {
    const before = this.chain.sandbox.latest.number;
    try {
      const hash = this.account.sendAs(SECRET, this.validUntil, calls);
      const transaction_hash = feltToHex(hash);
      const receipt = this.chain.request('starknet_getTransactionReceipt', { transaction_hash });
      if ((receipt as { execution_status: string }).execution_status === 'SUCCEEDED') return true;
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'RpcError') throw error;
    }
    this.backTo(before);
    return false;
  }

  backTo(blockNumber: number): void {
    if (this.chain.sandbox.latest.number > blockNumber) this.chain.sandbox.abortFrom(blockNumber + 1);
  }

  /** Takes an amount in one transaction, in calls as large as one may be. */
  take(amount: bigint, maxPerCall: bigint): boolean {
    const calls: Call[] = [];
    for (let left = amount; left > 0n; left -= maxPerCall) {
      calls.push(transferCall(this.token, THIEF, left < maxPerCall ? left : maxPerCall));
    }
    return this.tries(calls);
  }

  /** Tries every choice of seconds at which to take the most that goes, and gives the best. */
  bruteForce(terms: Terms, second = this.clock.seconds): bigint {
    // Beyond the end: the key must be dead there.
    if (second > END_OF_HOUR + 1) return this.stolen();
    const start = this.chain.sandbox.latest.number;
    const waited = this.bruteForce(terms, second + 1);
    this.backTo(start);
    this.clock.seconds = second;
    let amount = terms.maxPerWindow;
    while (amount > 0n && !this.take(amount, terms.maxPerCall)) amount -= 1n;
    if (amount === 0n) return waited;
    const took = this.bruteForce(terms, second + 1);
    this.backTo(start);
    return took > waited ? took : waited;
  }
}

const anyTerms: fc.Arbitrary<Terms> = fc
  .record({
    maxPerCall: fc.bigInt(1n, 3n),
    maxPerWindow: fc.bigInt(1n, 3n),
    windowSeconds: fc.bigInt(1n, 4n),
    maxCalls: fc.bigInt(1n, 5n),
    spent: fc.bigInt(0n, 2n),
    secondsLeft: fc.integer({ min: 1, max: 4 }),
  })
  .map((terms) => ({
    ...terms,
    spent: terms.spent > terms.maxPerWindow ? terms.maxPerWindow : terms.spent,
    list: [SELECTORS.transfer],
  }));

describe.each(['session_account_setting', 'session_account_spend'])(
  'the most at risk by a key of a %s',
  (className) => {
    it('is what a brute-force adversary takes on the chain, never less and for plain transfers no more', async () => {
      await fc.assert(
        fc.asyncProperty(anyTerms, async (terms) => {
          const stage = new Stage(className, terms);
          const { kind, amount } = stage.atRisk(terms.list);
          const before = stage.stolen();
          const taken = stage.bruteForce(terms) - before;
          await stage.close();
          expect(kind).toBe('BOUNDED');
          expect({ terms, taken }).toEqual({ terms, taken: amount });
        }),
        { numRuns: 5 },
      );
    }, 120_000);

    const wide: Terms = {
      maxPerCall: 50n,
      maxPerWindow: 100n,
      windowSeconds: 60n,
      maxCalls: 5n,
      spent: 0n,
      secondsLeft: 20,
      list: [SELECTORS.transfer, SELECTORS.approve],
    };
    const callOf = (
      stage: Stage,
      name: 'approve' | 'transfer_from',
      parties: bigint[],
      amount: bigint,
    ): Call => ({
      to: stage.token,
      selector: SELECTORS[name],
      calldata: [...parties, ...splitU256(amount)].map(toFelt),
    });

    it('covers approvals that are drawn after the key is dead', async () => {
      const stage = new Stage(className, wide);
      const asked = stage.atRisk(wide.list);
      expect(asked).toMatchObject({ kind: 'BOUNDED', amount: 100n });
      const approval = callOf(stage, 'approve', [stage.accomplice.address], 50n);
      expect(stage.tries([approval, transferCall(stage.token, THIEF, 50n)])).toBe(true);
      stage.clock.seconds = END_OF_HOUR + 3_600;
      expect(stage.tries([transferCall(stage.token, THIEF, 1n)])).toBe(false);
      const dead = stage.atRisk(wide.list, [stage.accomplice.address]);
      expect(dead).toMatchObject({ amount: 50n, reasons: ['KEY_EXPIRED', 'ALLOWANCES_LIVE'] });
      stage.accomplice.send([callOf(stage, 'transfer_from', [stage.account.address, THIEF], 50n)]);
      expect(stage.stolen()).toBe(100n);
      expect(stage.stolen()).toBeLessThanOrEqual(asked.amount!);
      await stage.close();
    });

    it('is the balance where transferFrom may draw what the account allows itself', async () => {
      const list = [SELECTORS.transfer, SELECTORS.transfer_from];
      const stage = new Stage(className, { ...wide, list });
      stage.account.send([callOf(stage, 'approve', [stage.account.address], 10n ** 9n)]);
      const asked = stage.atRisk(list);
      expect(asked).toMatchObject({
        amount: 10n ** 12n,
        reasons: expect.arrayContaining(['UNCOUNTED_CALLS_ALLOWED']),
      });
      expect(stage.tries([callOf(stage, 'transfer_from', [stage.account.address, THIEF], 10n ** 9n)])).toBe(
        true,
      );
      expect(stage.stolen()).toBe(10n ** 9n);
      await stage.close();
    });
  },
);
