import { availableParallelism, loadavg } from 'node:os';
import { type CompiledQuery, sql } from 'kysely';
import {
  createDatabase,
  createScopedDatabase,
  type Db,
  migrate,
  startTemporaryPostgres,
} from '#libs/database';

/** What asking in a scope costs: the look-up of one session, with three messages as the API and as one as the owner. */
const READS = Number(process.argv[2] ?? 20_000);
const IN_FLIGHT = 16;
const ACCOUNTS = 50_000;
const CONNECTIONS = [4, 16];

const fill = async (db: Db): Promise<void> => {
  await sql`insert into networks (chain_id, genesis_hash, label) values ('0x1', '0x1', 'bench')`.execute(db);
  await sql`insert into accounts (network_id, address, source, status)
    select 1, '0x' || to_hex(n), 'WATCH', 'FOLLOWED' from generate_series(1, ${ACCOUNTS}::integer) n`.execute(
    db,
  );
  await sql`insert into session_versions
    select 1, '0x' || to_hex(n), '0x' || to_hex(n + 1), 1, null, 1790000000, 100, 3, '{}', 0, true, 'REGISTERED', 1, '0x1'
    from generate_series(1, ${ACCOUNTS}::integer) n`.execute(db);
  await sql`vacuum analyze`.execute(db);
};

const lookup = (db: Db, index: number) =>
  db
    .selectFrom('session_versions as s')
    .innerJoin('follows as f', (join) =>
      join.onRef('f.network_id', '=', 's.network_id').onRef('f.account', '=', 's.account'),
    )
    .selectAll('s')
    .select(['f.label', 'f.team', 'f.cost_centre'])
    .where('s.network_id', '=', 1)
    .where('s.account', '=', `0x${index.toString(16)}`)
    .where('s.session_key', '=', `0x${(index + 1).toString(16)}`)
    .where('s.valid_to_block', 'is', null);

const asOwner = (db: Db, index: number) => lookup(db, index).where('f.organisation_id', '=', 1);

const parametersOf = (index: number): unknown[] => [
  1,
  `0x${index.toString(16)}`,
  `0x${(index + 1).toString(16)}`,
];

type Ask = (index: number) => Promise<readonly unknown[]>;

/** Reads a second with so many in flight, the best of three rounds. */
const measure = async (ask: Ask): Promise<number> => {
  let best = 0;
  for (let round = 0; round < 3; round += 1) {
    let next = 0;
    const worker = async (): Promise<void> => {
      while (next < READS) {
        const index = 1 + ((next++ * 7919) % ACCOUNTS);
        if ((await ask(index)).length !== 1) throw new Error(`session ${index} was not found`);
      }
    };
    const start = performance.now();
    await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
    best = Math.max(best, (READS * 1000) / (performance.now() - start));
  }
  return best;
};

const server = await startTemporaryPostgres();
try {
  await migrate({ url: server.url });
  const scope = { organisationId: 1 };
  for (const maxConnections of CONNECTIONS) {
    const owner = createDatabase({ url: server.url, maxConnections });
    const api = createScopedDatabase({ url: server.urls.api, maxConnections });
    if (maxConnections === CONNECTIONS[0]) await fill(owner.db);
    const compiled = lookup(api.db.build, 1).compile();
    const own = asOwner(owner.db, 1).compile();
    const prepared = (index: number): CompiledQuery => ({ ...compiled, parameters: parametersOf(index) });
    const ownCompiled = (index: number): CompiledQuery => ({
      ...own,
      parameters: [...parametersOf(index), 1],
    });
    const variants: Readonly<Record<string, Ask>> = {
      'as the owner': (index) => asOwner(owner.db, index).execute(),
      'as the owner, compiled before': async (index) =>
        (await owner.db.executeQuery(ownCompiled(index))).rows,
      'in a scope': (index) => api.db.read(scope, lookup(api.db.build, index)),
      'in a scope, compiled before': (index) => api.db.read(scope, { compile: () => prepared(index) }),
      'in a scope, awaited one by one': (index) =>
        api.db.transact(scope, (trx) => lookup(trx, index).execute()),
    };
    for (const [name, ask] of Object.entries(variants)) {
      console.log(`${maxConnections} connections, ${name}: ${Math.round(await measure(ask))} reads/s`);
    }
    await Promise.all([owner.close(), api.close()]);
  }
  console.log(
    `${availableParallelism()} cores, load ${loadavg()
      .map((load) => load.toFixed(1))
      .join(' ')}`,
  );
} finally {
  await server.stop();
}
