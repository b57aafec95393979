import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Call, SELECTORS } from '#libs/account';
import { type Address, feltToHex, parseAddress, selectorOf, toFelt } from '#libs/felt';
import { listFacts } from '#libs/facts';
import {
  type ChainActor,
  createSandboxChain,
  followSandbox,
  type RunningIndexer,
  type SandboxChain,
  sessionKeyOf,
  transferCall,
  withDatabase,
} from '#libs/testing';
import { STRK } from '../../spec/facts.builder.ts';
import { spendingProjection } from '../ledger/spending-projection.ts';

const SECRET = 0x777n;
const FAR = 1_900_000_000n;
const SHOP = 0xbeefn;

describe.each([
  ['session_account_setting', 'token_keyed'],
  ['session_account_spend', 'token_legacy'],
] as const)('what moved out of a followed %s in a %s', (className, layout) => {
  const database = withDatabase();
  let chain: SandboxChain;
  let account: ChainActor;
  let other: ChainActor;
  let token: Address;
  let running: RunningIndexer | undefined;
  let startSeconds = 1_800_000_000;

  beforeEach(() => {
    // Another time of block 0 makes it another network: nothing of the spec before is in the way.
    startSeconds += 1;
    chain = createSandboxChain({ startSeconds });
    account = chain.deployAccount(className, 0x1234n);
    other = chain.deployAccount('session_account_setting', 0x1235n);
    token = chain.deployToken(account, layout);
    account.change({
      kind: 'AddOrUpdateSessionKey',
      sessionKey: sessionKeyOf(SECRET),
      validUntilSeconds: FAR,
      maxCalls: 20n,
      allowedEntrypoints: [],
    });
  });
  afterEach(async () => {
    await running?.stop();
    running = undefined;
    await chain.sandbox.close();
  });

  const networkId = (): number => running!.indexer.status()!.networkId;
  const movements = async () => {
    await running!.caughtUp();
    return database.db
      .selectFrom('movements')
      .selectAll()
      .where('network_id', '=', networkId())
      .where('account', '=', feltToHex(account.address))
      .orderBy('block_number')
      .orderBy('transaction_index')
      .orderBy('event_index')
      .execute();
  };
  const follow = async () => {
    running = await followSandbox(database.indexer, chain);
    await running.caughtUp();
  };
  const call = (name: keyof typeof SELECTORS, ...calldata: bigint[]): Call => ({
    to: token,
    selector: SELECTORS[name],
    calldata: calldata.map(toFelt),
  });
  const balanceOf = (of: Address): bigint => {
    const [low = 0n, high = 0n] = chain.view(of, 'balance_of', account.address);
    return low + (high << 128n);
  };

  it('is all that the balance lost, without the fees and with nothing for a reverted transaction', async () => {
    await follow();
    const before = (await movements()).length;
    const held = { token: balanceOf(token), strk: balanceOf(STRK) };
    account.send([transferCall(token, SHOP, 5n), transferCall(STRK, 0x1000n, 9n)]);
    account.sendAs(SECRET, FAR, [transferCall(token, SHOP, 7n)]);
    account.sendAs(SECRET, FAR, [{ to: parseAddress('0xdead'), selector: selectorOf('x'), calldata: [] }]);
    const found = (await movements()).slice(before);
    expect(found.map(({ amount, counterparty }) => [amount, counterparty])).toEqual([
      [5n, '0xbeef'],
      [9n, '0x1000'],
      [7n, '0xbeef'],
    ]);
    expect(found.slice(0, 2).map(({ cause, session_key }) => [cause, session_key])).toEqual([
      ['OWNER', null],
      ['OWNER', null],
    ]);
    const sum = (of: Address) =>
      found.filter((row) => row.token === feltToHex(of)).reduce((total, row) => total + row.amount, 0n);
    expect(held.token - balanceOf(token)).toBe(sum(token));
    expect(held.strk - balanceOf(STRK)).toBeGreaterThan(sum(STRK));
  });

  it('is seen in transactions that somebody else sent: an allowance that is drawn', async () => {
    await follow();
    account.send([call('approve', other.address, 100n, 0n)]);
    const before = (await movements()).length;
    other.send([call('transfer_from', account.address, SHOP, 30n, 0n)]);
    const found = (await movements()).slice(before);
    expect(found).toMatchObject([
      { cause: 'ALLOWANCE_DRAWN', amount: 30n, sender: feltToHex(other.address), session_key: null },
    ]);
  });

  it('shows what stayed in the account and what came back', async () => {
    account.send([transferCall(token, other.address, 50n), call('approve', other.address, 1n, 0n)]);
    other.send([call('approve', account.address, 50n, 0n)]);
    await follow();
    const before = (await movements()).length;
    account.send([
      transferCall(token, account.address, 4n),
      transferCall(token, other.address, 6n),
      call('transfer_from', other.address, account.address, 2n, 0n),
    ]);
    const found = (await movements()).slice(before);
    expect(found.map(({ direction, cause, amount }) => [direction, cause, amount])).toEqual([
      ['SELF', 'SELF_TRANSFER', 4n],
      ['OUT', 'OWNER', 6n],
      ['IN', 'REFUND', 2n],
    ]);
  });

  it('is folded again from the facts alone, and is taken back with its block', async () => {
    await follow();
    account.send([transferCall(token, SHOP, 11n)]);
    const head = chain.sandbox.latest.number;
    const stored = await movements();
    expect(stored.at(-1)).toMatchObject({ amount: 11n, block_number: head });
    const facts = await listFacts(database.db, networkId(), { account: account.address, limit: 1_000 });
    const again = spendingProjection.begin({ address: feltToHex(account.address) });
    for (const [blockNumber, group] of Map.groupBy(facts, (fact) => fact.blockNumber)) {
      const printed = group.map((fact) => ({
        ...fact,
        transactionHash: fact.transactionHash === undefined ? null : feltToHex(fact.transactionHash),
        sessionKey: fact.sessionKey === undefined ? null : feltToHex(fact.sessionKey),
        token: fact.token === undefined ? null : feltToHex(fact.token),
      }));
      again.block({ blockNumber, blockHash: feltToHex(group[0]!.blockHash), facts: printed });
    }
    const inText = (row: Readonly<Record<string, unknown>>) =>
      Object.fromEntries(
        Object.entries(row)
          .filter(([name]) => name !== 'network_id')
          .map(([name, value]) => [name, typeof value === 'bigint' ? value.toString() : value]),
      );
    expect(again.take()['movements']).toEqual(stored.map(inText));
    const [, table] = spendingProjection.tables;
    expect(Object.keys(inText(stored[0]!)).sort()).toEqual([...table.key, ...table.columns].sort());
    chain.sandbox.abortFrom(head);
    account.send([transferCall(token, SHOP, 12n)]);
    const amounts = (await movements()).map(({ amount }) => amount);
    expect(amounts).toEqual([...stored.slice(0, -1).map(({ amount }) => amount), 12n]);
  });
});
