import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createScopedDatabase } from '#libs/database';
import { parseAddress, parseSessionKey } from '#libs/felt';
import { columnsFor, sessionLookupStatement, useListStatement } from '#libs/sessions';
import { FEE_FIELDS, USE_FIELDS } from './questions.ts';
import { feltSql, keyAt, keysOf, type World } from './world.ts';

type Asked = 'session' | 'uses';

/** What the statement alone takes, sent by a program in C: bare, and with the transaction that carries the organisation. */
export interface StatementRate {
  readonly bare: number;
  readonly scoped: number;
}

/** Nothing where there is no pgbench. */
export const statementRate = async (
  apiUrl: string,
  world: World,
  asked: Asked,
  run: { readonly clients: number; readonly seconds: number },
): Promise<StatementRate | undefined> => {
  if (spawnSync('pgbench', ['--version']).error !== undefined) return undefined;
  const statement = `${textOf(world, asked, apiUrl)};`;
  const scope =
    "set local purser.organisation = '1';\nset local purser.scope = '';\nset local statement_timeout = '5000';";
  const key = `\\set k random(0, ${keysOf(world) - 1})\n\\set a :k / ${world.keysPerAccount} + 1\n`;
  const folder = await mkdtemp(join(tmpdir(), 'purser-pgbench-'));
  try {
    const rateOf = async (name: string, text: string, options = ''): Promise<number> => {
      const file = join(folder, `${name}.sql`);
      await writeFile(file, key + text);
      return tps(file, apiUrl, options, run);
    };
    return {
      // The policies need to know an organisation here too: it is set once for the connection.
      bare: await rateOf('bare', statement, '-c purser.organisation=1'),
      scoped: await rateOf(
        'scoped',
        `\\startpipeline\nbegin read only;\n${scope}\n${statement}\ncommit;\n\\endpipeline`,
      ),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const tps = (
  file: string,
  url: string,
  options: string,
  { clients, seconds }: { readonly clients: number; readonly seconds: number },
): number => {
  const flags = ['-n', '-M', 'prepared', '-c', String(clients), '-j', '1', '-T', String(seconds), '-f', file];
  const done = spawnSync('pgbench', [...flags, url], {
    encoding: 'utf8',
    env: { ...process.env, PGOPTIONS: options },
  });
  const rate = /tps = ([0-9.]+)/.exec(done.stdout)?.[1];
  if (done.status !== 0 || rate === undefined) throw new Error(`pgbench: ${done.stderr}`);
  return Number(rate);
};

/** The very text that the service sends, with expressions over :k and :a where it has the account and the key. */
const textOf = (world: World, asked: Asked, apiUrl: string): string => {
  const sample = keyAt(world, 0);
  const [account, sessionKey] = [parseAddress(sample.account), parseSessionKey(sample.sessionKey)];
  const { build } = createScopedDatabase({ url: apiUrl }).db;
  const list = { account, sessionKey, limit: 21 };
  const none = {
    outcomes: undefined,
    path: undefined,
    fromBlock: undefined,
    toBlock: undefined,
    after: undefined,
    columns: columnsFor(new Set(USE_FIELDS), new Set(FEE_FIELDS)),
  };
  const { sql, parameters } =
    asked === 'session'
      ? sessionLookupStatement(build, 1, account, sessionKey, undefined).compile()
      : useListStatement(build, 1, { ...list, ...none }).compile();
  return sql.replaceAll(/\$(\d+)/g, (_, place: string) => {
    const value = parameters[Number(place) - 1];
    if (value === sample.account) return feltSql('account', ':a');
    if (value === sample.sessionKey) return feltSql('key', ':k + 1');
    return typeof value === 'number' ? String(value) : `'${String(value)}'`;
  });
};
