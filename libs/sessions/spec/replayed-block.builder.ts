import {
  type AccountEvent,
  ANY_CALLER,
  type Call,
  type ClassProfile,
  encodeCalls,
  encodeOutsideExecutionCall,
  NO_POLICY,
  NO_SESSION,
  policyAsSet,
  type SessionData,
  sessionAsGranted,
  type SpendingTerms,
  type WindowRule,
} from '#libs/account';
import { type Address, type Felt, selectorOf, type SessionKey, toClassHash, toFelt } from '#libs/felt';
import type { LocatedEvent, OwnerGrant } from '../src/fold/account-block.ts';
import type { AccountState } from '../src/fold/account-state.ts';
import type { BlockTransaction, TracedTransaction } from '../src/uses/block-transaction.ts';
import { replayAccountBlock, type ReplayResult } from '../src/uses/replay-account-block.ts';
import {
  ACCOUNT,
  CLASS,
  EXECUTE,
  FAR,
  FORWARDER,
  leaf,
  names,
  node,
  NOW,
  OUTSIDE,
  profileWith,
  RELAYER,
  SETTING,
  TOKEN,
  tracedRequests,
  wrapped,
} from './replayed-block.parts.ts';
import { ReplayedWords } from './replayed-block.words.ts';

/** A block as a chain would make it of what somebody does, with the words that it leaves behind. */
export class ScriptedBlock {
  readonly transactions: BlockTransaction[] = [];
  readonly events: LocatedEvent[] = [];
  readonly decoded: { event: LocatedEvent; decoded: AccountEvent }[] = [];
  readonly ownerGrants: OwnerGrant[] = [];
  readonly traces = new Map<bigint, TracedTransaction | 'UNAVAILABLE'>();
  /** Hashes that were asked for. */
  readonly asked: Felt[] = [];
  readonly #windowRule: WindowRule;
  readonly #words: ReplayedWords;
  profile: ClassProfile | undefined;
  nowSeconds = NOW;
  #before: AccountState | undefined;
  #nonce = 0n;

  constructor(windowRule: WindowRule = SETTING) {
    this.#windowRule = windowRule;
    this.#words = new ReplayedWords(windowRule);
    this.profile = profileWith(windowRule);
  }

  get sessions(): Map<SessionKey, SessionData> {
    return this.#words.sessions;
  }

  get policies(): ReplayedWords['policies'] {
    return this.#words.policies;
  }

  /** What was there before the block. Called once, after the first words are set. */
  begin(): this {
    this.#before = this.#words.state();
    return this;
  }

  hold(key: SessionKey, maxCalls: bigint, callsUsed = 0n): this {
    this.sessions.set(key, {
      ...sessionAsGranted({ validUntilSeconds: FAR, maxCalls, allowedEntrypoints: [] }),
      callsUsed,
    });
    return this;
  }

  limit(key: SessionKey, terms: SpendingTerms): this {
    this.#words.setPolicy(key, policyAsSet(terms, this.#windowRule, NOW - 10n));
    return this;
  }

  grant(key: SessionKey, maxCalls: bigint): void {
    this.sessions.set(key, sessionAsGranted({ validUntilSeconds: FAR, maxCalls, allowedEntrypoints: [] }));
    const transaction = this.#owner({
      kind: 'SessionKeyAdded',
      sessionKey: key,
      validUntilSeconds: FAR,
      maxCalls,
    });
    this.ownerGrants.push({ transactionIndex: transaction, sessionKey: key, allowedEntrypoints: [] });
  }

  revoke(key: SessionKey): void {
    this.sessions.set(key, NO_SESSION);
    this.#owner({ kind: 'SessionKeyRevoked', sessionKey: key });
  }

  setPolicy(key: SessionKey, terms: SpendingTerms): void {
    this.#words.setPolicy(key, policyAsSet(terms, this.#windowRule, this.nowSeconds));
    this.#owner({ kind: 'SpendingPolicySet', sessionKey: key, token: TOKEN, ...terms });
  }

  removePolicy(key: SessionKey): void {
    this.#words.setPolicy(key, NO_POLICY);
    this.#owner({ kind: 'SpendingPolicyRemoved', sessionKey: key, token: TOKEN });
  }

  upgrade(classHash: bigint): void {
    this.#owner({ kind: 'Upgraded', classHash: toClassHash(classHash) });
  }

  /** Sent by the account itself. Reverts where the policy refuses. */
  invoke(key: SessionKey, calls: readonly Call[], failed: readonly number[] = []): void {
    this.#words.burn(key);
    const succeeds = this.#words.debit(key, calls, this.nowSeconds);
    const transaction = this.#send({
      sender: ACCOUNT,
      calls,
      signature: [key, toFelt(1), toFelt(2), toFelt(FAR)],
      ...(succeeds ? {} : { revertReason: "('Spending: exceeds per-call')" }),
    });
    failed.forEach((index) => {
      const { to, selector } = calls[index] as Call;
      this.#emit(transaction, { kind: 'CallFailed', callIndex: index, to, selector });
    });
    const children = calls.map((call, index) => leaf(call, ACCOUNT, failed.includes(index)));
    this.#trace(transaction, { execute: node(ACCOUNT, EXECUTE, encodeCalls(calls), 0n, children) });
  }

  /**
   * Sent by a relayer whose account goes on after a failed call, one request after the other; through a contract where
   * `nested`. A request that a policy refuses, or that is told to fail, is taken back.
   */
  sponsor(
    requests: readonly {
      readonly key: SessionKey;
      readonly calls: readonly Call[];
      readonly fails?: boolean;
    }[],
    {
      nested = false,
      reverts = false,
      undone = false,
    }: { readonly nested?: boolean; readonly reverts?: boolean; readonly undone?: boolean } = {},
  ): void {
    const made = requests.map(({ key, calls, fails = false }) => {
      const call = this.#outside(key, calls);
      const stands =
        !reverts &&
        !undone &&
        !fails &&
        this.#words.canUse(key) &&
        this.#words.debit(key, calls, this.nowSeconds);
      if (stands) this.#words.burn(key);
      return { call, calls, stands };
    });
    const outer = nested ? made.map(({ call }) => wrapped(call)) : made.map(({ call }) => call);
    const transaction = this.#send({
      sender: RELAYER,
      calls: outer,
      signature: [toFelt(1), toFelt(2)],
      ...(reverts ? { revertReason: "('Spending: exceeds per-call')" } : {}),
    });
    const children = tracedRequests(made, outer, { nested, undone });
    this.#trace(transaction, { execute: node(RELAYER, EXECUTE, [], 0n, children) });
  }

  /** Another event of the account in the transaction that came last. */
  alsoEmits(event: AccountEvent): void {
    this.#emit(this.transactions.length - 1, event);
  }

  /** A use that nothing in the block tells of. */
  hide(key: SessionKey): void {
    this.#words.burn(key);
  }

  /** A transaction of somebody else that does not name the account, and calls it all the same. */
  hideInContract(key: SessionKey, calls: readonly Call[]): void {
    this.#words.burn(key);
    this.#words.debit(key, calls, this.nowSeconds);
    const call = this.#outside(key, calls);
    const transaction = this.#send({ sender: RELAYER, calls: [], signature: [] });
    const inner = node(
      ACCOUNT,
      OUTSIDE,
      call.calldata,
      FORWARDER,
      calls.map((each) => leaf(each, ACCOUNT, false)),
    );
    this.#trace(transaction, { execute: node(RELAYER, EXECUTE, [], 0n, [inner]) });
  }

  /** Replays the block, giving the traces that it asks for. */
  replay(): Extract<ReplayResult, { kind: 'REPLAYED' }> {
    const before = this.#before as AccountState;
    const given = new Map<bigint, TracedTransaction | 'UNAVAILABLE'>();
    const { sessions, policies } = this.#words.rows(2, before);
    const { events, decoded, ownerGrants } = this;
    for (let round = 0; round < 10; round += 1) {
      const result = replayAccountBlock(
        { before, sessions, policies, newClass: undefined, events, decoded, ownerGrants },
        {
          chainId: toFelt(1),
          timestampSeconds: this.nowSeconds,
          transactions: this.transactions.filter((transaction) => names(transaction)),
          allTransactions: this.transactions,
          profileOf: (classHash) => (classHash === CLASS ? this.profile : undefined),
          traces: given,
        },
      );
      if (result.kind === 'REPLAYED') return result;
      for (const hash of result.transactionHashes) {
        this.asked.push(hash);
        given.set(hash, this.traces.get(hash) ?? 'UNAVAILABLE');
      }
    }
    throw new Error('the replay asks for traces without end');
  }

  #outside(key: SessionKey, calls: readonly Call[]): Call {
    this.#nonce += 1n;
    return encodeOutsideExecutionCall(ACCOUNT, {
      outsideExecution: {
        caller: ANY_CALLER,
        nonce: toFelt(this.#nonce),
        executeAfterSeconds: 0n,
        executeBeforeSeconds: FAR,
        calls,
      },
      signature: [key, toFelt(1), toFelt(2), toFelt(FAR)],
    });
  }

  #owner(event: AccountEvent): number {
    const transaction = this.#send({ sender: ACCOUNT, calls: [], signature: [toFelt(1), toFelt(2)] });
    this.#emit(transaction, event);
    const own = node(ACCOUNT, selectorOf('owner_call'), [], ACCOUNT, []);
    const execute = node(ACCOUNT, EXECUTE, [], 0n, [{ ...own, events: [{ order: 0 }] }]);
    this.#trace(transaction, { execute });
    return transaction;
  }

  #emit(transactionIndex: number, decoded: AccountEvent): void {
    const { transactionHash } = this.transactions[transactionIndex] as BlockTransaction;
    const eventIndex = this.events.filter((event) => event.transactionIndex === transactionIndex).length;
    const event = { fromAddress: ACCOUNT, keys: [], data: [], transactionIndex, transactionHash, eventIndex };
    this.events.push(event);
    this.decoded.push({ event, decoded });
  }

  #send(sent: {
    readonly sender: Address;
    readonly calls: readonly Call[];
    readonly signature: readonly Felt[];
    readonly revertReason?: string;
  }): number {
    const transactionIndex = this.transactions.length;
    const { sender, calls, signature, revertReason } = sent;
    this.transactions.push({
      transactionHash: toFelt(0x7000 + transactionIndex),
      transactionIndex,
      type: 'INVOKE',
      version: 3n,
      executionStatus: revertReason === undefined ? 'SUCCEEDED' : 'REVERTED',
      ...(revertReason === undefined ? {} : { revertReason }),
      actualFee: { amount: 7n, unit: 'FRI' },
      senderAddress: sender,
      calldata: encodeCalls(calls),
      signature,
    });
    return transactionIndex;
  }

  #trace(transactionIndex: number, trace: TracedTransaction): void {
    this.traces.set((this.transactions[transactionIndex] as BlockTransaction).transactionHash, trace);
  }
}
