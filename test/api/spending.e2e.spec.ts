import { describe, expect, it } from '@jest/globals';
import { hexOf, withDatabase } from '#libs/testing';
import { ACCOUNT, KEY, OTHER_KEY, SHOP, TOKEN } from '../../libs/spending/spec/facts.builder.ts';
import { at, listAt, withServer } from './with-server.ts';
import { COIN, PENDING, withLedgers } from './written-ledgers.ts';

const LISTS = `query ($account: Address!, $key: SessionKey, $token: Address, $first: Int, $after: String, $from: Timestamp, $to: Timestamp, $fromBlock: Count, $toBlock: Count, $debitCause: [DebitCause!], $cause: [MovementCause!], $afterMove: String) {
  debits(account: $account, sessionKey: $key, token: $token, first: $first, after: $after, from: $from, to: $to, fromBlock: $fromBlock, toBlock: $toBlock, cause: $debitCause) {
    nodes { blockNumber timestamp sessionKey token amount cause movedAmount selectorName counterparty windowStart callIndex }
    pageInfo { hasNextPage endCursor } recordedFrom asOf { blockNumber }
  }
  movements(account: $account, sessionKey: $key, token: $token, first: $first, after: $afterMove, from: $from, to: $to, fromBlock: $fromBlock, toBlock: $toBlock, cause: $cause) {
    nodes { blockNumber eventIndex token amount cause direction counterparty sessionKey callIndex sender }
    pageInfo { hasNextPage endCursor }
  }
}`;
const SUMMARY = `query ($account: Address!, $key: SessionKey, $token: Address, $from: Timestamp, $to: Timestamp) {
  spendingSummary(account: $account, sessionKey: $key, token: $token, from: $from, to: $to) {
    tokens { token debited debitedScaled moved movedScaled difference differenceScaled refunded refundedScaled received receivedScaled
      causes { cause debited debitedScaled moved movedScaled difference differenceScaled debits movements } }
    recordedFrom
  }
}`;
describe('spending', () => {
  const database = withDatabase();
  const spec = withServer(database);
  withLedgers(database, spec);
  const variables = { account: hexOf(ACCOUNT) };

  it('lists debits and movements, the newest first, with what they are about', async () => {
    const { data, codes } = await spec.ask(LISTS, variables);
    expect(codes).toEqual([]);
    expect(at(data, 'debits', 'recordedFrom')).toBe(7);
    expect(at(data, 'debits', 'asOf', 'blockNumber')).toBe(100);
    expect(listAt(data, 'debits', 'nodes')).toMatchObject([
      {
        blockNumber: 99,
        timestamp: '900',
        amount: '2',
        cause: 'MATCHED',
        movedAmount: '2',
        sessionKey: hexOf(OTHER_KEY),
      },
      {
        blockNumber: 98,
        cause: 'APPROVE_ONLY',
        movedAmount: '0',
        selectorName: 'approve',
        counterparty: hexOf(SHOP),
      },
      { blockNumber: 97, cause: 'FAILED_INNER_CALL', callIndex: 1 },
      { blockNumber: 97, cause: 'MATCHED', callIndex: 0, windowStart: '100' },
    ]);
    expect(listAt(data, 'movements', 'nodes')).toMatchObject([
      { blockNumber: 99, amount: '50', cause: 'UNEXPLAINED', sessionKey: null, callIndex: null },
      { blockNumber: 99, amount: '2', cause: 'MATCHED', sessionKey: hexOf(OTHER_KEY), callIndex: 0 },
      { blockNumber: 98, token: hexOf(COIN), cause: 'OWNER', sender: hexOf(ACCOUNT) },
      { blockNumber: 97, direction: 'IN', cause: 'REFUND', amount: '4' },
      { blockNumber: 97, direction: 'OUT', cause: 'MATCHED', counterparty: hexOf(SHOP) },
    ]);
  });

  it('goes on behind a cursor until every row was seen once', async () => {
    const seen: unknown[][] = [[], []];
    let [after, afterMove]: (string | null)[] = [null, null];
    for (let pages = 0; pages < 5; pages += 1) {
      const { data } = await spec.ask(LISTS, {
        ...variables,
        first: 1,
        ...(after ? { after } : {}),
        ...(afterMove ? { afterMove } : {}),
      });
      if (pages < 4) seen[0]!.push(...listAt(data, 'debits', 'nodes'));
      seen[1]!.push(...listAt(data, 'movements', 'nodes'));
      expect(at(data, 'movements', 'pageInfo', 'hasNextPage')).toBe(pages < 4);
      if (pages < 3) after = at(data, 'debits', 'pageInfo', 'endCursor') as string;
      afterMove = at(data, 'movements', 'pageInfo', 'endCursor') as string;
    }
    const whole = await spec.ask(LISTS, variables);
    expect(seen).toEqual([listAt(whole.data, 'debits', 'nodes'), listAt(whole.data, 'movements', 'nodes')]);
  });

  it.each([
    [{ key: hexOf(OTHER_KEY) }, [99], [99]],
    [{ token: hexOf(COIN) }, [], [98]],
    [{ fromBlock: 98, toBlock: 98 }, [98], [98]],
    [{ from: '701', to: '899' }, [98], [98]],
    [{ from: '800', to: '800' }, [98], [98]],
    [{ from: '5000' }, [], []],
    [{ to: '5' }, [], []],
    [{ debitCause: ['APPROVE_ONLY'], cause: ['OWNER', 'REFUND'] }, [98], [98, 97]],
  ])('filters by %j', async (filter, debits, movements) => {
    const { data, codes } = await spec.ask(LISTS, { ...variables, ...filter });
    expect(codes).toEqual([]);
    const blocksOf = (list: string) => listAt(data, list, 'nodes').map((node) => at(node, 'blockNumber'));
    expect([blocksOf('debits'), blocksOf('movements')]).toEqual([debits, movements]);
  });

  it('refuses what has no answer, with a code', async () => {
    const ask = async (filter: object) => (await spec.ask(SUMMARY, { ...variables, ...filter })).codes;
    expect(await ask({ account: hexOf(PENDING) })).toEqual(['ACCOUNT_NOT_FOLLOWED']);
    expect(await ask({ from: '9', to: '8' })).toEqual(['BAD_INPUT']);
    const page = await spec.ask(LISTS, { ...variables, first: 1 });
    const after = at(page.data, 'debits', 'pageInfo', 'endCursor');
    expect((await spec.ask(LISTS, { ...variables, after, token: hexOf(COIN) })).codes).toEqual([
      'BAD_CURSOR',
    ]);
  });

  it('sums both ledgers so that the parts are the whole', async () => {
    const { data } = await spec.ask(SUMMARY, variables);
    const [token, coin] = listAt(data, 'spendingSummary', 'tokens').toSorted((a, b) =>
      at(a, 'token') === hexOf(TOKEN) ? -1 : at(b, 'token') === hexOf(TOKEN) ? 1 : 0,
    );
    expect(coin).toMatchObject({
      debited: '0',
      moved: '10',
      difference: '-10',
      causes: [{ cause: 'OWNER' }],
    });
    expect(token).toMatchObject({
      debited: '112',
      moved: '62',
      difference: '50',
      refunded: '4',
      received: '0',
    });
    const causes = listAt(token, 'causes');
    expect(causes).toMatchObject([
      { cause: 'APPROVE_ONLY', debited: '30', moved: '0', debits: 1, movements: 0 },
      { cause: 'FAILED_INNER_CALL', debited: '70', difference: '70' },
      { cause: 'MATCHED', debited: '12', moved: '12', difference: '0', debits: 2, movements: 2 },
      { cause: 'UNEXPLAINED', debited: '0', moved: '50', difference: '-50' },
    ]);
    for (const name of ['debited', 'moved', 'difference']) {
      const sum = causes.reduce<bigint>((total, part) => total + BigInt(String(at(part, name))), 0n);
      expect(sum.toString()).toBe(at(token, name));
    }
    const part = await spec.ask(SUMMARY, { ...variables, key: hexOf(KEY), from: '800' });
    expect(listAt(part.data, 'spendingSummary', 'tokens')).toMatchObject([{ debited: '30', moved: '0' }]);
  });

  it('sums them in whole tokens too, below 0 as well, and not of a token that does not say its decimals', async () => {
    await database.db
      .insertInto('tokens')
      .values({
        ...{ network_id: spec.networkId, address: hexOf(TOKEN), symbol: null, name: null },
        decimals: 1,
        read_at_block: 1,
      })
      .execute();
    const { data } = await spec.ask(SUMMARY, variables);
    const ofToken = (token: bigint) =>
      listAt(data, 'spendingSummary', 'tokens').find((sums) => at(sums, 'token') === hexOf(token));
    expect(ofToken(TOKEN)).toMatchObject({
      ...{ debited: '112', debitedScaled: '11.2', moved: '62', movedScaled: '6.2' },
      ...{
        difference: '50',
        differenceScaled: '5',
        refundedScaled: '0.4',
        received: '0',
        receivedScaled: '0',
      },
      causes: [
        { cause: 'APPROVE_ONLY', debitedScaled: '3', movedScaled: '0', differenceScaled: '3' },
        { cause: 'FAILED_INNER_CALL', debitedScaled: '7', differenceScaled: '7' },
        { cause: 'MATCHED', debitedScaled: '1.2', movedScaled: '1.2', differenceScaled: '0' },
        {
          cause: 'UNEXPLAINED',
          debitedScaled: '0',
          movedScaled: '5',
          difference: '-50',
          differenceScaled: '-5',
        },
      ],
    });
    expect(ofToken(COIN)).toMatchObject({
      ...{
        difference: '-10',
        debitedScaled: null,
        movedScaled: null,
        differenceScaled: null,
        refundedScaled: null,
      },
      ...{ receivedScaled: null, causes: [{ cause: 'OWNER', movedScaled: null, differenceScaled: null }] },
    });
  });
});
