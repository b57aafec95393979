import { beforeAll, describe, expect, it } from '@jest/globals';
import { feltToHex, selectorOf } from '#libs/felt';
import { asAddress, asKey, testClassAbi, testClassHash, withDatabase } from '#libs/testing';
import { at, HEAD, listAt, withServer } from './with-server.ts';

const A = asAddress(0xa1n);
const STRANGER = asAddress(0xa9n);
const TOKEN = asAddress(0x70n);
const SETTING = testClassHash('session_account_setting');
const ABI = testClassAbi('session_account_setting');
const LIST = { allowed_entrypoints: [feltToHex(selectorOf('transfer'))], allowed_entrypoints_len: 1 };

const FINDINGS = `query ($account: Address!, $key: SessionKey, $first: Int, $after: String) {
  findings(account: $account, sessionKey: $key, first: $first, after: $after) {
    accountFindings { code severity repair sinceBlock }
    nodes { sessionKey findings { code severity repair message token selector sinceBlock } }
    pageInfo { hasNextPage endCursor }
    asOf { blockNumber }
  }
}`;

describe('findings over GraphQL', () => {
  const database = withDatabase();
  const spec = withServer(database);

  beforeAll(async () => {
    const { rows, networkId } = spec;
    await rows.head(networkId, HEAD);
    await rows.account(networkId, A, { classHash: SETTING, abi: ABI });
    await rows.session(networkId, A, asKey(1n), LIST);
    await rows.policy(networkId, A, asKey(1n), TOKEN);
    const gone = { lifecycle: 'REVOKED', valid_until_seconds: 0n, max_calls: 0, calls_used: 0 } as const;
    await rows.session(networkId, A, asKey(2n), {
      ...gone,
      lifecycle_block: 30,
      valid_from_block: 30,
      valid_to_block: 40,
    });
    await rows.session(networkId, A, asKey(2n), { ...LIST, lifecycle_block: 40, valid_from_block: 40 });
    await rows.policy(networkId, A, asKey(2n), TOKEN, { lifecycle_block: 20 });
    await rows.session(networkId, A, asKey(3n), { ...LIST, calls_used: 10 });
  });

  const findings = async (variables: Record<string, unknown>) =>
    at((await spec.ask(FINDINGS, { account: feltToHex(A), ...variables })).data, 'findings');

  it('tell of each key what is wrong with it, and nothing of those that are in order or over', async () => {
    const answer = await findings({});
    expect(listAt(answer, 'accountFindings')).toMatchObject([
      { code: 'SIGNS_OFF_CHAIN', repair: 'UPGRADE_CLASS' },
    ]);
    expect(at(answer, 'asOf', 'blockNumber')).toBe(100);
    expect(
      listAt(answer, 'nodes').map((node) => [
        at(node, 'sessionKey'),
        listAt(node, 'findings').map((each) => at(each, 'code')),
      ]),
    ).toEqual([
      ['0x1', []],
      ['0x2', ['POLICY_INHERITED', 'KEY_READDED']],
      ['0x3', []],
    ]);
    expect(at(answer, 'nodes', 1, 'findings', 0)).toMatchObject({
      severity: 'MEDIUM',
      repair: 'SET_POLICY',
      token: feltToHex(TOKEN),
      sinceBlock: 20,
    });
  });

  it('come in pages by key, and of one key alone', async () => {
    const first = await findings({ first: 2 });
    expect(at(first, 'pageInfo', 'hasNextPage')).toBe(true);
    const next = await findings({ first: 2, after: at(first, 'pageInfo', 'endCursor') });
    expect(listAt(next, 'nodes')).toMatchObject([{ sessionKey: '0x3' }]);
    expect(listAt(await findings({ key: '0x2' }), 'nodes')).toMatchObject([{ sessionKey: '0x2' }]);
  });

  it('name the block in which the class changed or another owner took over', async () => {
    const { networkId } = spec;
    const upgraded = asAddress(0xa2n);
    await spec.rows.account(networkId, upgraded, { classHash: SETTING, abi: ABI });
    const id = { network_id: networkId, account: feltToHex(upgraded) };
    const { db } = database;
    const of = db
      .updateTable('account_versions')
      .where('network_id', '=', networkId)
      .where('account', '=', id.account);
    await of.set({ valid_from_block: 60 }).execute();
    await db
      .insertInto('account_versions')
      .values({
        ...id,
        valid_from_block: 1,
        valid_to_block: 60,
        class_hash: '0x1',
        public_key: null,
        signature_mode: null,
      })
      .execute();
    const place = {
      block_hash: feltToHex(HEAD.blockHash),
      block_number: HEAD.blockNumber,
      transaction_hash: '0x1',
    };
    await db
      .insertInto('facts')
      .values({
        ...id,
        ...place,
        transaction_index: 0,
        event_index: 0,
        kind: 'OwnerRemoved',
        session_key: null,
        token: null,
        payload: JSON.stringify({}) as never,
      })
      .execute();
    const answer = await findings({ account: feltToHex(upgraded) });
    expect(at(answer, 'accountFindings')).toMatchObject([
      { code: 'CLASS_UPGRADED', severity: 'HIGH', repair: 'NONE', sinceBlock: 60 },
      { code: 'OWNER_CHANGED', sinceBlock: 100 },
    ]);
  });

  it('are refused for an account that is not followed, and for a cursor of another question', async () => {
    expect((await spec.ask(FINDINGS, { account: feltToHex(STRANGER) })).codes).toEqual([
      'ACCOUNT_NOT_FOLLOWED',
    ]);
    const other = at(await findings({ first: 1 }), 'pageInfo', 'endCursor');
    expect((await spec.ask(FINDINGS, { account: feltToHex(A), key: '0x1', after: other })).codes).toEqual([
      'BAD_CURSOR',
    ]);
  });
});
