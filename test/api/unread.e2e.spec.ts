import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sessionSlotBase, slotAt } from '#libs/account';
import type { ChainSource } from '#libs/chain';
import { type Address, feltToHex, type SessionKey, selectorOf, toFelt } from '#libs/felt';
import { type ChainActor, sessionKeyOf, transferCall, withDatabase } from '#libs/testing';
import { verifyStore } from '#libs/verification';
import { type ServedSandbox, serveSandbox } from './sandbox-history.ts';
import { at, listAt } from './with-server.ts';

const [SECRET, LOST_SECRET, NEVER_SECRET] = [0x777n, 0x888n, 0x999n];
const [KEY, LOST, NEVER] = [sessionKeyOf(SECRET), sessionKeyOf(LOST_SECRET), sessionKeyOf(NEVER_SECRET)];
const FAR = 1_900_000_000n;
/** More than a word of a session can be. */
const TOO_LARGE = toFelt(2n ** 40n);

const STATE = `query ($account: Address!, $key: SessionKey!, $at: At) {
  session(account: $account, sessionKey: $key, at: $at) {
    source maxCalls callsUsed history { complete } asOf { blockNumber }
  }
}`;
const LISTS = `query ($account: Address!, $key: SessionKey!, $at: At) {
  sessions(account: $account, at: $at) { nodes { sessionKey } }
  accounts(at: $at) { nodes { address history { complete } } }
  policies(account: $account, sessionKey: $key, at: $at) { nodes { maxPerWindow source } }
}`;

describe('what a block holds and nobody can read', () => {
  const database = withDatabase();
  let served: ServedSandbox;
  let account: ChainActor;
  let token: Address;
  /** Numbers of the blocks that were made, in their order. */
  const blocks: number[] = [];
  let spoilsGrant = false;
  let spoilsWords = false;

  /** The indexer is told of a grant without its data, or of a word beyond its type; the node tells readers the truth. */
  const spoil = (source: ChainSource): ChainSource => ({
    ...source,
    block: async (ref, options) => {
      const block = await source.block(ref, options);
      if (!spoilsGrant) return block;
      const transactions = block.transactions.map((receipt) => ({
        ...receipt,
        events: receipt.events.map((event) =>
          event.keys[0] === selectorOf('SessionKeyAdded') ? { ...event, data: [] } : event,
        ),
      }));
      return { ...block, transactions };
    },
    stateUpdate: async (blockHash, addresses, options) => {
      const update = await source.stateUpdate(blockHash, addresses, options);
      const slots = update.storageDiffs.get(account.address);
      if (!spoilsWords || slots === undefined) return update;
      const spoilt = new Map([...slots, [slotAt(sessionSlotBase(KEY), 1), TOO_LARGE] as const]);
      return {
        ...update,
        storageDiffs: new Map([...update.storageDiffs, [account.address, spoilt] as const]),
      };
    },
  });

  const step = async (act: () => void): Promise<void> => {
    served.advance(10);
    act();
    await served.caughtUp();
    const head = served.chain.request('starknet_blockHashAndNumber') as { block_number: number };
    blocks.push(head.block_number);
  };
  const add = (sessionKey: SessionKey, maxCalls: bigint) =>
    account.change({
      kind: 'AddOrUpdateSessionKey',
      sessionKey,
      validUntilSeconds: FAR,
      maxCalls,
      allowedEntrypoints: [selectorOf('transfer')],
    });
  const budget = (sessionKey: SessionKey) =>
    account.change({
      kind: 'SetSpendingPolicy',
      sessionKey,
      token,
      maxPerCall: 50n,
      maxPerWindow: 100n,
      windowSeconds: 600n,
    });
  const ask = (query: string, key: SessionKey, step?: number) =>
    served.ask(query, {
      account: feltToHex(account.address),
      key: feltToHex(key),
      at: step === undefined ? null : { blockNumber: blocks[step] },
    });
  const stateOf = async (key: SessionKey, step?: number) => {
    const { data, codes } = await ask(STATE, key, step);
    const session = at(data, 'session') as Readonly<Record<string, unknown>> | null;
    return session === null ? codes : [session['source'], session['maxCalls'], session['callsUsed']];
  };
  const listed = async (step?: number) => {
    const { data } = await ask(LISTS, KEY, step);
    const keys = listAt(data, 'sessions', 'nodes').map((node) => at(node, 'sessionKey'));
    return { keys, complete: at(data, 'accounts', 'nodes', 0, 'history', 'complete') };
  };

  beforeAll(async () => {
    const prepare = (chain: ServedSandbox['chain']): void => {
      account = chain.deployAccount('session_account_setting', 0x1234n);
      token = chain.deployToken(account, 'token_keyed');
    };
    served = await serveSandbox(database, prepare, { discovery: true, spoil });
    await step(() => add(KEY, 10n));
    await step(() => budget(KEY));
    spoilsGrant = true;
    await step(() => add(LOST, 7n));
    spoilsGrant = false;
    await step(() => account.sendAs(LOST_SECRET, FAR, [transferCall(token, 0xbeefn, 1n)]));
    await step(() => add(LOST, 7n));
    spoilsWords = true;
    await step(() => account.sendAs(SECRET, FAR, [transferCall(token, 0xbeefn, 1n)]));
    spoilsWords = false;
    await step(() => account.sendAs(SECRET, FAR, [transferCall(token, 0xbeefn, 1n)]));
  });
  afterAll(() => served.stop());

  it('asks the node for a key whose grant could not be read, and for one that may have been missed like it', async () => {
    expect(await stateOf(LOST, 2)).toEqual(['NODE', 7, 0]);
    expect(await stateOf(LOST, 3)).toEqual(['NODE', 7, 1]);
    expect(await stateOf(NEVER)).toEqual(['SESSION_NOT_REGISTERED']);
  });

  it('asks the node on where a later grant of that key could be read: some of its words were never seen', async () => {
    expect(await stateOf(LOST, 4)).toEqual(['NODE', 7, 0]);
    expect(await stateOf(LOST)).toEqual(['NODE', 7, 0]);
  });

  it('still says never of the blocks before', async () => {
    expect(await stateOf(LOST, 1)).toEqual(['SESSION_NOT_REGISTERED']);
    expect(await listed(1)).toEqual({ keys: [feltToHex(KEY)], complete: true });
  });

  it('says of lists that they are not complete from there on', async () => {
    expect(await listed(2)).toEqual({ keys: [feltToHex(KEY)], complete: false });
  });

  it('never gives words from before a block whose words could not be read', async () => {
    expect(await stateOf(KEY, 4)).toEqual(['INDEX', 10, 0]);
    expect(await stateOf(KEY, 5)).toEqual(['NODE', 10, 1]);
    expect(await stateOf(KEY)).toEqual(['NODE', 10, 2]);
    expect(await listed()).toEqual({ keys: [], complete: false });
    const policies = async (step: number) => listAt((await ask(LISTS, KEY, step)).data, 'policies', 'nodes');
    expect(await policies(4)).toEqual([{ maxPerWindow: '100', source: 'INDEX' }]);
    expect(await policies(5)).toEqual([{ maxPerWindow: '100', source: 'NODE' }]);
  });

  it('asks nobody about a key that the account registered before, and that was read', async () => {
    expect(await stateOf(KEY, 3)).toEqual(['INDEX', 10, 0]);
  });

  it('counts it where somebody looks', async () => {
    const { data } = await served.ask('{ indexer { deadLetters } }');
    const stored = await database.db.selectFrom('dead_letters').select('code').execute();
    expect(at(data, 'indexer', 0, 'deadLetters')).toBe(stored.length);
    expect(new Set(stored.map(({ code }) => code))).toEqual(
      new Set(['EVENT_MALFORMED', 'SESSION_INVALID_RESPONSE', 'EVENT_STATE_MISMATCH']),
    );
  });

  it('holds a store that agrees with its own facts', async () => {
    expect((await verifyStore(database.db, served.networkId)).findings).toEqual([]);
  });
});
