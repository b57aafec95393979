import { sql } from 'kysely';
import { createDatabase, inTransaction, migrate, startTemporaryPostgres } from '#libs/database';
import { appendFacts, type NewFact } from '#libs/facts';
import { snKeccak, toAddress, toSessionKey } from '#libs/felt';

/** Rows a second of the event store, full durability, runs of 50 blocks with 5 facts each in one transaction. */
const ACCOUNTS = Number(process.argv[2] ?? 1000);
const RUNS = 100;
const addresses = Array.from({ length: ACCOUNTS }, (_, i) => toAddress(snKeccak(`account ${i}`)));
const keys = Array.from({ length: ACCOUNTS * 3 }, (_, i) => toSessionKey(snKeccak(`key ${i}`)));
const pick = <T>(list: readonly T[], seed: number): T => list[(seed * 2_654_435_761) % list.length] as T;

const run = (number: number): NewFact[] =>
  Array.from({ length: 250 }, (_, i) => {
    const blockNumber = number * 50 + Math.floor(i / 5);
    return {
      blockNumber,
      blockHash: snKeccak(`block ${blockNumber}`),
      transactionIndex: i % 5,
      eventIndex: 0,
      transactionHash: snKeccak(`tx ${blockNumber} ${i}`),
      account: pick(addresses, number * 250 + i),
      kind: 'SessionKeyAdded',
      sessionKey: pick(keys, number * 250 + i),
      token: undefined,
      payload: {
        validUntilSeconds: '1790000000',
        maxCalls: '1000',
        allowedEntrypoints: ['0x83afd3f4caedc6eebf44246fe54e38c95e3179a5ec9ea81740eca5b482d12e'],
      },
    };
  });

const server = await startTemporaryPostgres({ durable: true });
try {
  await migrate({ url: server.url });
  const database = createDatabase({ url: server.url });
  const { db } = database;
  const batches = Array.from({ length: RUNS }, (_, number) => run(number));
  for (let round = 0; round < 5; round += 1) {
    await sql`alter table facts disable trigger user`.execute(db);
    await sql`truncate facts`.execute(db);
    const start = performance.now();
    for (const batch of batches) await inTransaction(db, (trx) => appendFacts(trx, 1, batch));
    const seconds = (performance.now() - start) / 1000;
    console.log(`append ${Math.round((RUNS * 250) / seconds)} facts/s`);
  }
  await database.close();
} finally {
  await server.stop();
}
