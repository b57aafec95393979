import { readFileSync } from 'node:fs';
import { policySlotBase, sessionSlotBase, slotAt } from '#libs/account';
import { feltToHex, selectorOf, toAddress, toSessionKey } from '#libs/felt';
import type { FeedAnswer } from '../ingest/feed-answers.ts';
import {
  headerJson,
  stateUpdateJson,
  transactionJson,
  type WireEvent,
  type WireHeader,
  type WireTransaction,
} from '../ingest/wire.ts';

/** One account that did little on a chain that is long. */
export interface VirtualLife {
  readonly blocks: number;
  readonly deployedAt: number;
  readonly usedAt: readonly number[];
  /** A node that tells the block of the last update of a slot. */
  readonly tellsUpdates: boolean;
}

export const ACCOUNT = toAddress(0xacc0_0001n);
const KEY = toSessionKey(0x5e55_10b1n);
const TOKEN = toAddress(0x70_0c01n);
const ARTIFACTS = new URL('../../contracts/artifacts/', import.meta.url);
const CLASS = 'session_account_spend';
const START_SECONDS = 1_700_000_000;
const BLOCK_SECONDS = 2;
const WINDOW_SECONDS = 86_400;
const SPENT = 5;
const WINDOW_START = 7;

interface BlockDeeds {
  readonly transactions: WireTransaction[];
  readonly writes: Map<string, bigint>;
  deploys: boolean;
}

interface PlacedEvent extends WireEvent {
  readonly blockNumber: number;
  readonly transactionIndex: number;
  readonly eventIndex: number;
  readonly transactionHash: string;
}

const hex = (value: bigint | number): string => feltToHex(BigInt(value));
const selector = (name: string): string => feltToHex(selectorOf(name));
const text = (json: string): FeedAnswer => ({ result: Buffer.from(json, 'latin1') });
const error = (code: number, message: string): FeedAnswer => ({ error: { code, message } });

/** A chain of any length whose empty blocks are made when they are asked for: only what happened is kept. */
export class VirtualChain {
  readonly #life: VirtualLife;
  readonly #classHash: string;
  readonly #class: string;
  readonly #deeds = new Map<number, BlockDeeds>();
  readonly #history = new Map<string, { readonly block: number; readonly value: bigint }[]>();
  readonly #events: PlacedEvent[] = [];
  #nonce = 0;

  constructor(life: VirtualLife) {
    this.#life = life;
    const classes = JSON.parse(readFileSync(new URL('classes.json', ARTIFACTS), 'utf8')) as Record<
      string,
      { readonly classHash: string }
    >;
    this.#classHash = hex(BigInt(classes[CLASS]!.classHash));
    this.#class = readFileSync(new URL(`${CLASS}.sierra.json`, ARTIFACTS), 'utf8');
    this.#live();
  }

  #live(): void {
    const { deployedAt, usedAt } = this.#life;
    const [session, policy] = [sessionSlotBase(KEY), policySlotBase(KEY, TOKEN)];
    const word = (base: bigint, at: number): string => hex(slotAt(base, at));
    this.#do(
      deployedAt,
      [{ from: hex(ACCOUNT), keys: [selector('OwnerAdded'), '0x99'], data: [] }],
      [],
      true,
    );
    const setAt = deployedAt + 10;
    this.#do(
      setAt,
      [
        this.#event('SpendingPolicySet', [hex(TOKEN)], ['0x64', '0x0', '0x3e8', '0x0', hex(WINDOW_SECONDS)]),
        this.#event('SessionKeyAdded', [], [hex(9_000_000_000), hex(usedAt.length * 2)]),
      ],
      [
        ...[100n, 0n, 1_000n, 0n, BigInt(WINDOW_SECONDS)].map(
          (value, at) => [word(policy, at), value] as const,
        ),
        [word(session, 0), 9_000_000_000n],
        [word(session, 1), BigInt(usedAt.length * 2)],
      ],
    );
    let [windowStart, spent] = [0, 0n];
    usedAt.forEach((block, index) => {
      const now = START_SECONDS + block * BLOCK_SECONDS;
      const resets = windowStart === 0 || now > windowStart + WINDOW_SECONDS;
      if (resets) [windowStart, spent] = [now, 0n];
      spent += 7n;
      this.#do(
        block,
        [{ from: hex(TOKEN), keys: [selector('Transfer'), hex(ACCOUNT), '0xbeef'], data: ['0x7', '0x0'] }],
        [
          [word(session, 2), BigInt(index + 1)],
          [word(policy, SPENT), spent],
          ...(resets ? [[word(policy, WINDOW_START), BigInt(now)] as const] : []),
        ],
      );
    });
  }

  #event(name: string, keys: readonly string[], data: readonly string[]): WireEvent {
    return { from: hex(ACCOUNT), keys: [selector(name), hex(KEY), ...keys], data };
  }

  #do(
    blockNumber: number,
    events: readonly WireEvent[],
    writes: readonly (readonly [string, bigint])[],
    deploys = false,
  ): void {
    const deeds = { transactions: [], writes: new Map<string, bigint>(), deploys };
    const isOwners = events.some(({ from }) => from === hex(ACCOUNT));
    const hash = hex(0x7a_0000_0000n + BigInt(blockNumber));
    const call = ['0x1', hex(TOKEN), selector('transfer'), '0x3', '0xbeef', '0x7', '0x0'];
    const transaction: WireTransaction = {
      ...{ type: deploys ? 'DEPLOY_ACCOUNT' : 'INVOKE', hash, sender: hex(ACCOUNT), nonce: this.#nonce },
      signature: isOwners ? ['0x1', '0x2'] : [hex(KEY), '0x1', '0x2', hex(9_000_000_000)],
      calldata: call,
      ...(deploys && { deploy: { classHash: this.#classHash, salt: '0x1', publicKey: '0x99' } }),
      events,
    };
    this.#nonce += 1;
    for (const [slot, value] of writes) {
      deeds.writes.set(slot, value);
      this.#history.set(slot, [...(this.#history.get(slot) ?? []), { block: blockNumber, value }]);
    }
    events.forEach((event, eventIndex) =>
      this.#events.push({ ...event, blockNumber, transactionIndex: 0, eventIndex, transactionHash: hash }),
    );
    this.#deeds.set(blockNumber, { ...deeds, transactions: [transaction] });
  }

  answer(method: string, params: Readonly<Record<string, unknown>>): FeedAnswer {
    if (method === 'starknet_chainId') return text('"0x534e5f5345504f4c4941"');
    if (method === 'starknet_specVersion') return text('"0.10.2"');
    if (method === 'starknet_getEvents')
      return this.#eventsAnswer(params['filter'] as Record<string, unknown>);
    if (method === 'starknet_getClass') return text(this.#class);
    const at = this.#numberOf(params['block_id']);
    if (at === undefined) return error(24, 'Block not found');
    switch (method) {
      case 'starknet_getBlockWithTxHashes':
        return text(`{${headerJson(this.#header(at))},"transactions":[${this.#hashes(at).join(',')}]}`);
      case 'starknet_getBlockWithReceipts':
        return text(`{${headerJson(this.#header(at))},"transactions":[${this.#receipts(at).join(',')}]}`);
      case 'starknet_getStateUpdate':
        return text(this.#stateUpdate(at));
      case 'starknet_getClassHashAt':
        return at < this.#life.deployedAt ? error(20, 'Contract not found') : text(`"${this.#classHash}"`);
      case 'starknet_getStorageAt':
        return this.#storage(params, at);
      default:
        return error(-32601, 'Method not found');
    }
  }

  #storage(params: Readonly<Record<string, unknown>>, at: number): FeedAnswer {
    if (at < this.#life.deployedAt) return error(20, 'Contract not found');
    const flags = params['response_flags'];
    if (flags !== undefined && !this.#life.tellsUpdates)
      return error(-32602, 'unknown field `response_flags`');
    const last = this.#history.get(String(params['key']))?.findLast(({ block }) => block <= at);
    const value = `"${hex(last?.value ?? 0n)}"`;
    return text(flags === undefined ? value : `{"value":${value},"last_update_block":${last?.block ?? 0}}`);
  }

  #numberOf(id: unknown): number | undefined {
    const newest = this.#life.blocks - 1;
    if (id === 'latest' || id === 'pre_confirmed') return newest;
    if (id === 'l1_accepted') return newest;
    const { block_number: number, block_hash: hash } = id as { block_number?: number; block_hash?: string };
    const found = number ?? (hash === undefined ? undefined : Number(BigInt(hash) - FIRST_HASH));
    return found !== undefined && found >= 0 && found <= newest ? found : undefined;
  }

  #header(at: number): WireHeader {
    const transactions = this.#deeds.get(at)?.transactions ?? [];
    return {
      ...{ blockNumber: at, blockHash: hashOf(at), parentHash: at === 0 ? '0x0' : hashOf(at - 1) },
      timestampSeconds: START_SECONDS + at * BLOCK_SECONDS,
      finality: 'ACCEPTED_ON_L1',
      stateRoot: hex(0x500_0000_0000n + BigInt(at)),
      transactionCount: transactions.length,
      eventCount: transactions.reduce((sum, { events }) => sum + events.length, 0),
    };
  }

  #hashes(at: number): string[] {
    return (this.#deeds.get(at)?.transactions ?? []).map(({ hash }) => `"${hash}"`);
  }

  #receipts(at: number): string[] {
    return (this.#deeds.get(at)?.transactions ?? []).map((each) => transactionJson(each, 'ACCEPTED_ON_L1'));
  }

  #stateUpdate(at: number): string {
    const deeds = this.#deeds.get(at);
    const address = hex(ACCOUNT);
    const entries = [...(deeds?.writes ?? [])].map(([slot, value]) => [slot, hex(value)] as const);
    return stateUpdateJson(this.#header(at), hex(0x500_0000_0000n + BigInt(at - 1 < 0 ? 0 : at - 1)), {
      storage: entries.length === 0 ? [] : [{ address, entries }],
      nonces: [],
      deployed: deeds?.deploys === true ? [{ address, classHash: this.#classHash }] : [],
    });
  }

  #eventsAnswer(filter: Record<string, unknown>): FeedAnswer {
    const from = this.#numberOf(filter['from_block'] ?? { block_number: 0 }) ?? 0;
    const to = this.#numberOf(filter['to_block'] ?? 'latest') ?? this.#life.blocks - 1;
    const [wanted = []] = (filter['keys'] ?? []) as readonly (readonly string[])[];
    const found = this.#events.filter(
      ({ from: emitter, keys, blockNumber }) =>
        emitter === filter['address'] &&
        blockNumber >= from &&
        blockNumber <= to &&
        (wanted.length === 0 || wanted.includes(keys[0] ?? '')),
    );
    return text(JSON.stringify({ events: found.map(wireEvent) }));
  }
}

const FIRST_HASH = 0xb10c_0000_0000n;
const hashOf = (at: number): string => hex(FIRST_HASH + BigInt(at));

const wireEvent = ({ from, keys, data, blockNumber, transactionHash, ...place }: PlacedEvent) => ({
  ...{ from_address: from, keys, data, block_number: blockNumber, block_hash: hashOf(blockNumber) },
  ...{ transaction_hash: transactionHash },
  ...{ transaction_index: place.transactionIndex, event_index: place.eventIndex },
});
