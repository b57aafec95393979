import { beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { BlockHeader } from '#libs/chain';
import type { Trx } from '#libs/database';
import { appendFacts, appendNewFacts, insertBlocks, type NewFact } from '#libs/facts';
import { type Felt, toAddress, toFelt, toSessionKey } from '#libs/felt';
import { newPolicy, newSession, writeUses, writeVersions } from '#libs/sessions';
import { type PlacedEntries, writeSpending } from '#libs/spending';
import { indexRowsOf, withDatabase } from '#libs/testing';

const ACCOUNT = toAddress(0xacc0n);
const TOKEN = toAddress(0x70n);
const KEYS = [1n, 2n].map(toSessionKey);
const key = (at: number) => KEYS[at % KEYS.length]!;
const blockAt = (blockNumber: number) => ({ blockNumber, blockHash: toFelt(0xb10cn + BigInt(blockNumber)) });
const headerAt = (blockNumber: number): BlockHeader => ({
  ...blockAt(blockNumber),
  parentHash: blockAt(blockNumber - 1).blockHash,
  // From one month into the next.
  timestampSeconds: BigInt(Date.UTC(2026, 9, 31) / 1_000 + blockNumber * 1_000),
  finality: 'ACCEPTED_ON_L2',
});
const upTo = <T>(count: number, make: (at: number) => T): T[] =>
  Array.from({ length: count }, (_, at) => make(at));

/** What a stranger may put into a text. */
const HOSTILE = 'tab\t line\n return\r back\\slash \\N \\. "quote" \'{a,b}\' nul\0 half\ud83d whole💸';

const factAt = (at: number, more: Partial<NewFact> = {}): NewFact => ({
  ...blockAt(at),
  transactionIndex: at % 3,
  eventIndex: at,
  transactionHash: toFelt(0x77 + at),
  account: ACCOUNT,
  kind: 'SessionKeyAdded',
  sessionKey: at % 4 === 0 ? undefined : key(at),
  token: at % 2 === 0 ? undefined : TOKEN,
  payload: { text: HOSTILE, [HOSTILE]: null, list: ['0x1', HOSTILE], deep: { yes: true, number: '1' } },
  ...more,
});

const useAt = (at: number): NewFact =>
  factAt(at, {
    kind: 'SessionCallConsumed',
    sessionKey: key(at),
    payload: {
      outcome: at % 2 === 0 ? 'SUCCEEDED' : 'REVERTED',
      path: 'INVOKE',
      attribution: 'REPLAY',
      sender: '0x1',
      topLevel: at % 3 === 0,
      calls: at % 5 === 0 ? null : [{ to: '0x70', calldata: [HOSTILE], failed: null }],
      callsUsedBefore: String(at),
      callsUsedAfter: String(at + 1),
      maxCalls: null,
      debits: [],
      refusal: at % 2 === 0 ? null : { code: HOSTILE },
      revertReason: at % 2 === 0 ? null : HOSTILE,
      fee: { amount: (2n ** 255n).toString(), unit: 'FRI', payer: '0x2' },
      feeShared: false,
    },
  });

const lifecycleAt = (at: number) => ({
  blockNumber: at,
  transactionHash: at % 2 === 0 ? undefined : toFelt(at),
});
const sessionAt = (at: number) => ({
  account: ACCOUNT,
  blockNumber: at,
  state: {
    ...newSession(key(at), 'REGISTERED', lifecycleAt(at)),
    data: {
      validUntilSeconds: 2n ** 64n - 1n,
      maxCalls: 10n,
      callsUsed: BigInt(at % 9),
      allowedEntrypointsLen: BigInt(at % 3),
    },
    entrypoints: upTo(at % 3, (index): Felt | undefined => (at % 5 === 0 ? undefined : toFelt(index))),
  },
});
const policyAt = (at: number) => ({
  account: ACCOUNT,
  blockNumber: at,
  state: {
    ...newPolicy(key(at), TOKEN, 'SET', lifecycleAt(at)),
    policy: {
      maxPerCall: 2n ** 256n - 1n,
      maxPerWindow: 0n,
      windowSeconds: 60n,
      spentInWindow: BigInt(at),
      windowStartSeconds: 1n,
    },
  },
});

const entriesAt = (at: number): PlacedEntries => {
  const place = {
    transactionIndex: at,
    transactionHash: toFelt(at),
    token: TOKEN,
    counterparty: toFelt(9),
    amount: 2n ** 256n - 1n,
  };
  const debit = {
    ...place,
    useIndex: 1,
    callIndex: 0,
    sessionKey: key(at),
    selector: toFelt(5),
    spentBefore: 0n,
    spentAfter: 1n,
  };
  const isKnown = at % 2 === 0;
  return {
    account: ACCOUNT,
    block: blockAt(at),
    entries: {
      debits: [
        { ...debit, windowStartSeconds: 7n, windowStarted: isKnown, cause: 'MATCHED', movedAmount: 3n },
      ],
      movements: [
        {
          ...place,
          eventIndex: 2,
          direction: 'OUT',
          cause: isKnown ? 'MATCHED' : 'UNEXPLAINED',
          sender: isKnown ? ACCOUNT : undefined,
          sessionKey: isKnown ? key(at) : undefined,
          useIndex: isKnown ? 1 : undefined,
          callIndex: isKnown ? 0 : undefined,
        },
      ],
      approvals: [],
    },
  };
};

const ROWS = 120;
const TABLES = [
  'facts',
  'fact_tallies',
  'session_keys',
  'session_versions',
  'policy_keys',
  'policy_versions',
  'uses',
  'debits',
  'movements',
  'account_months',
];

describe('rows of a long run', () => {
  const database = withDatabase();
  const networks: number[] = [];

  /** Writes blocks as one run each time. */
  const write = async (trx: Trx, networkId: number, from: number, to: number): Promise<void> => {
    const part = <T>(make: (at: number) => T): T[] => upTo(ROWS, make).slice(from, to);
    await insertBlocks(trx, networkId, part(headerAt));
    await appendNewFacts(trx, networkId, part(factAt));
    await writeUses(trx, networkId, part(useAt));
    await writeVersions(trx, networkId, { sessions: part(sessionAt), policies: part(policyAt), classes: [] });
    await writeSpending(trx, networkId, part(entriesAt));
  };

  const rowsOf = async (table: string, networkId: number): Promise<string[]> => {
    const { rows } = await sql<{ row: string }>`
      select (to_jsonb(t) - 'network_id' - 'changed_in')::text as row from ${sql.table(table)} t
      where network_id = ${networkId}::integer order by 1`.execute(database.db);
    return rows.map(({ row }) => row);
  };

  beforeAll(async () => {
    const rows = indexRowsOf(database.db);
    for (const genesis of [1n, 2n, 3n]) networks.push(await rows.network('copied', genesis));
    const [long = 0, short = 0, twice = 0] = networks;
    await database.commit((trx) => write(trx, long, 0, ROWS));
    for (let from = 0; from < ROWS; from += 30)
      await database.commit((trx) => write(trx, short, from, from + 30));
    await database.commit((trx) => appendFacts(trx, twice, upTo(3, factAt)));
    await database.commit((trx) => writeUses(trx, twice, upTo(3, useAt)));
    await database.commit((trx) => write(trx, twice, 0, ROWS));
  });

  it.each(TABLES)('are those of short runs: %s', async (table) => {
    const [long = 0, short = 0] = networks;
    const written = await rowsOf(table, long);
    expect(written).toEqual(await rowsOf(table, short));
    expect(written.length).toBe(/keys|months/.test(table) ? KEYS.length : ROWS);
  });

  it('stand beside facts and uses of the run that were there already, which stay as they are', async () => {
    const [long = 0, , twice = 0] = networks;
    for (const table of TABLES) expect(await rowsOf(table, twice)).toEqual(await rowsOf(table, long));
  });
});
