import { selectorOf, feltToHex } from '#libs/felt';
import {
  type AccountModel,
  type KeyModel,
  policyWords,
  sessionWords,
  type SlotOwner,
} from './chain-state.ts';
import { type ExpectedRows, jsonbText } from './expected-rows.ts';
import type { WireDiff, WireTransaction } from './wire.ts';

export const hex = (value: number): string => `0x${value.toString(16)}`;

const selectors = new Map<string, string>();
/** Hashed once for each name. */
export const selector = (name: string): string => {
  const known = selectors.get(name) ?? feltToHex(selectorOf(name));
  selectors.set(name, known);
  return known;
};

const DERIVED = 2_147_483_647;

export interface BlockPlace {
  readonly blockNumber: number;
  readonly blockHash: string;
  readonly timestampSeconds: number;
}

interface Touched {
  /** Slots written, with what they held before the block. */
  readonly before: Map<string, string>;
  /** In the order of their first event. */
  readonly keyEvents: Set<KeyModel>;
  readonly policyEvents: Set<KeyModel>;
  deployed: boolean;
}

/** One block while it is made: transactions, what they changed, and the rows that must come of it. */
export class BlockDraft {
  readonly place: BlockPlace;
  readonly transactions: WireTransaction[] = [];
  readonly #rows: ExpectedRows;
  readonly #touched = new Map<AccountModel, Touched>();
  readonly #nonces = new Map<string, number>();

  constructor(place: BlockPlace, rows: ExpectedRows) {
    this.place = place;
    this.#rows = rows;
  }

  get eventCount(): number {
    return this.transactions.reduce((sum, { events }) => sum + events.length, 0);
  }

  push(transaction: WireTransaction): void {
    this.transactions.push(transaction);
    this.#nonces.set(transaction.sender, transaction.nonce + 1);
  }

  touch(account: AccountModel): Touched {
    let touched = this.#touched.get(account);
    if (touched === undefined) {
      touched = { before: new Map(), keyEvents: new Set(), policyEvents: new Set(), deployed: false };
      this.#touched.set(account, touched);
    }
    return touched;
  }

  write(account: AccountModel, slot: string, value: string): void {
    const before = account.storage.get(slot) ?? '0x0';
    if (before === value) return;
    const changes = this.touch(account).before;
    if (!changes.has(slot)) changes.set(slot, before);
    account.storage.set(slot, value);
  }

  writeWords(account: AccountModel, slots: readonly string[], words: readonly number[]): void {
    slots.forEach((slot, index) => this.write(account, slot, hex(words[index]!)));
  }

  /** The fact of an event that stands in the transaction about to be pushed. */
  eventFact(
    account: AccountModel,
    kind: string,
    eventIndex: number,
    transactionHash: string,
    subject: { readonly sessionKey?: string; readonly token?: string },
    payload: Parameters<typeof jsonbText>[0],
  ): void {
    const { blockNumber, blockHash } = this.place;
    const at = [blockNumber, blockHash, this.transactions.length, eventIndex, transactionHash];
    const { sessionKey = null, token = null } = subject;
    this.#rows.add('facts', [account.address], [...at, kind, sessionKey, token, jsonbText(payload)]);
  }

  /** Writes the derived facts and the versions of the block. @returns the state diff of the followed accounts. */
  finish(classHash: string): WireDiff {
    const storage: { address: string; entries: (readonly [string, string])[] }[] = [];
    for (const [account, touched] of this.#touched) {
      const entries = changedEntries(account, touched);
      if (entries.length > 0) storage.push({ address: account.address, entries });
      this.#derive(account, touched, entries, classHash);
    }
    const deployed = [...this.#touched].filter(([, { deployed: isNew }]) => isNew);
    return {
      storage,
      nonces: [...this.#nonces].map(([address, nonce]) => ({ address, nonce })),
      deployed: deployed.map(([{ address }]) => ({ address, classHash })),
    };
  }

  #derive(
    account: AccountModel,
    touched: Touched,
    entries: readonly (readonly [string, string])[],
    classHash: string,
  ): void {
    const owners = entries.map(([slot]) => account.owners.get(slot)).filter((owner) => owner !== undefined);
    let ordinal = 0;
    const derive = (kind: string, key: KeyModel | undefined, token: string | null, payload: string): void => {
      const { blockNumber, blockHash } = this.place;
      const at = [blockNumber, blockHash, DERIVED, ordinal, null];
      ordinal += 1;
      this.#rows.add('facts', [account.address], [...at, kind, key?.sessionKey ?? null, token, payload]);
    };
    for (const key of new Set([...touched.keyEvents, ...keysOf(owners, 'SESSION')])) {
      derive('SessionStateChanged', key, null, this.#sessionVersion(account, key));
    }
    for (const key of new Set([...touched.policyEvents, ...keysOf(owners, 'POLICY')])) {
      if (key.policy) {
        derive(
          'SpendingPolicyStateChanged',
          key,
          key.policy.token,
          this.#policyVersion(account, key, key.policy),
        );
      }
    }
    if (!touched.deployed) return;
    derive('AccountDeployed', undefined, null, jsonbText({ before: null, after: classHash }));
    this.#rows.addVersion('account_versions', [account.address], this.place.blockNumber, [classHash]);
  }

  /** @returns the payload of the derived fact. */
  #sessionVersion(account: AccountModel, key: KeyModel): string {
    const after = sessionWords(key).map(String);
    const payload = jsonbText({ before: key.lastWords, after, allowedEntrypoints: key.list });
    key.lastWords = after;
    const [validUntil, maxCalls, callsUsed, length] = sessionWords(key) as [number, number, number, number];
    this.#rows.addVersion('session_versions', [account.address, key.sessionKey], this.place.blockNumber, [
      ...[validUntil, maxCalls, callsUsed, `{${key.list.join(',')}}`, length, true],
      ...[key.lifecycle, key.lifecycleBlock, key.lifecycleTx],
    ]);
    return payload;
  }

  #policyVersion(account: AccountModel, key: KeyModel, policy: NonNullable<KeyModel['policy']>): string {
    const [maxPerCall, , maxPerWindow, , windowSeconds, spent, , start] = policyWords(policy).map(String);
    const after = [maxPerCall!, maxPerWindow!, windowSeconds!, spent!, start!];
    const payload = jsonbText({ before: policy.lastWords, after });
    policy.lastWords = after;
    const entry = [account.address, key.sessionKey, policy.token];
    this.#rows.addVersion('policy_versions', entry, this.place.blockNumber, [
      ...after,
      ...[policy.lifecycle, policy.lifecycleBlock, policy.lifecycleTx],
    ]);
    return payload;
  }
}

const keysOf = (owners: readonly SlotOwner[], kind: SlotOwner['kind']): KeyModel[] =>
  owners.filter((owner) => owner.kind === kind).map(({ key }) => key);

/** As nodes give them: net changes only, by slot. */
const changedEntries = (account: AccountModel, { before }: Touched): (readonly [string, string])[] =>
  [...before]
    .map(([slot, old]) => [slot, account.storage.get(slot) ?? '0x0', old] as const)
    .filter(([, now, old]) => now !== old)
    .map(([slot, now]) => [slot, now] as const)
    .sort(([a], [b]) => a.length - b.length || (a < b ? -1 : 1));
