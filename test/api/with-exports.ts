import { beforeAll, expect } from '@jest/globals';
import { feltToHex } from '#libs/felt';
import { hexOf, type TestDatabase } from '#libs/testing';
import {
  ACCOUNTS,
  type LedgerWorld,
  makeWorld,
  TOKENS,
  writeWorld,
} from '../../libs/spending/spec/finance-world.ts';
import { at, type ServedSpec, withServer } from './with-server.ts';

export const CREATE = `mutation ($input: ExportInput!) { createExport(input: $input) { path export { id format network creatorName expiresAt revokedAt } } }`;
/** What a spreadsheet would run. */
const NASTY = '=HYPERLINK("https://evil.example","x")';

export type Asker = Parameters<ServedSpec['ask']>[2];

/** A server that listens, with ledgers to take out and texts that would do harm. Call at the top of a describe. */
export const withExports = (database: TestDatabase) => {
  const spec = withServer(database, { settings: { port: 0 } });
  let world: LedgerWorld;
  let url: string;

  const create = async (input: object, as: Asker = { as: 'FINANCE' }) => {
    const { data, codes } = await spec.ask(CREATE, { input }, as);
    expect(codes).toEqual([]);
    return {
      id: String(at(data, 'createExport', 'export', 'id')),
      path: String(at(data, 'createExport', 'path')),
      link: at(data, 'createExport', 'export'),
    };
  };
  const open = (url: string) => spec.server.app.inject({ method: 'GET', url });
  const lines = async (input: object, as?: Asker) => {
    const answer = await open((await create({ format: 'JSONL', ...input }, as)).path);
    expect(answer.statusCode).toBe(200);
    return answer.body
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, string | number | null>);
  };
  const logged = async (id: string) => {
    const rows = await database.db
      .selectFrom('audit_entries')
      .select(['action', 'actor_name', 'after_text'])
      .where('object_id', '=', id)
      .orderBy('sequence')
      .execute();
    return rows;
  };

  beforeAll(async () => {
    url = (await spec.server.listen()).url;
    world = makeWorld(spec.networkId, 5);
    await writeWorld(database.db, spec.rows, spec.networkId, world);
    await database.db
      .updateTable('follows')
      .set({ label: NASTY, team: 'shop' })
      .where('account', '=', hexOf(ACCOUNTS[0]!))
      .execute();
    const token = {
      network_id: spec.networkId,
      address: feltToHex(TOKENS[0]!),
      symbol: '\u200b＝1+1',
      name: null,
    };
    await database.db
      .insertInto('tokens')
      .values({ ...token, decimals: 6, read_at_block: 1 })
      .execute();
  });

  return {
    ...{ spec, create, open, lines, logged },
    get world() {
      return world;
    },
    get url() {
      return url;
    },
  };
};
