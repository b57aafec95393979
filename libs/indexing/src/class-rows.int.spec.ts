import { beforeEach, describe, expect, it } from '@jest/globals';
import { probeAbi, STANDARD_EVENT_SHAPES } from '#libs/account';
import { inTransaction } from '#libs/database';
import type { ClassHash } from '#libs/felt';
import { indexRowsOf, testClassAbi, withDatabase } from '#libs/testing';
import type { ClassInfo } from './class-catalogue.ts';
import { classStore, keepClasses } from './class-rows.ts';

const READ = 0xc1a55n as ClassHash;
const UNREADABLE = 0xc1a56n as ClassHash;

const capabilities = probeAbi(testClassAbi('session_account_setting'));
const INFOS: readonly ClassInfo[] = [
  { classHash: READ, capabilities, eventShapes: capabilities.eventShapes },
  { classHash: UNREADABLE, capabilities: undefined, eventShapes: STANDARD_EVENT_SHAPES },
];
const catalogue = { known: (classHash: bigint) => INFOS.find((info) => info.classHash === classHash)! };

describe('classes that a commit names', () => {
  const database = withDatabase();
  let networks = 0;
  let networkId: number;

  beforeEach(async () => {
    networks += 1;
    networkId = await indexRowsOf(database.db).network('spec', BigInt(networks));
  });

  const kept = async () =>
    (await classStore(database.db, networkId).load()).map(({ classHash }) => classHash);

  it('are kept with it, each once, and those that nobody could read are not', async () => {
    const named = [READ, undefined, UNREADABLE, READ];
    await inTransaction(database.db, (trx) => keepClasses(trx, networkId, catalogue, named));
    await inTransaction(database.db, (trx) => keepClasses(trx, networkId, catalogue, named));
    expect(await kept()).toEqual([READ]);
  });

  it('are gone with it', async () => {
    const failing = inTransaction(database.db, async (trx) => {
      await keepClasses(trx, networkId, catalogue, [READ]);
      throw new Error('planted');
    });
    await expect(failing).rejects.toThrow('planted');
    expect(await kept()).toEqual([]);
  });

  it('come back as they were read', async () => {
    await classStore(database.db, networkId).save(INFOS[0]!);
    expect(await classStore(database.db, networkId).load()).toEqual([INFOS[0]]);
  });
});
