import { beforeAll, describe, expect, it } from '@jest/globals';
import { type Felt, toAddress, toFelt, toSessionKey } from '#libs/felt';
import { withDatabase } from '#libs/testing';
import {
  appendDeadLetters,
  appendFacts,
  canonicalHash,
  deadLetterCountStatement,
  CursorConflict,
  cutCoverageAbove,
  DERIVED_TRANSACTION_INDEX,
  ensureNetwork,
  extendCoverage,
  finalizeBlocksUpTo,
  finalizedBlockNumber,
  headerAtTime,
  headerByHash,
  insertBlocks,
  listCoverage,
  listDeadLetters,
  listFacts,
  listNetworks,
  moveCursor,
  type NewBlock,
  type NewFact,
  orphanBlocksAbove,
  readCursor,
  requireCursor,
} from './index.ts';

const ACCOUNT = toAddress(0xacc0n);
const OTHER = toAddress(0xacc1n);
const KEY = toSessionKey(0x5e551n);

/** Hash of the block: its height and its branch. */
const hashOf = (blockNumber: number, branch = 0): Felt => toFelt(blockNumber + 1 + branch * 0x10000);

const block = (blockNumber: number, branch = 0): NewBlock => ({
  blockNumber,
  blockHash: hashOf(blockNumber, branch),
  parentHash: blockNumber === 0 ? toFelt(0) : hashOf(blockNumber - 1, branch),
  timestampSeconds: BigInt(1_000 + blockNumber * 10),
  finality: 'ACCEPTED_ON_L2',
});

const fact = (blockNumber: number, eventIndex: number, more: Partial<NewFact> = {}): NewFact => ({
  blockNumber,
  blockHash: hashOf(blockNumber),
  transactionIndex: 0,
  eventIndex,
  transactionHash: toFelt(0x77),
  account: ACCOUNT,
  kind: 'SessionKeyAdded',
  sessionKey: KEY,
  token: undefined,
  payload: { maxCalls: '10', list: ['0x1', '0x2'], text: 'tab\t "quote" \\ newline\n' },
  ...more,
});

describe('facts on Postgres', () => {
  const database = withDatabase();
  let networkId: number;
  /** A network of its own for each spec. */
  let networks = 0;
  const newNetwork = async (): Promise<number> => {
    networks += 1;
    const identity = { chainId: toFelt(0x1), genesisHash: toFelt(networks), label: 'spec' };
    return (await database.commit((trx) => ensureNetwork(trx, identity))).networkId;
  };
  const range = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, i) => block(from + i));

  beforeAll(async () => {
    networkId = await newNetwork();
    await database.commit((trx) => insertBlocks(trx, networkId, range(0, 20)));
  });

  describe('a network', () => {
    it('is its chain id and its first block, whatever it is called', async () => {
      const identity = { chainId: toFelt(0x534e), genesisHash: toFelt(0x900d) };
      const first = await database.commit((trx) => ensureNetwork(trx, { ...identity, label: 'a' }));
      const again = await database.commit((trx) => ensureNetwork(trx, { ...identity, label: 'b' }));
      const fork = await database.commit((trx) =>
        ensureNetwork(trx, { ...identity, genesisHash: toFelt(0xbad), label: 'a' }),
      );
      expect(again).toEqual({ ...first, label: 'b' });
      expect(fork.networkId).not.toBe(first.networkId);
      expect(await listNetworks(database.db)).toContainEqual(again);
    });
  });

  describe('facts', () => {
    it('come back as they were written, in the order of the chain', async () => {
      const derived = fact(3, 0, {
        transactionIndex: DERIVED_TRANSACTION_INDEX,
        transactionHash: undefined,
        token: toAddress(0x70n),
      });
      const written = [derived, fact(3, 1), fact(2, 0)];
      await database.commit((trx) => appendFacts(trx, networkId, written));
      const read = await listFacts(database.db, networkId, {
        account: ACCOUNT,
        fromBlock: 2,
        toBlock: 3,
        limit: 10,
      });
      const joined = { finality: 'ACCEPTED_ON_L2', canonical: true };
      expect(read).toEqual([
        { ...fact(2, 0), ...joined, timestampSeconds: 1_020n },
        { ...fact(3, 1), ...joined, timestampSeconds: 1_030n },
        { ...derived, ...joined, timestampSeconds: 1_030n },
      ]);
    });

    it('count once, however often they are written', async () => {
      const facts = [fact(5, 0), fact(5, 1)];
      expect(await database.commit((trx) => appendFacts(trx, networkId, facts))).toBe(2);
      expect(await database.commit((trx) => appendFacts(trx, networkId, [...facts, fact(5, 2)]))).toBe(1);
    });

    it('of two accounts may share a place, as derived ones do', async () => {
      const place = { transactionIndex: DERIVED_TRANSACTION_INDEX, transactionHash: undefined };
      const facts = [fact(6, 0, place), fact(6, 0, { ...place, account: OTHER })];
      expect(await database.commit((trx) => appendFacts(trx, networkId, facts))).toBe(2);
    });

    it('are found by session, kind and range, and page by page', async () => {
      const account = toAddress(0xacc2n);
      const facts = Array.from({ length: 10 }, (_, i) =>
        fact(8 + Math.floor(i / 4), i % 4, {
          account,
          kind: i % 2 ? 'Even' : 'Odd',
          sessionKey: i < 5 ? KEY : toSessionKey(9n),
        }),
      );
      await database.commit((trx) => appendFacts(trx, networkId, facts));
      const list = (filter: object) => listFacts(database.db, networkId, { account, limit: 100, ...filter });
      expect(await list({ sessionKey: KEY })).toHaveLength(5);
      expect(await list({ kinds: ['Even'] })).toHaveLength(5);
      expect(await list({ kinds: [] })).toHaveLength(0);
      expect(await list({ fromBlock: 9, toBlock: 9 })).toHaveLength(4);
      const all = await list({});
      const down = await list({ order: 'DESCENDING' });
      expect(down).toEqual(all.toReversed());
      const first = await list({ limit: 6 });
      const rest = await list({ after: first.at(-1) });
      expect([...first, ...rest]).toEqual(all);
      expect(await list({ order: 'DESCENDING', after: down[5] })).toEqual(down.slice(6));
    });

    it('go in by the thousand', async () => {
      const facts = Array.from({ length: 12_000 }, (_, i) => fact(12, i));
      expect(await database.commit((trx) => appendFacts(trx, networkId, facts))).toBe(12_000);
    });

    it('are gone when the transaction of the caller is', async () => {
      const undone = database.commit(async (trx) => {
        await appendFacts(trx, networkId, [fact(13, 0)]);
        throw new Error('later step failed');
      });
      await expect(undone).rejects.toThrow('later step failed');
      expect(await listFacts(database.db, networkId, { account: ACCOUNT, fromBlock: 13, limit: 1 })).toEqual(
        [],
      );
    });
  });

  describe('a reorg', () => {
    it('takes blocks off the canonical chain, keeps their facts, and takes a branch back that returns', async () => {
      const id = await newNetwork();
      await database.commit((trx) => insertBlocks(trx, id, range(0, 5)));
      await database.commit((trx) => appendFacts(trx, id, [fact(3, 0), fact(5, 0)]));
      const list = (withOrphaned = false) =>
        listFacts(database.db, id, { account: ACCOUNT, limit: 9, withOrphaned });

      expect(await database.commit((trx) => orphanBlocksAbove(trx, id, 3))).toBe(2);
      await database.commit((trx) => insertBlocks(trx, id, [block(4, 1), block(5, 1)]));
      expect((await list()).map((item) => item.blockNumber)).toEqual([3]);
      expect((await list(true)).map((item) => [item.blockNumber, item.canonical])).toEqual([
        [3, true],
        [5, false],
      ]);
      expect(await canonicalHash(database.db, id, 5)).toBe(hashOf(5, 1));
      expect((await headerByHash(database.db, id, hashOf(5)))?.canonical).toBe(false);

      await database.commit(async (trx) => {
        await orphanBlocksAbove(trx, id, 3);
        await insertBlocks(trx, id, [block(4), block(5)]);
      });
      expect((await list()).map((item) => item.blockNumber)).toEqual([3, 5]);
      expect(await canonicalHash(database.db, id, 5)).toBe(hashOf(5));
    });

    it('is refused where a block would stand beside a canonical one', async () => {
      const id = await newNetwork();
      await database.commit((trx) => insertBlocks(trx, id, [block(0)]));
      const beside = database.commit((trx) => insertBlocks(trx, id, [block(0, 1)]));
      await expect(beside).rejects.toMatchObject({ code: 'UNIQUE_VIOLATION' });
    });
  });

  describe('blocks', () => {
    it('are final up to the height named, once, and stay so', async () => {
      const id = await newNetwork();
      await database.commit((trx) => insertBlocks(trx, id, range(0, 4)));
      expect(await finalizedBlockNumber(database.db, id)).toBeUndefined();
      expect(await database.commit((trx) => finalizeBlocksUpTo(trx, id, 2))).toBe(3);
      expect(await database.commit((trx) => finalizeBlocksUpTo(trx, id, 2))).toBe(0);
      await database.commit((trx) => insertBlocks(trx, id, [block(1)]));
      expect(await finalizedBlockNumber(database.db, id)).toBe(2);
      expect((await headerByHash(database.db, id, hashOf(1)))?.finality).toBe('ACCEPTED_ON_L1');
    });

    it('are found by time: the last one not later', async () => {
      const at = async (seconds: bigint) =>
        (await headerAtTime(database.db, networkId, seconds))?.blockNumber;
      expect([await at(999n), await at(1_000n), await at(1_049n), await at(2n ** 64n - 1n)]).toEqual([
        undefined,
        0,
        4,
        20,
      ]);
    });
  });

  describe('the cursor', () => {
    const at = (blockNumber: number) => ({ blockNumber, blockHash: hashOf(blockNumber) });

    it('moves only from where the caller believes it to be', async () => {
      const id = await newNetwork();
      await database.commit((trx) => insertBlocks(trx, id, range(0, 5)));
      const move = (from: number | undefined, to: number) =>
        database.commit((trx) => moveCursor(trx, id, from === undefined ? undefined : at(from), at(to)));
      expect(await readCursor(database.db, id)).toBeUndefined();
      await move(undefined, 1);
      await expect(move(undefined, 2)).rejects.toBeInstanceOf(CursorConflict);
      await move(1, 3);
      await expect(move(1, 2)).rejects.toMatchObject({
        code: 'CURSOR_CONFLICT',
        retryable: false,
        expected: at(1),
        actual: at(3),
      });
      await move(3, 2);
      expect(await readCursor(database.db, id)).toMatchObject(at(2));
      await database.commit((trx) => requireCursor(trx, id, at(2)));
      await expect(database.commit((trx) => requireCursor(trx, id, at(3)))).rejects.toBeInstanceOf(
        CursorConflict,
      );
    });

    it('lets one of two writers through', async () => {
      const id = await newNetwork();
      await database.commit((trx) => insertBlocks(trx, id, range(0, 5)));
      await database.commit((trx) => moveCursor(trx, id, undefined, at(0)));
      const write = (to: number) => database.commit((trx) => moveCursor(trx, id, at(0), at(to)));
      const outcomes = await Promise.allSettled([write(1), write(2)]);
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    });

    it('names only blocks that are stored', async () => {
      const id = await newNetwork();
      const move = database.commit((trx) => moveCursor(trx, id, undefined, at(9)));
      await expect(move).rejects.toMatchObject({ code: 'CONSTRAINT_VIOLATION' });
    });
  });

  describe('coverage', () => {
    it('grows into one range where ranges meet, and is cut by a reorg', async () => {
      const id = await newNetwork();
      const extend = (fromBlock: number, toBlock: number | null) =>
        database.commit((trx) => extendCoverage(trx, id, ACCOUNT, 'EVENTS', { fromBlock, toBlock }));
      const list = () => listCoverage(database.db, id, ACCOUNT, 'EVENTS');
      await extend(100, null);
      await extend(0, 9);
      await extend(20, 29);
      await extend(5, 25);
      expect(await list()).toEqual([
        { fromBlock: 0, toBlock: 29 },
        { fromBlock: 100, toBlock: null },
      ]);
      await database.commit((trx) => cutCoverageAbove(trx, id, 24));
      expect(await list()).toEqual([
        { fromBlock: 0, toBlock: 24 },
        { fromBlock: 100, toBlock: null },
      ]);
      await extend(25, 99);
      expect(await list()).toEqual([{ fromBlock: 0, toBlock: null }]);
      expect(await listCoverage(database.db, id, ACCOUNT, 'STATE')).toEqual([]);
    });
  });

  it('take a NUL or half a surrogate pair in a payload, as U+FFFD', async () => {
    const id = await newNetwork();
    const payload = { text: 'x\u0000', 'half\ud83d': ['\ude00'] };
    await database.commit(async (trx) => {
      await insertBlocks(trx, id, range(0, 1));
      await appendFacts(trx, id, [fact(1, 0, { payload })]);
    });
    expect(await listFacts(database.db, id, { account: ACCOUNT, limit: 1 })).toMatchObject([
      { payload: { text: 'x\ufffd', 'half\ufffd': ['\ufffd'] } },
    ]);
  });

  describe('dead letters', () => {
    it('are kept with their reason and counted', async () => {
      const id = await newNetwork();
      const letter = (eventIndex: number, code: string) => ({
        ...fact(1, eventIndex),
        code,
        reason: 'too short',
        raw: { keys: ['0x1'], data: [] },
      });
      await database.commit((trx) =>
        appendDeadLetters(trx, id, [letter(0, 'A'), letter(1, 'B'), letter(2, 'B')]),
      );
      await database.commit((trx) => appendDeadLetters(trx, id, [letter(0, 'C')]));
      expect(await deadLetterCountStatement(database.db, id).execute()).toEqual([
        { code: 'B', count: 2 },
        { code: 'C', count: 1 },
      ]);
      expect(await listDeadLetters(database.db, id, { account: ACCOUNT, limit: 2 })).toMatchObject([
        { eventIndex: 2, code: 'B', raw: { keys: ['0x1'], data: [] } },
        { eventIndex: 1 },
      ]);
    });

    const letterOf = (eventIndex: number, reason: string, raw = {}) => ({
      ...fact(1, eventIndex),
      code: 'A',
      reason,
      raw,
    });

    it('may come from one place twice in one write: the last stands', async () => {
      const id = await newNetwork();
      await database.commit((trx) => appendDeadLetters(trx, id, [letterOf(0, 'first'), letterOf(0, 'last')]));
      expect(await listDeadLetters(database.db, id, { limit: 2 })).toMatchObject([{ reason: 'last' }]);
    });

    it('are written in parts, in as many statements as it takes', async () => {
      const id = await newNetwork();
      const letters = Array.from({ length: 5_001 }, (_, index) => letterOf(index, 'r'));
      await database.commit((trx) => appendDeadLetters(trx, id, [...letters, letterOf(0, 'again')]));
      expect(await deadLetterCountStatement(database.db, id).execute()).toEqual([
        { code: 'A', count: 5_001 },
      ]);
    });

    it('take a NUL or half a surrogate pair in any text, as U+FFFD', async () => {
      const id = await newNetwork();
      const letter = letterOf(0, 'a\u0000b\ud800', { 'n\u0000': ['\udfff', '\\u0000', '\u{1f600}'] });
      await database.commit((trx) => appendDeadLetters(trx, id, [letter]));
      expect(await listDeadLetters(database.db, id, { limit: 1 })).toMatchObject([
        { reason: 'a\ufffdb\ufffd', raw: { 'n\ufffd': ['\ufffd', '\\u0000', '\u{1f600}'] } },
      ]);
    });
  });
});
