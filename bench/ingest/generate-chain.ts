import {
  type AccountModel,
  addKey,
  type KeyModel,
  newAccount,
  policyWords,
  sessionWords,
} from './chain-state.ts';
import { answersOf, type GeneratedBlock } from './block-answers.ts';
import { BlockDraft, hex, selector } from './block-draft.ts';
import type { Contents } from './digest.ts';
import { ExpectedRows } from './expected-rows.ts';
import { type OwnerCall, OwnerCalls, STRK, USDC } from './owner-calls.ts';
import type { Profile } from './profiles.ts';
import { createRandom, type Random } from './random.ts';
import type { WireEvent, WireHeader } from './wire.ts';

export interface GeneratedTotals {
  readonly contents: Contents;
  /** Session and policy events. */
  readonly sessionEvents: number;
  /** All events, with transfers, fees and new owners. */
  readonly events: number;
  readonly transactions: number;
  readonly uses: number;
  readonly keys: number;
}

const START_SECONDS = 1_790_000_000;
const BLOCK_SECONDS = 2;
/** The newest blocks of a chain are not on L1 yet. */
const NOT_FINAL_BLOCKS = 100;

/** How many blocks, from 0 on, are accepted on L1. */
export const finalBlocksOf = ({ mode, blocks }: Profile): number =>
  mode === 'HEAD' ? 0 : Math.max(0, blocks - NOT_FINAL_BLOCKS);

const SEQUENCER = '0x1176a1bd84444c89232ec27754698e5d2e7e1a7f1539f12027f28b23ec9f3d8';
const TRANSFER = selector('transfer');
const ALLOWED = [TRANSFER, selector('approve')];
const [OWNER_ADDED, TRANSFERRED] = [selector('OwnerAdded'), selector('Transfer')];

/** Makes a chain block by block. `finish` gives what an index of it must hold. */
export class ChainGenerator {
  #profile: Profile;
  readonly #classHash: string;
  #random: Random;
  readonly #rows = new ExpectedRows();
  readonly #accounts: AccountModel[] = [];
  #nextBlock = 0;
  #parentHash = '0x0';
  #root = '0x0';
  #totals = { sessionEvents: 0, events: 0, transactions: 0, uses: 0, keys: 0 };

  constructor(profile: Profile, classHash: string) {
    this.#profile = profile;
    this.#classHash = classHash;
    this.#random = createRandom(profile.seed);
  }

  /** From the next block on: another branch by another seed, or other contents. */
  switchTo(changes: Partial<Profile>): void {
    this.#profile = { ...this.#profile, ...changes };
    if (changes.seed !== undefined) this.#random = createRandom(changes.seed);
  }

  /** The accounts as they stand after the last block that was made. */
  get accounts(): readonly AccountModel[] {
    return this.#accounts;
  }

  finish(): GeneratedTotals {
    return { ...this.#totals, contents: this.#rows.finish() };
  }

  next(): GeneratedBlock {
    const blockNumber = this.#nextBlock++;
    const place = {
      blockNumber,
      blockHash: this.#random.felt(),
      timestampSeconds: START_SECONDS + blockNumber * BLOCK_SECONDS,
    };
    const draft = new BlockDraft(place, this.#rows);
    this.#fill(draft);
    const header = this.#header(draft);
    const { blockHash, parentHash, timestampSeconds, finality } = header;
    this.#rows.add('blocks', [], [blockNumber, blockHash, parentHash, timestampSeconds, finality, true]);
    const followed = draft.finish(this.#classHash);
    const oldRoot = this.#root;
    this.#parentHash = blockHash;
    this.#root = header.stateRoot;
    this.#totals.events += header.eventCount;
    this.#totals.transactions += header.transactionCount;
    return answersOf({ draft, header, oldRoot, followed }, this.#random);
  }

  #header(draft: BlockDraft): WireHeader {
    const isFinal = draft.place.blockNumber < finalBlocksOf(this.#profile);
    return {
      ...draft.place,
      parentHash: this.#parentHash,
      finality: isFinal ? 'ACCEPTED_ON_L1' : 'ACCEPTED_ON_L2',
      stateRoot: this.#random.felt(),
      transactionCount: draft.transactions.length,
      eventCount: draft.eventCount,
    };
  }

  #fill(draft: BlockDraft): void {
    const { eventsPerBlock, usesPerBlock, noisePerBlock, onlyFirstGrants } = this.#profile;
    for (let left = eventsPerBlock; left > 0; ) {
      const made = onlyFirstGrants ? this.#firstGrant(draft) : this.#ownerTransaction(draft, left);
      this.#totals.sessionEvents += made;
      left -= made;
    }
    for (let use = 0; use < usesPerBlock; use += 1) this.#use(draft);
    for (let noise = 0; noise < noisePerBlock; noise += 1) this.#noise(draft);
  }

  #firstGrant(draft: BlockDraft): number {
    const account = this.#deploy(draft);
    const key = this.#newKey(account);
    if (this.#profile.firstPolicies === true) {
      return this.#execute(draft, account, [
        (owner) => owner.setPolicy(key),
        (owner) => owner.grant(key, ALLOWED),
      ]);
    }
    return this.#execute(draft, account, [(owner) => owner.grant(key, [])]);
  }

  /** One multicall of the owner with one or two changes. @returns how many session events it has. */
  #ownerTransaction(draft: BlockDraft, mostEvents: number): number {
    const random = this.#random;
    const account = this.#anyAccount(draft);
    const key = this.#anyKey(account);
    const list = random.chance(0.5) ? ALLOWED : [];
    const grant = (owner: OwnerCalls) => owner.grant(key, list);
    const setPolicy = (owner: OwnerCalls) => owner.setPolicy(key);
    if (key.validUntil === 0) {
      if (mostEvents === 1) return this.#execute(draft, account, [grant]);
      // The policy first, so that the key is never without it.
      return this.#execute(draft, account, [setPolicy, grant]);
    }
    const choice = random.below(100);
    if (choice < 25) return this.#execute(draft, account, [grant]);
    if (choice < 40) return this.#execute(draft, account, [(owner) => owner.revoke(key)]);
    const { policy } = key;
    if (choice < 50 && policy?.lifecycle === 'SET') {
      return this.#execute(draft, account, [(owner) => owner.removePolicy(key, policy)]);
    }
    return this.#execute(draft, account, [setPolicy]);
  }

  #anyAccount(draft: BlockDraft): AccountModel {
    const index = this.#random.below(this.#profile.accounts);
    return index < this.#accounts.length ? this.#accounts[index]! : this.#deploy(draft);
  }

  #anyKey(account: AccountModel): KeyModel {
    const index = this.#random.below(this.#profile.keysPerAccount);
    return account.keys[index] ?? this.#newKey(account);
  }

  #newKey(account: AccountModel): KeyModel {
    this.#totals.keys += 1;
    return addKey(account, this.#random);
  }

  #deploy(draft: BlockDraft): AccountModel {
    const account = newAccount(this.#random);
    const { address, publicKey } = account;
    this.#accounts.push(account);
    draft.touch(account).deployed = true;
    draft.write(account, selector('Account_public_key'), publicKey);
    const hash = this.#random.felt();
    draft.eventFact(account, 'OwnerAdded', 0, hash, {}, { ownerGuid: publicKey });
    draft.push({
      type: 'DEPLOY_ACCOUNT',
      hash,
      sender: address,
      nonce: account.nonce++,
      signature: [this.#random.felt(), this.#random.felt()],
      calldata: [],
      deploy: { classHash: this.#classHash, salt: publicKey, publicKey },
      events: [{ from: address, keys: [OWNER_ADDED, publicKey], data: [] }, feeOf(address)],
    });
    return account;
  }

  #execute(
    draft: BlockDraft,
    account: AccountModel,
    changes: readonly ((owner: OwnerCalls) => OwnerCall)[],
  ): number {
    const hash = this.#random.felt();
    const owner = new OwnerCalls(draft, account, hash, this.#random);
    const calls = changes.map((change) => change(owner));
    draft.push({
      type: 'INVOKE',
      hash,
      sender: account.address,
      nonce: account.nonce++,
      signature: [this.#random.felt(), this.#random.felt()],
      calldata: [
        hex(calls.length),
        ...calls.flatMap((call) => [
          account.address,
          call.selector,
          hex(call.calldata.length),
          ...call.calldata,
        ]),
      ],
      events: [...calls.map(({ event }) => event), feeOf(account.address)],
    });
    return calls.length;
  }

  /** A transfer signed by a session key: one call used, and the amount debited where a policy stands. */
  #use(draft: BlockDraft): void {
    const account = this.#random.pick(this.#accounts);
    const key = account.keys.find(
      ({ validUntil, callsUsed, maxCalls }) => validUntil > 0 && callsUsed < maxCalls,
    );
    if (key === undefined) return;
    this.#totals.uses += 1;
    const { timestampSeconds: now } = draft.place;
    const amount = 1_000 * (1 + this.#random.below(500));
    key.callsUsed += 1;
    draft.writeWords(account, key.slots, sessionWords(key));
    const { policy } = key;
    if (policy && policy.maxPerWindow > 0) {
      if (policy.windowStart === 0 || now > policy.windowStart + policy.windowSeconds) {
        Object.assign(policy, { spent: 0, windowStart: now });
      }
      policy.spent = Math.min(policy.spent + amount, policy.maxPerWindow);
      draft.writeWords(account, policy.slots, policyWords(policy));
    }
    const signature = [key.sessionKey, this.#random.felt(), this.#random.felt(), hex(key.validUntil)];
    this.#transfer(draft, account.address, account.nonce++, signature, amount);
  }

  #noise(draft: BlockDraft): void {
    const signature = [this.#random.felt(), this.#random.felt()];
    this.#transfer(draft, this.#random.felt(), this.#random.below(1_000), signature, this.#random.below(1e9));
  }

  #transfer(draft: BlockDraft, sender: string, nonce: number, signature: string[], amount: number): void {
    const to = this.#random.felt();
    draft.push({
      type: 'INVOKE',
      hash: this.#random.felt(),
      sender,
      nonce,
      signature,
      calldata: ['0x1', USDC, TRANSFER, '0x3', to, hex(amount), '0x0'],
      events: [{ from: USDC, keys: [TRANSFERRED, sender, to], data: [hex(amount), '0x0'] }, feeOf(sender)],
    });
  }
}

/** The fee stands in every receipt, as a transfer. */
const feeOf = (sender: string): WireEvent => ({
  from: STRK,
  keys: [TRANSFERRED, sender, SEQUENCER],
  data: ['0x1b48eb57e000', '0x0'],
});
