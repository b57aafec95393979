import { beforeAll, describe, expect, it } from '@jest/globals';
import { ChainError, systemClock } from '#libs/chain';
import { encodeShortString, feltToHex, selectorOf, toAddress, toFelt } from '#libs/felt';
import {
  createScriptedChain,
  headerOf,
  indexRowsOf,
  type ScriptedChain,
  testClassHash,
  withDatabase,
} from '#libs/testing';
import { catalogueTokens } from './token-catalogue.ts';

const [ACCOUNT, KEY] = [toAddress(0xaccn), '0x5e55'];
const [COIN, MUTE, BUDGETED, LATER] = [0x701n, 0x702n, 0x703n, 0x704n].map((felt) => toAddress(felt)) as [
  ReturnType<typeof toAddress>,
  ...ReturnType<typeof toAddress>[],
];

describe('the catalogue of tokens', () => {
  const database = withDatabase();
  let chain: ScriptedChain;
  let networkId: number;
  const said: object[] = [];

  const moved = (token: bigint, block: number) =>
    database.db
      .insertInto('movements')
      .values({
        network_id: networkId,
        account: feltToHex(ACCOUNT),
        block_number: block,
        transaction_index: Number(token & 0xffn),
        event_index: 0,
        block_hash: feltToHex(headerOf(9, 9n).blockHash),
        transaction_hash: '0x1',
        token: feltToHex(token),
        direction: 'OUT',
        counterparty: '0x2',
        amount: 1n,
        sender: null,
        cause: 'OWNER',
        session_key: null,
        use_index: null,
        call_index: null,
      })
      .execute();
  const kept = () =>
    database.db
      .selectFrom('tokens')
      .select(['address', 'symbol', 'name', 'decimals'])
      .orderBy('address')
      .execute();
  const run = async (isDone: () => Promise<boolean>, mostTokens?: number): Promise<void> => {
    const stop = new AbortController();
    const log = {
      info: () => undefined,
      error: () => undefined,
      warn: (fields: object) => void said.push(fields),
    };
    const options = {
      db: database.indexer,
      networkId,
      label: 'n',
      source: chain.source,
      clock: systemClock,
      log,
    };
    const running = catalogueTokens(
      { ...options, pollIntervalMs: 1, pauseMs: 0, ...(mostTokens !== undefined && { mostTokens }) },
      stop.signal,
    );
    while (!(await isDone())) await new Promise((resolve) => setTimeout(resolve, 20));
    stop.abort();
    await running;
  };

  beforeAll(async () => {
    chain = createScriptedChain(headerOf(9, 9n));
    const rows = indexRowsOf(database.db);
    networkId = await rows.network('tokens');
    await rows.head(networkId, headerOf(9, 9n));
    await moved(COIN, 3);
    await moved(MUTE ?? 0n, 4);
    await rows.policy(networkId, ACCOUNT, toFelt(BigInt(KEY)) as never, BUDGETED as never);
    const answers = new Map([
      [selectorOf('decimals'), [toFelt(6)]],
      [selectorOf('symbol'), [encodeShortString('COIN')]],
      [selectorOf('name'), [toFelt(0), encodeShortString('=Coin'), toFelt(5)]],
    ]);
    const token = { classHash: testClassHash('session_account_setting'), abi: [] };
    chain.accounts.set(COIN, { ...token, views: (selector) => answers.get(selector) });
    chain.accounts.set(MUTE ?? 0n, { ...token, views: () => undefined });
  });

  it('keeps what moved and budgeted tokens say, and that one says nothing', async () => {
    await run(async () => (await kept()).length === 3);
    expect(await kept()).toEqual([
      { address: feltToHex(COIN), symbol: 'COIN', name: '=Coin', decimals: 6 },
      { address: feltToHex(MUTE ?? 0n), symbol: null, name: null, decimals: null },
      { address: feltToHex(BUDGETED ?? 0n), symbol: null, name: null, decimals: null },
    ]);
  });

  it('asks none again, and no more of a network than it is to', async () => {
    chain.calls.length = 0;
    await moved(LATER ?? 0n, 2);
    let looks = 0;
    await run(() => Promise.resolve((looks += 1) > 5), 3);
    expect(chain.calls).toEqual([]);
  });

  it('tries again later when the node does not answer: that is no answer of the token', async () => {
    chain.failure = new ChainError('RPC_UNAVAILABLE', 'nobody answers');
    await run(() => Promise.resolve(said.length > 0));
    expect(said[0]).toMatchObject({ code: 'RPC_UNAVAILABLE' });
    expect(await kept()).toHaveLength(3);
    chain.failure = undefined;
    await run(async () => (await kept()).length === 4);
  });
});
