import {
  type AccountModel,
  addPolicy,
  type KeyModel,
  listSlot,
  policyWords,
  sessionWords,
} from './chain-state.ts';
import { type BlockDraft, hex, selector } from './block-draft.ts';
import type { Random } from './random.ts';
import type { WireEvent } from './wire.ts';

const [KEY_ADDED, KEY_REVOKED] = [selector('SessionKeyAdded'), selector('SessionKeyRevoked')];
const [POLICY_SET, POLICY_REMOVED] = [selector('SpendingPolicySet'), selector('SpendingPolicyRemoved')];

/** The token of all policies. */
export const USDC = '0x33068f6539f8e6e6b131e6b2b814e6c34a5224bc66947c47dab9dfee93b35fb';
/** The token of fees. */
export const STRK = '0x4718f5a0fc34cc1af16a1cdee98ffb20c31f5cd61d6ab07201858f4287c938d';

export interface OwnerCall {
  readonly selector: string;
  readonly calldata: readonly string[];
  readonly event: WireEvent;
}

type Subject = Parameters<BlockDraft['eventFact']>[4];
type Payload = Parameters<BlockDraft['eventFact']>[5];

/** The calls of one transaction of an owner: what each changes, and the event that tells of it. */
export class OwnerCalls {
  readonly #draft: BlockDraft;
  readonly #account: AccountModel;
  readonly #hash: string;
  readonly #random: Random;
  /** Of the next event in the transaction. */
  #eventIndex = 0;

  constructor(draft: BlockDraft, account: AccountModel, hash: string, random: Random) {
    this.#draft = draft;
    this.#account = account;
    this.#hash = hash;
    this.#random = random;
  }

  grant(key: KeyModel, list: readonly string[]): OwnerCall {
    key.validUntil = this.#draft.place.timestampSeconds + 86_400 * (1 + this.#random.below(90));
    key.maxCalls = 200 + this.#random.below(800);
    key.callsUsed = 0;
    this.#writeList(key, list);
    this.#keyEvent(key, 'REGISTERED');
    const terms = [hex(key.validUntil), hex(key.maxCalls)];
    this.#tell(
      'SessionKeyAdded',
      { sessionKey: key.sessionKey },
      {
        validUntilSeconds: String(key.validUntil),
        maxCalls: String(key.maxCalls),
        allowedEntrypoints: list,
      },
    );
    return {
      selector: selector('add_or_update_session_key'),
      calldata: [key.sessionKey, ...terms, hex(list.length), ...list],
      event: { from: this.#account.address, keys: [KEY_ADDED, key.sessionKey], data: terms },
    };
  }

  revoke(key: KeyModel): OwnerCall {
    key.validUntil = 0;
    key.maxCalls = 0;
    key.callsUsed = 0;
    this.#writeList(key, []);
    this.#keyEvent(key, 'REVOKED');
    this.#tell('SessionKeyRevoked', { sessionKey: key.sessionKey }, {});
    return {
      selector: selector('revoke_session_key'),
      calldata: [key.sessionKey],
      event: { from: this.#account.address, keys: [KEY_REVOKED, key.sessionKey], data: [] },
    };
  }

  setPolicy(key: KeyModel): OwnerCall {
    const policy = key.policy ?? addPolicy(this.#account, key, USDC);
    const maxPerCall = 1_000_000 * (1 + this.#random.below(50));
    Object.assign(policy, {
      maxPerCall,
      maxPerWindow: maxPerCall * (2 + this.#random.below(20)),
      windowSeconds: 3_600 * (1 + this.#random.below(24)),
      spent: 0,
      windowStart: 0,
    });
    this.#policyEvent(key, 'SET');
    const subject = { sessionKey: key.sessionKey, token: policy.token };
    this.#tell('SpendingPolicySet', subject, {
      maxPerCall: String(policy.maxPerCall),
      maxPerWindow: String(policy.maxPerWindow),
      windowSeconds: String(policy.windowSeconds),
    });
    const terms = [hex(policy.maxPerCall), '0x0', hex(policy.maxPerWindow), '0x0', hex(policy.windowSeconds)];
    return {
      selector: selector('set_spending_policy'),
      calldata: [key.sessionKey, policy.token, ...terms],
      event: { from: this.#account.address, keys: [POLICY_SET, key.sessionKey, policy.token], data: terms },
    };
  }

  removePolicy(key: KeyModel, policy: NonNullable<KeyModel['policy']>): OwnerCall {
    Object.assign(policy, { maxPerCall: 0, maxPerWindow: 0, windowSeconds: 0, spent: 0, windowStart: 0 });
    this.#policyEvent(key, 'REMOVED');
    const subject = { sessionKey: key.sessionKey, token: policy.token };
    this.#tell('SpendingPolicyRemoved', subject, {});
    return {
      selector: selector('remove_spending_policy'),
      calldata: [key.sessionKey, policy.token],
      event: { from: this.#account.address, keys: [POLICY_REMOVED, key.sessionKey, policy.token], data: [] },
    };
  }

  /** The old list is zeroed, then the new one written. */
  #writeList(key: KeyModel, list: readonly string[]): void {
    const length = Math.max(key.list.length, list.length);
    for (let index = 0; index < length; index += 1) {
      this.#draft.write(this.#account, listSlot(key, index), list[index] ?? '0x0');
    }
    key.list = list;
  }

  #keyEvent(key: KeyModel, lifecycle: KeyModel['lifecycle']): void {
    this.#draft.writeWords(this.#account, key.slots, sessionWords(key));
    this.#draft.touch(this.#account).keyEvents.add(key);
    Object.assign(key, { lifecycle, lifecycleBlock: this.#draft.place.blockNumber, lifecycleTx: this.#hash });
  }

  #policyEvent(key: KeyModel, lifecycle: 'SET' | 'REMOVED'): void {
    if (key.policy === undefined) return;
    this.#draft.writeWords(this.#account, key.policy.slots, policyWords(key.policy));
    this.#draft.touch(this.#account).policyEvents.add(key);
    Object.assign(key.policy, {
      lifecycle,
      lifecycleBlock: this.#draft.place.blockNumber,
      lifecycleTx: this.#hash,
    });
  }

  #tell(kind: string, subject: Subject, payload: Payload): void {
    this.#draft.eventFact(this.#account, kind, this.#eventIndex++, this.#hash, subject, payload);
  }
}
