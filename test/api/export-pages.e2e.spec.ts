import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { withDatabase } from '#libs/testing';
import { at, listAt, withServer } from './with-server.ts';

const LIST = `query ($first: Int = 25, $after: String, $orderBy: ExportOrder = CREATED_AT_DESC) {
  exports(first: $first, after: $after, orderBy: $orderBy) {
    nodes { id creatorName } edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;
const MICROS_OF_2027 = 1_798_761_600_000_000n;
const LINKS = 23;

interface Link {
  readonly id: string;
  readonly createdMicros: bigint;
  readonly expiresMicros: bigint;
  readonly isOwn: boolean;
}

/** Four in a microsecond, twelve in a millisecond; what lives longest is not what was made last. */
const linksOf = (organisation: string): readonly Link[] =>
  Array.from({ length: LINKS }, (_, n) => {
    const createdMicros = MICROS_OF_2027 + BigInt(Math.floor(n / 4)) * 300n;
    return {
      id: `exp_${createHash('sha256').update(`${organisation} ${n}`).digest('hex').slice(0, 32)}`,
      createdMicros,
      expiresMicros: createdMicros + BigInt(n % 2) * 1_000_000n + 60_000_000n,
      isOwn: n % 4 === 0,
    };
  });

const by = (time: (link: Link) => bigint) => (a: Link, b: Link) => {
  if (time(a) !== time(b)) return time(a) < time(b) ? -1 : 1;
  return a.id < b.id ? -1 : 1;
};
const ORDERS: Readonly<Record<string, (links: readonly Link[]) => readonly Link[]>> = {
  CREATED_AT_ASC: (links) => links.toSorted(by(({ createdMicros }) => createdMicros)),
  CREATED_AT_DESC: (links) => links.toSorted(by(({ createdMicros }) => createdMicros)).reverse(),
  EXPIRES_AT_DESC: (links) => links.toSorted(by(({ expiresMicros }) => expiresMicros)).reverse(),
};

describe('the list of exports', () => {
  const database = withDatabase();
  const spec = withServer(database);
  const links = linksOf('of the first');
  let own: string;
  let everybody: string;
  let theirs: string;

  const write = async (organisationId: number, all: readonly Link[], keyId: string) => {
    for (const { id, createdMicros, expiresMicros, isOwn } of all)
      await database.sql`
        insert into exports (organisation_id, export_id, network_id, format, filter, token_hash, created_by, creator_name, created_at, expires_at)
        values (${organisationId}, ${id}, ${spec.networkId}, 'CSV', '{}', sha256(${id}::text::bytea), ${isOwn ? keyId : 'somebody'}, 'x',
          'epoch'::timestamptz + ${String(createdMicros)}::bigint * interval '1 microsecond',
          'epoch'::timestamptz + ${String(expiresMicros)}::bigint * interval '1 microsecond')`;
  };

  beforeAll(async () => {
    const key = await spec.access.makeKey(1, { role: 'FINANCE' });
    const other = await database.organisation('other');
    await write(1, links, key.keyId);
    await write(other.id, linksOf('of the other'), 'somebody');
    own = key.text;
    everybody = (await spec.access.makeKey(1, { role: 'AUDITOR' })).text;
    theirs = (await spec.access.makeKey(other.id, { role: 'ADMIN' })).text;
  });

  const page = async (key: string, variables: Readonly<Record<string, unknown>>) => {
    const { data, codes } = await spec.ask(LIST, variables, { as: { key } });
    expect(codes).toEqual([]);
    return at(data, 'exports');
  };
  const pages = async (key: string, orderBy: string, first: number) => {
    const seen: unknown[] = [];
    let after: unknown;
    for (;;) {
      const answer = await page(key, { first, orderBy, ...(after !== undefined && { after }) });
      expect(at(answer, 'pageInfo', 'hasPreviousPage')).toBe(after !== undefined);
      seen.push(...listAt(answer, 'nodes').map((node) => at(node, 'id')));
      if (at(answer, 'pageInfo', 'hasNextPage') !== true) return seen;
      after = at(answer, 'pageInfo', 'endCursor');
    }
  };

  it.each(Object.entries(ORDERS))(
    'comes in order, whatever the size of its pages: %s',
    async (order, sorted) => {
      const all = sorted(links).map(({ id }) => id);
      for (const size of [1, 4, LINKS - 1, LINKS, 100])
        expect(await pages(everybody, order, size)).toEqual(all);
      const mine = sorted(links.filter(({ isOwn }) => isOwn)).map(({ id }) => id);
      for (const size of [1, 4, 100]) expect(await pages(own, order, size)).toEqual(mine);
    },
  );

  it('is the newest first, in pages of 25, where nothing is said', async () => {
    const answer = await page(everybody, {});
    const edges = listAt(answer, 'edges');
    expect(edges.map((edge) => at(edge, 'node', 'id'))).toEqual(
      ORDERS['CREATED_AT_DESC']?.(links).map(({ id }) => id),
    );
    expect(at(edges[0], 'cursor')).toBe(at(answer, 'pageInfo', 'startCursor'));
    const behind = await page(everybody, { after: at(edges[4], 'cursor'), first: 1 });
    expect(at(listAt(behind, 'nodes')[0], 'id')).toBe(at(edges[5], 'node', 'id'));
  });

  it('is of one organisation, and its cursors are of one list', async () => {
    const ours = new Set(links.map(({ id }) => id));
    expect(await pages(theirs, 'CREATED_AT_DESC', 10)).toHaveLength(LINKS);
    expect((await pages(theirs, 'CREATED_AT_DESC', 10)).filter((id) => ours.has(String(id)))).toEqual([]);
    const after = at(await page(everybody, { first: 2 }), 'pageInfo', 'endCursor');
    const codes = async (key: string, variables: object) =>
      (await spec.ask(LIST, variables as Record<string, unknown>, { as: { key } })).codes;
    expect(await codes(everybody, { after })).toEqual([]);
    expect(await codes(theirs, { after })).toEqual(['BAD_CURSOR']);
    expect(await codes(everybody, { after, orderBy: 'CREATED_AT_ASC' })).toEqual(['BAD_CURSOR']);
    for (const first of [0, -1, 101]) expect(await codes(everybody, { first })).toEqual(['BAD_INPUT']);
  });

  it('goes on behind a row that is there no more, and leaves out what came before it', async () => {
    const all = ORDERS['CREATED_AT_DESC']?.(links) ?? [];
    const after = at(await page(everybody, { first: 3 }), 'pageInfo', 'endCursor');
    const [, , gone] = all;
    await database.sql`delete from exports where export_id = ${gone?.id ?? ''}`;
    const answer = await page(everybody, { first: 100, after });
    expect(listAt(answer, 'nodes').map((node) => at(node, 'id'))).toEqual(all.slice(3).map(({ id }) => id));
  });
});
