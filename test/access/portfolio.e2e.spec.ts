import { beforeAll, describe, expect, it } from '@jest/globals';
import { ROLES } from '#libs/api';
import { feltToHex, toAddress } from '#libs/felt';
import { testClassAbi, testClassHash, type TestOrganisation, withDatabase } from '#libs/testing';
import fc from 'fast-check';
import { at, felt, HEAD, listAt, SEPOLIA, withServer } from '../api/with-server.ts';

const CLASS = 'session_account_setting';
const FOLLOW = `mutation ($accounts: [FollowInput!]!, $network: String = "sepolia") {
  followAccounts(accounts: $accounts, network: $network) { followed changed unchanged }
}`;
const UNFOLLOW = `mutation ($accounts: [Address!]!, $network: String = "sepolia") {
  unfollowAccounts(accounts: $accounts, network: $network)
}`;
const LABEL = `mutation ($accounts: [FollowInput!]!, $network: String = "sepolia") {
  labelAccounts(accounts: $accounts, network: $network)
}`;
const IMPORT = `mutation ($rows: [ImportRowInput!]!, $dryRun: Boolean!, $skip: Boolean = false) {
  importAccounts(rows: $rows, dryRun: $dryRun, skipInvalid: $skip, network: "sepolia") {
    good wrong faults { line code column firstLine } result { followed changed unchanged }
    standings { undeployed withoutSessions withSessions unreadable }
  }
}`;
const RULE = `mutation ($classHash: Felt, $deployer: Address) {
  createFollowRule(classHash: $classHash, deployer: $deployer, label: "found", network: "sepolia") {
    found rule { id kind classHash deployer label network }
  }
}`;
const GROUP = 'mutation ($name: String!) { createGroup(name: $name) { id name accountCount } }';
const ADD = `mutation ($id: ID!, $accounts: [Address!]!) {
  addToGroup(id: $id, accounts: $accounts, network: "sepolia") { name accountCount }
}`;
const LIST = `query (
  $network: String = "sepolia", $label: String, $team: String, $costCentre: String, $group: ID, $orderBy: AccountOrder, $first: Int, $after: String
) {
  accounts(
    network: $network, label: $label, team: $team, costCentre: $costCentre, group: $group, orderBy: $orderBy, first: $first, after: $after
  ) {
    nodes { address label team costCentre groups { name } status } pageInfo { endCursor hasNextPage }
  }
}`;

interface Texts {
  readonly address: string;
  readonly label?: string | null;
  readonly team?: string | null;
  readonly costCentre?: string | null;
}

describe('what organisations follow, over GraphQL', () => {
  const database = withDatabase();
  const spec = withServer(database, {
    moreNetworks: async (rows, chain) => {
      const networkId = await rows.network('devnet', 2n);
      await rows.head(networkId, HEAD);
      return [{ networkId, chainId: SEPOLIA, genesisHash: felt(2n), label: 'devnet', source: chain.source }];
    },
  });

  beforeAll(async () => {
    await database.db.deleteFrom('follow_rules').execute();
    await spec.rows.head(spec.networkId, HEAD);
  });

  /** An organisation, and its admin as who asks. */
  const open = async (name: string) => {
    const organisation = await database.organisation(name);
    const { text } = await spec.access.makeKey(organisation.id, { role: 'ADMIN' });
    const ask = async (query: string, variables: Record<string, unknown> = {}) =>
      spec.ask(query, variables, { as: { key: text } });
    const follow = async (accounts: readonly Texts[], network = 'sepolia') =>
      (await ask(FOLLOW, { accounts, network })).data['followAccounts'];
    const list = async (variables: Record<string, unknown> = {}) => {
      const { data, codes } = await ask(LIST, variables);
      expect(codes).toEqual([]);
      return listAt(data, 'accounts', 'nodes') as readonly Texts[];
    };
    const addresses = async (variables: Record<string, unknown> = {}) =>
      (await list(variables)).map(({ address }) => address);
    return { organisation, ask, follow, list, addresses };
  };
  const keyOf = async ({ id }: TestOrganisation, request: Parameters<typeof spec.access.makeKey>[1]) =>
    ({ key: (await spec.access.makeKey(id, request)).text }) as const;
  const auditOf = ({ id }: TestOrganisation) => database.sql`
    select action, actor_kind, actor_id, request_id, object_id, before_text, after_text from audit_entries
    where organisation_id = ${id} and action not like 'KEY%' order by sequence`;

  it('are changed by roles with the right, and by nobody whose scope is limited', async () => {
    const { organisation } = await open('roles');
    const asked = async (query: string, variables: object, request: Parameters<typeof keyOf>[1]) =>
      (await spec.ask(query, { ...variables }, { as: await keyOf(organisation, request) })).codes[0] ?? 'OK';
    const follow = { accounts: [{ address: '0x1' }] };
    const group = { name: 'g' };
    const answers = [];
    for (const role of ROLES)
      answers.push([role, await asked(FOLLOW, follow, { role }), await asked(LABEL, follow, { role })]);
    expect(answers).toEqual([
      ['ADMIN', 'OK', 'OK'],
      ['FINANCE', 'FORBIDDEN', 'OK'],
      ['APPROVER', 'FORBIDDEN', 'FORBIDDEN'],
      ['AUDITOR', 'FORBIDDEN', 'FORBIDDEN'],
      ['INTEGRATOR', 'FORBIDDEN', 'FORBIDDEN'],
    ]);
    for (const scope of [
      { accounts: [], labels: ['x'] },
      { accounts: [`${spec.networkId}/0x1`], labels: [] },
    ])
      for (const [query, variables] of [
        [FOLLOW, follow],
        [LABEL, follow],
        [GROUP, group],
        [RULE, { classHash: '0x1' }],
      ] as const)
        expect(await asked(query, variables, { role: 'ADMIN', scope })).toBe('FORBIDDEN');
    expect((await spec.ask(FOLLOW, follow, { as: 'NOBODY' })).codes).toEqual(['UNAUTHENTICATED']);
  });

  it('are each their own: no label, group or end of one shows to the other or touches it', async () => {
    const [one, two] = [await open('one'), await open('two')];
    const row = { address: '0xa1', team: 'ops' };
    expect(await one.follow([{ ...row, label: 'of one' }])).toEqual({
      followed: 1,
      changed: 0,
      unchanged: 0,
    });
    expect(await two.list()).toEqual([]);
    expect(await two.follow([{ address: '0xa1' }])).toEqual({ followed: 1, changed: 0, unchanged: 0 });
    const bare = { label: null, team: null, costCentre: null, groups: [], status: 'PENDING' };
    expect(await two.list()).toEqual([{ ...bare, address: '0xa1' }]);
    expect(await two.addresses({ label: 'of one' })).toEqual([]);
    const group = (await one.ask(GROUP, { name: 'shops' })).data;
    const id = at(group, 'createGroup', 'id');
    await one.ask(ADD, { id, accounts: ['0xa1'] });
    expect(await one.list({ group: id })).toEqual([
      { ...bare, ...row, label: 'of one', groups: [{ name: 'shops' }] },
    ]);
    expect(await two.list({ group: id })).toEqual([]);
    expect(await two.list()).toEqual([{ ...bare, address: '0xa1' }]);
    for (const [query, variables] of [
      [ADD, { id, accounts: ['0xa1'] }],
      ['mutation ($id: ID!) { renameGroup(id: $id, name: "mine") { id } }', { id }],
      [LABEL, { accounts: [{ address: '0xa2', label: 'x' }] }],
    ] as const)
      expect((await two.ask(query, variables)).codes).toEqual(['NOT_FOUND']);
    expect((await two.ask('mutation ($id: ID!) { deleteGroup(id: $id) }', { id })).data).toEqual({
      deleteGroup: false,
    });
    expect((await two.ask('{ groups { id } }')).data).toEqual({ groups: [] });
    expect((await two.ask(UNFOLLOW, { accounts: ['0xa1'] })).data).toEqual({ unfollowAccounts: 1 });
    expect([await one.addresses(), await two.addresses()]).toEqual([['0xa1'], []]);
    expect((await one.ask('{ groups { name accountCount } }')).data).toEqual({
      groups: [{ name: 'shops', accountCount: 1 }],
    });
  });

  it('keep the same address of two chains apart', async () => {
    const one = await open('chains');
    await one.follow([{ address: '0xc1', label: 'here', team: 'x' }]);
    await one.follow([{ address: '0xc1', label: 'there', team: 'x' }], 'devnet');
    const labels = async (network: string, more = {}) =>
      (await one.list({ network, ...more })).map(({ label }) => label);
    for (const more of [{}, { team: 'x' }, { orderBy: 'LABEL_ASC' }])
      expect([await labels('sepolia', more), await labels('devnet', more)]).toEqual([['here'], ['there']]);
    const { codes } = await one.ask(
      'mutation { followAccounts(accounts: [{ address: "0xc1" }]) { followed } }',
    );
    expect(codes).toEqual(['CHAIN_REQUIRED']);
    await one.ask(UNFOLLOW, { accounts: ['0xc1'], network: 'devnet' });
    expect([await labels('sepolia'), await labels('devnet')]).toEqual([['here'], []]);
  });

  it('change with an entry in the audit log that names the key, the request, and both states', async () => {
    const one = await open('audited');
    await one.follow([{ address: '0xd1', label: 'a' }]);
    await one.ask(LABEL, { accounts: [{ address: '0xd1', label: null, costCentre: '4711' }] });
    await one.ask(LABEL, { accounts: [{ address: '0xd1', costCentre: '4711' }] });
    await one.ask(UNFOLLOW, { accounts: ['0xd1'] });
    const entries = await auditOf(one.organisation);
    expect(entries.map(({ action }) => action as string)).toEqual([
      ...['ACCOUNT_FOLLOWED', 'ACCOUNT_LABELLED', 'ACCOUNT_UNFOLLOWED'],
    ]);
    for (const entry of entries)
      expect(entry).toMatchObject({
        actor_kind: 'KEY',
        object_id: `${spec.networkId}/0xd1`,
        actor_id: expect.stringMatching(/^\w{12}$/),
        request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      });
    const states = entries.map(({ before_text, after_text }) =>
      [before_text, after_text].map((text) =>
        text === null ? null : (JSON.parse(text as string) as { label: string; costCentre: string }),
      ),
    );
    expect(states.map((pair) => pair.map((state) => state && [state.label, state.costCentre]))).toEqual([
      [null, ['a', null]],
      [
        ['a', null],
        [null, '4711'],
      ],
      [[null, '4711'], null],
    ]);
  });

  it('are imported with each wrong row named, as a whole or without them', async () => {
    const one = await open('import');
    const known = toAddress(0xe1n);
    spec.chain.accounts.set(known, { classHash: testClassHash(CLASS), abi: testClassAbi(CLASS) });
    const rows = [
      { line: 2, address: '0xe1', label: 'shop' },
      { line: 3, address: 'oops' },
      { line: 4, address: '225' },
      { line: 6, address: '0xe2', team: 'a\nb' },
      { line: 7, address: '0xe3', label: ' ' },
    ];
    const report = {
      good: 2,
      wrong: 3,
      faults: [
        { line: 3, code: 'ADDRESS_MALFORMED', column: 'address', firstLine: null },
        { line: 4, code: 'ADDRESS_TWICE', column: 'address', firstLine: 2 },
        { line: 6, code: 'TEXT_NOT_PRINTABLE', column: 'team', firstLine: null },
      ],
    };
    const done = { followed: 2, changed: 0, unchanged: 0 };
    const asked = async (variables: object) =>
      (await one.ask(IMPORT, { rows, ...variables })).data['importAccounts'];
    const standings = { undeployed: 1, withoutSessions: 0, withSessions: 1, unreadable: 0 };
    expect(await asked({ dryRun: true })).toEqual({ ...report, result: done, standings });
    expect(await asked({ dryRun: false })).toEqual({ ...report, result: null, standings: null });
    expect(await one.list()).toEqual([]);
    expect(await asked({ dryRun: false, skip: true })).toEqual({ ...report, result: done, standings: null });
    expect(await asked({ dryRun: true })).toMatchObject({
      result: { followed: 0, unchanged: 2 },
      standings: { undeployed: 0, withSessions: 0 },
    });
    expect(await one.addresses()).toEqual(['0xe1', '0xe3']);
    const many = Array.from({ length: 501 }, (_, line) => ({ line, address: '0x1' }));
    expect((await one.ask(IMPORT, { rows: many, dryRun: true })).codes).toEqual(['BAD_INPUT']);
  });

  it('are asked of a node for a dry run alike, whether or not another organisation follows them', async () => {
    const [one, two] = [await open('asks'), await open('follows')];
    const rows = [
      { line: 2, address: '0xe1' },
      { line: 3, address: '0xdead' },
    ];
    const asked = async () => {
      spec.chain.calls.length = 0;
      const { data } = await one.ask(IMPORT, { rows, dryRun: true });
      return [data, [...spec.chain.calls]];
    };
    const before = await asked();
    await two.follow([{ address: '0xe1', label: 'theirs' }, { address: '0xdead' }]);
    await spec.rows.account(spec.networkId, toAddress(0xe9n), { classHash: testClassHash(CLASS) });
    expect(await asked()).toEqual(before);
  });

  it('follow by rules of their own: what is known already, and what comes', async () => {
    const [one, two] = [await open('ruled'), await open('unruled')];
    const classHash = feltToHex(testClassHash(CLASS));
    const [x, y] = [toAddress(0xf1n), toAddress(0xf2n)];
    await spec.rows.account(spec.networkId, x, { classHash: testClassHash(CLASS) });
    const { data } = await one.ask(RULE, { classHash });
    expect(at(data, 'createFollowRule', 'rule')).toMatchObject({
      ...{ kind: 'CLASS', classHash, deployer: null, label: 'found', network: 'sepolia' },
    });
    expect((await one.ask(RULE, { classHash })).codes).toEqual(['CONFLICT']);
    expect((await one.ask(RULE, {})).codes).toEqual(['BAD_INPUT']);
    await spec.rows.account(spec.networkId, y, { classHash: testClassHash(CLASS) });
    expect(await one.addresses({ label: 'found' })).toEqual(expect.arrayContaining(['0xf1', '0xf2']));
    expect(await two.addresses()).toEqual([]);
    expect((await two.ask('{ followRules { id } }')).data).toEqual({ followRules: [] });
    const id = at(data, 'createFollowRule', 'rule', 'id');
    const remove = 'mutation ($id: ID!) { deleteFollowRule(id: $id) }';
    expect((await two.ask(remove, { id })).data).toEqual({ deleteFollowRule: false });
    expect((await one.ask(remove, { id })).data).toEqual({ deleteFollowRule: true });
  });

  describe('in order', () => {
    const TEXTS = [null, null, 'a', 'b', 'B', 'ä', '=x', '', ' '] as const;
    const rows = Array.from({ length: 40 }, (_, index) => ({
      address: feltToHex(BigInt(0x1000 + ((index * 7) % 40))),
      label: TEXTS[index % TEXTS.length] ?? null,
      team: TEXTS[(index * 5) % TEXTS.length] ?? null,
      costCentre: TEXTS[(index * 2) % TEXTS.length] ?? null,
    }));

    it('come page by page, each once, those with a text first and in its order', async () => {
      const one = await open('ordered');
      await one.follow(rows);
      const pages = async (variables: Record<string, unknown>) => {
        const found: Texts[] = [];
        for (let after: unknown; after !== null; ) {
          const { data, codes } = await one.ask(LIST, { ...variables, after });
          expect(codes).toEqual([]);
          found.push(...(listAt(data, 'accounts', 'nodes') as Texts[]));
          after =
            at(data, 'accounts', 'pageInfo', 'hasNextPage') === true
              ? at(data, 'accounts', 'pageInfo', 'endCursor')
              : null;
        }
        return found;
      };
      const orders = ['ADDRESS_ASC', 'LABEL_ASC', 'TEAM_ASC', 'COST_CENTRE_ASC'] as const;
      const filters = fc.constantFrom({}, { label: 'a' }, { team: 'b' }, { costCentre: '=x' });
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...orders),
          filters,
          fc.integer({ min: 1, max: 50 }),
          async (orderBy, filter, first) => {
            const found = await pages({ orderBy, first, ...filter });
            const wanted = (await one.list({ first: 100 })).filter((row) =>
              Object.entries(filter).every(([name, value]) => row[name as keyof Texts] === value),
            );
            expect(found.map(({ address }) => address).sort()).toEqual(
              wanted.map(({ address }) => address).sort(),
            );
            const key = {
              ADDRESS_ASC: undefined,
              LABEL_ASC: 'label',
              TEAM_ASC: 'team',
              COST_CENTRE_ASC: 'costCentre',
            }[orderBy] as keyof Texts | undefined;
            const texts = found.map((row) => (key === undefined ? null : (row[key] ?? null)));
            const named = texts.filter((text) => text !== null);
            expect(texts).toEqual([...named, ...texts.slice(named.length).map(() => null)]);
            // Equal texts stand together, and within them addresses rise.
            expect(new Set(named).size).toBe(named.filter((text, index) => text !== named[index - 1]).length);
            found.forEach(({ address }, index) => {
              if (index > 0 && texts[index] === texts[index - 1])
                expect(address > (found[index - 1]?.address ?? '')).toBe(true);
            });
          },
        ),
        { numRuns: 25 },
      );
    });

    it('take no cursor of another order or filter', async () => {
      const one = await open('cursors');
      await one.follow(rows);
      const { data } = await one.ask(LIST, { orderBy: 'LABEL_ASC', first: 3 });
      const after = at(data, 'accounts', 'pageInfo', 'endCursor');
      for (const variables of [{ orderBy: 'TEAM_ASC' }, { orderBy: 'LABEL_ASC', team: 'a' }, {}])
        expect((await one.ask(LIST, { ...variables, after })).codes).toEqual(['BAD_CURSOR']);
    });
  });
});
