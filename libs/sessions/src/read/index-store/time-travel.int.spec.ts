import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Point } from '#libs/api';
import { toFelt } from '#libs/felt';
import { asAddress, asKey, headerOf, indexRowsOf, testClassHash, withDatabase } from '#libs/testing';
import type { Moment } from '../moment.ts';
import { AccountListRepository } from './account-list.repository.ts';
import { PolicyListRepository } from './policy-list.repository.ts';
import { SessionListRepository } from './session-list.repository.ts';
import { SessionLookupRepository } from './session-lookup.repository.ts';

const ACCOUNT = asAddress(0xa1n);
const LATE = asAddress(0xa2n);
const KEY = asKey(0x51n);
const OTHER_KEY = asKey(0x52n);
const TOKEN = asAddress(0x70n);
const HEAD = 20;
/** Two blocks share a time, as blocks of a chain may. */
const timeOf = (block: number): bigint => 1_000n + BigInt(block - (block % 2)) * 10n;
const block = (blockNumber: number): Point => ({ kind: 'BLOCK', blockNumber });

/** First block, block behind the last one, calls used. */
const SESSION_VERSIONS = [
  [3, 5, 0],
  [5, 6, 1],
  [6, 12, 2],
  [12, 13, 7],
  [13, null, 9],
] as const;
/** First block, block behind the last one, spent. */
const POLICY_VERSIONS = [
  [4, 7, 0n],
  [7, 15, 10n],
  [15, null, 30n],
] as const;
const CLASSES = [
  [1, 10, testClassHash('session_account_setting')],
  [10, null, testClassHash('session_account_spend')],
] as const;
const holds = (from: number, to: number | null, at: number): boolean =>
  from <= at && (to === null || to > at);

describe('the index at a block of the past', () => {
  const database = withDatabase();
  let networkId = 0;

  beforeAll(async () => {
    const rows = indexRowsOf(database.db);
    networkId = await rows.network('sepolia');
    for (let number = 1; number <= HEAD; number += 1) {
      const finality = number <= 8 ? 'ACCEPTED_ON_L1' : 'ACCEPTED_ON_L2';
      await rows.head(networkId, { ...headerOf(number, timeOf(number)), finality });
    }
    await rows.account(networkId, ACCOUNT);
    await database.db.deleteFrom('account_versions').execute();
    for (const [valid_from_block, valid_to_block, classHash] of CLASSES)
      await database.db
        .insertInto('account_versions')
        .values({
          network_id: networkId,
          account: '0xa1',
          valid_from_block,
          valid_to_block,
          class_hash: `0x${classHash.toString(16)}`,
          public_key: null,
          signature_mode: null,
        })
        .execute();
    for (const [valid_from_block, valid_to_block, calls_used] of SESSION_VERSIONS)
      await rows.session(networkId, ACCOUNT, KEY, { valid_from_block, valid_to_block, calls_used });
    await rows.session(networkId, ACCOUNT, OTHER_KEY, { valid_from_block: 14 });
    for (const [valid_from_block, valid_to_block, spent_in_window] of POLICY_VERSIONS)
      await rows.policy(networkId, ACCOUNT, KEY, TOKEN, {
        valid_from_block,
        valid_to_block,
        spent_in_window,
      });
  });

  const find = (at: Moment) =>
    new SessionLookupRepository(database.api).find(database.everything, networkId, ACCOUNT, KEY, at);
  const sessions = (query: object) =>
    new SessionListRepository(database.api).list(database.everything, networkId, {
      at: undefined,
      account: undefined,
      statuses: undefined,
      expiresBeforeSeconds: undefined,
      order: 'ACCOUNT_ASC',
      after: undefined,
      limit: 100,
      ...query,
    });
  const accounts = (at: Moment) =>
    new AccountListRepository(database.api).list(database.everything, networkId, {
      at,
      statuses: undefined,
      after: undefined,
      limit: 100,
    });
  const policies = (at: Moment) =>
    new PolicyListRepository(database.api).list(database.everything, networkId, {
      at,
      account: ACCOUNT,
      sessionKey: undefined,
      token: undefined,
      after: undefined,
      limit: 100,
    });

  it('is the version in force there, whoever asks, at every block', async () => {
    for (let number = 1; number <= HEAD; number += 1) {
      const used = SESSION_VERSIONS.find(([from, to]) => holds(from, to, number))?.[2];
      const spent = POLICY_VERSIONS.find(([from, to]) => holds(from, to, number))?.[2];
      const classHash = CLASSES.find(([from, to]) => holds(from, to, number))?.[2];
      const lookup = await find(block(number));
      expect(lookup?.place.block?.blockNumber).toBe(number);
      expect(lookup?.session?.data.callsUsed).toBe(used === undefined ? undefined : BigInt(used));
      expect(lookup?.policies.map(({ policy }) => policy.spentInWindow)).toEqual(
        used === undefined || spent === undefined ? [] : [spent],
      );
      expect(lookup?.account).toMatchObject({ classHash, hasSessions: used !== undefined });
      const keys = (used === undefined ? 0 : 1) + (number >= 14 ? 1 : 0);
      const listed = await sessions({ at: block(number) });
      expect(listed?.rows).toHaveLength(keys);
      expect(listed?.rows[0]?.session.classHash).toBe(keys === 0 ? undefined : classHash);
      expect(listed?.rows[0]?.policies ?? []).toEqual(lookup?.policies);
      expect((await policies(block(number)))?.rows).toHaveLength(spent === undefined ? 0 : 1);
      expect((await accounts(block(number)))?.rows).toMatchObject([{ classHash, sessionKeyCount: keys }]);
    }
  });

  it('takes the newest block whose time is not after the one asked for', async () => {
    const numberAt = async (timestampSeconds: bigint) =>
      (await find({ kind: 'TIMESTAMP', timestampSeconds }))?.place.block?.blockNumber;
    for (let number = 2; number <= HEAD - 1; number += 2) {
      const newest = Math.min(HEAD, number + 1);
      expect(await numberAt(timeOf(number))).toBe(newest);
      expect(await numberAt(timeOf(number) + 19n)).toBe(newest);
      expect(await numberAt(timeOf(number) - 1n)).toBe(number - 1);
    }
    expect(await numberAt(99_999n)).toBe(HEAD);
    expect(await numberAt(999n)).toBeUndefined();
  });

  it('takes the newest block that is final enough', async () => {
    const numberAt = async (finality: 'ACCEPTED_ON_L1' | 'ACCEPTED_ON_L2') =>
      (await find({ kind: 'FINALITY', finality }))?.place.block?.blockNumber;
    expect(await numberAt('ACCEPTED_ON_L1')).toBe(8);
    expect(await numberAt('ACCEPTED_ON_L2')).toBe(HEAD);
  });

  it('does not take one block for the newest before a time where those after it were never read', async () => {
    const rows = indexRowsOf(database.db);
    const gappy = await rows.network('gappy', 77n);
    for (const number of [5, 30, 31]) await rows.head(gappy, headerOf(number, BigInt(number)));
    const lookups = new SessionLookupRepository(database.api);
    const at = async (timestampSeconds: bigint) =>
      (await lookups.find(database.everything, gappy, ACCOUNT, KEY, { kind: 'TIMESTAMP', timestampSeconds }))
        ?.place;
    expect(await at(29n)).toEqual({ block: undefined, headNumber: 31 });
    expect((await at(30n))?.block?.blockNumber).toBe(30);
    expect((await at(31n))?.block?.blockNumber).toBe(31);
    const one = await lookups.find(database.everything, gappy, ACCOUNT, KEY, block(5));
    expect(one?.place.block?.blockNumber).toBe(5);
  });

  it('has no block beyond the head, and none that a reorg left', async () => {
    expect((await find(block(HEAD + 1)))?.place).toEqual({ block: undefined, headNumber: HEAD });
    await expect(sessions({ at: block(HEAD + 1) })).rejects.toMatchObject({
      code: 'BLOCK_NOT_INDEXED',
      details: { head: HEAD },
    });
    const left = { kind: 'PIN', blockNumber: 7, blockHash: toFelt(0x1ef7n) } as const;
    await expect(sessions({ at: left })).rejects.toMatchObject({ code: 'BAD_CURSOR' });
    const pin = { kind: 'PIN', blockNumber: 7, blockHash: headerOf(7, 0n).blockHash } as const;
    expect((await sessions({ at: pin }))?.rows).toHaveLength(1);
  });

  describe('with an account whose history begins later', () => {
    beforeAll(async () => {
      const rows = indexRowsOf(database.db);
      await rows.account(networkId, LATE, { stateFrom: 10 });
      await rows.session(networkId, LATE, KEY, { valid_from_block: 10 });
    });

    it('refuses to list, of it or of all, before that block, and lists from it on', async () => {
      const refusal = { code: 'HISTORY_INCOMPLETE', details: { accounts: ['0xa2'], blockNumber: 9 } };
      await expect(sessions({ at: block(9) })).rejects.toMatchObject(refusal);
      await expect(sessions({ at: block(9), account: LATE })).rejects.toMatchObject(refusal);
      expect((await sessions({ at: block(9), account: ACCOUNT }))?.rows).toHaveLength(1);
      expect((await sessions({ at: block(10) }))?.rows).toHaveLength(2);
      const bound = { kind: 'PIN', blockNumber: 9, blockHash: headerOf(9, 0n).blockHash } as const;
      expect((await sessions({ at: bound }))?.rows).toHaveLength(1);
    });

    it('says of its keys that they are not known, and not that there are none', async () => {
      const counts = async (at: Moment) =>
        (await accounts(at))?.rows.map(({ sessionKeyCount }) => sessionKeyCount);
      expect(await counts(block(9))).toEqual([1, undefined]);
      expect(await counts(block(10))).toEqual([1, 1]);
    });

    it('knows it in a range that was filled in behind', async () => {
      const range = {
        network_id: networkId,
        account: '0xa2',
        kind: 'STATE',
        from_block: 4,
        to_block: 6,
      } as const;
      await database.db.insertInto('coverage').values(range).execute();
      expect((await sessions({ at: block(6), account: LATE }))?.accountCoverage.stateFrom).toBe(4);
      await expect(sessions({ at: block(7), account: LATE })).rejects.toMatchObject({
        code: 'HISTORY_INCOMPLETE',
      });
    });
  });
});
