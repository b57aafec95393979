import { type Call, encodeCalls } from '#libs/account';
import type { ChainSource } from '#libs/chain';
import { type Address, type Felt, feltToHex, selectorOf, toFelt } from '#libs/felt';
import { type ChainActor, deployThrough, sessionKeyOf, transferCall } from './chain-actor.ts';
import {
  createSandboxChain,
  followSandbox,
  type RunningIndexer,
  type SandboxChain,
} from './indexed-sandbox.ts';
import { testClassHash } from './scripted-chain.ts';
import type { TestDatabase } from './with-database.ts';

const OWNER = 0x1234n;
const SECRET = 0x777n;
const KEY = sessionKeyOf(SECRET);
const FAR = 1_900_000_000n;
const RECIPIENT = 0xbeefn;

let worlds = 0;

/** An account with a session key, a relayer that sponsors, a contract between the two, and the index of its uses. */
export class UsesWorld {
  /** With a block 0 of its own: a network that no other spec has written to. */
  readonly chain: SandboxChain;
  readonly account: ChainActor;
  readonly relayer: ChainActor;
  readonly token: Address;
  readonly #forwarder: Address;
  readonly #database: TestDatabase;
  #running: RunningIndexer | undefined;
  #nonce = 0n;

  constructor(database: TestDatabase, className: string) {
    worlds += 1;
    this.chain = createSandboxChain({ seed: worlds });
    this.#database = database;
    this.account = this.chain.deployAccount(className, OWNER);
    this.relayer = this.chain.deployAccount('session_account_setting', OWNER + 1n);
    this.token = this.chain.deployToken(this.account, 'token_keyed');
    this.#forwarder = deployThrough(this.account, testClassHash('forwarder'), []);
  }

  async close(): Promise<void> {
    await this.#running?.stop();
    await this.chain.sandbox.close();
  }

  /** Up to the head, by the source that is given first. */
  async follow(source?: ChainSource): Promise<void> {
    const options = source === undefined ? {} : { source };
    this.#running ??= await followSandbox(this.#database.indexer, this.chain, options);
    await this.#running.caughtUp();
  }

  grant(): Felt {
    const terms = { token: this.token, maxPerCall: 50n, maxPerWindow: 100n, windowSeconds: 3600n };
    const allowed = { maxCalls: 10n, allowedEntrypoints: [selectorOf('transfer')] };
    return this.account.change(
      { kind: 'SetSpendingPolicy', sessionKey: KEY, ...terms },
      { kind: 'AddOrUpdateSessionKey', sessionKey: KEY, validUntilSeconds: FAR, ...allowed },
    );
  }

  pay(amount: bigint): Call {
    return transferCall(this.token, RECIPIENT, amount);
  }

  /** A transaction of the account itself. */
  spend(amount: bigint): Felt {
    return this.account.sendAs(SECRET, FAR, [this.pay(amount)]);
  }

  /** A transaction of the relayer. */
  sponsor(...calls: Call[]): Felt {
    return this.relayer.send(calls);
  }

  /** Payments in one request that anybody may send. */
  outside(...amounts: bigint[]): Call {
    this.#nonce += 1n;
    const calls = amounts.map((amount) => this.pay(amount));
    return this.account.outsideCall(SECRET, FAR, calls, this.#nonce, FAR);
  }

  /** Of the request that was signed last. */
  get nonce(): bigint {
    return this.#nonce;
  }

  through(name: 'forward' | 'try_forward', { to, selector, calldata }: Call): Call {
    const given = [to, selector, toFelt(calldata.length), ...calldata];
    return { to: this.#forwarder, selector: selectorOf(name), calldata: given };
  }

  throughInOne(...calls: Call[]): Call {
    return { to: this.#forwarder, selector: selectorOf('forward_many'), calldata: encodeCalls(calls) };
  }

  async networkId(): Promise<number> {
    const [genesis] = this.chain.sandbox.chain.blocksBetween(0, 0);
    const row = await this.#database.db
      .selectFrom('networks')
      .select('network_id')
      .where('genesis_hash', '=', genesis?.hash ?? '')
      .executeTakeFirstOrThrow();
    return row.network_id;
  }

  async storedUses() {
    return this.#database.db
      .selectFrom('uses')
      .selectAll()
      .where('network_id', '=', await this.networkId())
      .where('account', '=', feltToHex(this.account.address))
      .orderBy('block_number')
      .orderBy('transaction_index')
      .orderBy('event_index')
      .execute();
  }

  /** Those of a key that was granted once, up to the head. @throws where they burn other than the account counts. */
  async uses() {
    await this.follow();
    const rows = await this.storedUses();
    const burned = rows.reduce((sum, row) => sum + row.calls_burned, 0);
    const [, , counted] = this.chain.view(this.account.address, 'get_session_data', KEY);
    if (BigInt(burned) !== counted) throw new Error(`the uses burn ${burned} calls, the account ${counted}`);
    return rows;
  }

  async attribution() {
    const row = await this.#database.db
      .selectFrom('accounts')
      .select('attribution')
      .where('network_id', '=', await this.networkId())
      .where('address', '=', feltToHex(this.account.address))
      .executeTakeFirstOrThrow();
    return row.attribution;
  }
}
