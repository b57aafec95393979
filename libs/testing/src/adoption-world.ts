import { sessionSlotBase, slotAt } from '#libs/account';
import type { BlockHeader, ChainSource, EmittedEvent, EventQuery } from '#libs/chain';
import { type Db, inTransaction } from '#libs/database';
import {
  type Address,
  type ClassHash,
  type Felt,
  feltToHex,
  type SessionKey,
  toAddress,
  toFelt,
  toSessionKey,
} from '#libs/felt';
import { requestAccounts } from '#libs/indexing';
import { indexRowsOf } from './index-rows.builder.ts';
import { createScriptedChain, headerOf, lifecycleEvent } from './scripted-chain.ts';

const EXPIRY = toFelt(5_000n);

/** Who is adopted, and at which block. */
export const ADOPTION = {
  ACCOUNT: toAddress(0xa1n),
  OTHER: toAddress(0xa2n),
  KEY: toSessionKey(0x51n),
  LATER_KEY: toSessionKey(0x52n),
  CLASS: 0xc1a55n as ClassHash,
  HEAD: headerOf(100, 1_000n),
  EXPIRY,
  GRANT_DATA: [EXPIRY, toFelt(10n)],
} as const;

const { ACCOUNT, KEY, CLASS, HEAD, GRANT_DATA } = ADOPTION;
let networks = 0;

/** The first word of a key. */
export const expirySlot = (key: SessionKey): Felt => slotAt(sessionSlotBase(key), 0);

/** An index at a block, and a node that says of two accounts what is laid down here: a key of the first to begin with. */
export class AdoptionWorld {
  readonly head = HEAD;
  readonly classHash = CLASS;
  readonly events: EmittedEvent[] = [lifecycleEvent('SessionKeyAdded', ACCOUNT, KEY, 7, GRANT_DATA)];
  readonly storage = new Map<bigint, Felt>([[expirySlot(KEY), EXPIRY]]);
  /** By height. A height that is not here has the header of `headerOf`, of second 10. */
  readonly headers = new Map([[HEAD.blockNumber, HEAD]]);
  /** A spec may put an answer of its own in the place of any of these. */
  readonly source: { -readonly [Name in keyof ChainSource]: ChainSource[Name] };
  readonly db: Db;
  readonly networkId: number;

  private constructor(db: Db, networkId: number) {
    this.db = db;
    this.networkId = networkId;
    this.source = { ...createScriptedChain(HEAD).source, ...this.#answers() };
  }

  /** On a network of its own. */
  static async open(db: Db): Promise<AdoptionWorld> {
    networks += 1;
    const rows = indexRowsOf(db);
    const networkId = await rows.network('spec', BigInt(networks));
    await rows.head(networkId, HEAD);
    return new AdoptionWorld(db, networkId);
  }

  waiting(...addresses: Address[]): Promise<void> {
    return inTransaction(this.db, (trx) => requestAccounts(trx, this.networkId, 'WATCH', addresses));
  }

  /** As a commit of the block would. */
  async moveTo(context: { cursorHeader: BlockHeader | undefined }, header: BlockHeader): Promise<void> {
    this.headers.set(header.blockNumber, header);
    await indexRowsOf(this.db).head(this.networkId, header);
    context.cursorHeader = header;
  }

  accountRow(address = ACCOUNT) {
    return this.db
      .selectFrom('accounts')
      .select(['status', 'reason_code', 'attempts', 'next_try_at', 'followed_from_block'])
      .where('network_id', '=', this.networkId)
      .where('address', '=', feltToHex(address))
      .executeTakeFirstOrThrow();
  }

  async sessions() {
    const rows = await this.db
      .selectFrom('session_versions')
      .select(['session_key', 'valid_from_block', 'valid_until_seconds', 'lifecycle'])
      .where('network_id', '=', this.networkId)
      .orderBy('session_key')
      .execute();
    return rows.map((row) => ({ ...row }));
  }

  #headerAt(blockNumber: number): BlockHeader {
    return this.headers.get(blockNumber) ?? headerOf(blockNumber, 10n);
  }

  #answers(): Partial<ChainSource> {
    return {
      header: (ref) => {
        if (typeof ref === 'string') throw new Error('not scripted');
        if ('blockNumber' in ref) return Promise.resolve(this.#headerAt(ref.blockNumber));
        const withEvents = this.events.map(({ blockNumber }) => this.#headerAt(blockNumber));
        const found = [...this.headers.values(), ...withEvents];
        return Promise.resolve(found.find(({ blockHash }) => blockHash === ref.blockHash)!);
      },
      block: async (ref) => ({ header: await this.source.header(ref), transactions: [] }),
      events: (query) => this.#eventPages(query),
      storageAt: (_address, slot) => Promise.resolve(this.storage.get(slot) ?? toFelt(0n)),
      classHashAt: () => Promise.resolve(CLASS),
    };
  }

  async *#eventPages({ address, fromBlock, toBlock, keys }: EventQuery) {
    await Promise.resolve();
    const [wanted = []] = keys;
    const isWanted = (event: EmittedEvent): boolean =>
      [address].flat().some((each) => each === event.fromAddress) &&
      event.blockNumber >= fromBlock &&
      event.blockNumber <= toBlock &&
      wanted.some((selector) => selector === event.keys[0]);
    yield this.events.filter(isWanted);
  }
}
