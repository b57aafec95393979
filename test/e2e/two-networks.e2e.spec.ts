import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Address, feltToHex, selectorOf, type SessionKey } from '#libs/felt';
import {
  type ChainActor,
  createSandboxChain,
  type SandboxChain,
  sessionKeyOf,
  transferCall,
  withDatabase,
} from '#libs/testing';
import { askGraphql, buildCommandLine, makeKey, purser, type Started, startPurser } from './command-line.ts';

jest.setTimeout(120_000);

const SECRETS = [0x777n, 0x888n, 0x999n, 0xaaan] as const;
const [FIRST, SECOND, ONLY_A, ONLY_B] = SECRETS;
const KEYS = SECRETS.map(sessionKeyOf);
const FAR = 1_900_000_000n;
const START_SECONDS = 1_800_000_000;

/** One of two chains that only their first block tells apart, with the account that stands on both. */
interface Side {
  readonly label: 'a' | 'b';
  readonly chain: SandboxChain;
  readonly account: ChainActor;
  readonly token: Address;
}

const openSide = (label: Side['label'], startSeconds: number): Side => {
  const chain = createSandboxChain({ startSeconds, clock: { nowSeconds: () => startSeconds + 1_000 } });
  const account = chain.deployAccount('session_account_spend', 0x1234n);
  return { label, chain, account, token: chain.deployToken(account, 'token_keyed') };
};

const grant = ({ account, token }: Side, secret: bigint, maxCalls: bigint, names: readonly string[] = []) => {
  const sessionKey = sessionKeyOf(secret);
  account.change(
    {
      kind: 'SetSpendingPolicy',
      sessionKey,
      token,
      maxPerCall: 50n,
      maxPerWindow: 100n + maxCalls,
      windowSeconds: 600n,
    },
    {
      kind: 'AddOrUpdateSessionKey',
      sessionKey,
      validUntilSeconds: FAR + maxCalls,
      maxCalls,
      allowedEntrypoints: names.map(selectorOf),
    },
  );
};
const spend = ({ account, token }: Side, secret: bigint, maxCalls: bigint, amount: bigint) =>
  account.sendAs(secret, FAR + maxCalls, [transferCall(token, 0xbeefn, amount)]);
const revoke = ({ account }: Side, secret: bigint) =>
  account.change({ kind: 'RevokeSessionKey', sessionKey: sessionKeyOf(secret) });

type Row = Readonly<Record<string, unknown>>;

/** What the views of the account say of a key, in the words of the API; nothing of a key that was never there. */
const viewed = ({ chain, account, token }: Side, key: SessionKey) => {
  const [validUntil, maxCalls, callsUsed, length] = chain.view(account.address, 'get_session_data', key);
  const list = Array.from({ length: Number(length) }, (_, at) =>
    feltToHex(chain.view(account.address, 'get_session_allowed_entrypoint_at', key, BigInt(at))[0]!),
  );
  const policy = chain.view(account.address, 'get_spending_policy', key, token);
  return {
    session: {
      validUntil: validUntil === 0n ? null : String(validUntil),
      ...{ maxCalls: Number(maxCalls), callsUsed: Number(callsUsed), allowedEntrypoints: list },
    },
    policies:
      policy[2] === 0n
        ? []
        : [
            {
              token: feltToHex(token),
              ...{ maxPerCall: String(policy[0]), maxPerWindow: String(policy[2]) },
              ...{ windowSeconds: String(policy[4]), storedSpent: String(policy[5]) },
            },
          ],
  };
};

describe('two chains of one id with the same account', () => {
  const database = withDatabase({ migrated: false });
  const had = { a: new Set<bigint>(), b: new Set<bigint>() };
  let sides: readonly Side[];
  let dataDir = '';
  let key = '';
  let started: Started | undefined;

  const ask = async (query: string): Promise<{ data: Row; codes: string[] }> => {
    const answer = (await askGraphql(started!.url, query, key)) as {
      data: Row | null;
      errors?: readonly { readonly extensions: { readonly code: string } }[];
    };
    return { data: answer.data ?? {}, codes: (answer.errors ?? []).map(({ extensions }) => extensions.code) };
  };
  const nodesOf = (data: Row, name: string) => (data[name] as { readonly nodes: readonly Row[] }).nodes;

  const headOf = ({ chain }: Side) =>
    (chain.request('starknet_blockHashAndNumber') as { block_hash: string }).block_hash;

  const caughtUp = async (): Promise<void> => {
    for (let tries = 0; tries < 400; tries += 1) {
      const { data } = await ask('{ indexer { network indexed { blockHash } } }');
      const indexed = data['indexer'] as readonly {
        network: string;
        indexed: { blockHash: string } | null;
      }[];
      const isThere = (side: Side): boolean =>
        indexed.find(({ network }) => network === side.label)?.indexed?.blockHash === headOf(side);
      if (sides.every(isThere)) return;
      await delay(50);
    }
    throw new Error('the index did not reach both heads in 20 seconds');
  };

  beforeAll(async () => {
    buildCommandLine();
    dataDir = await mkdtemp(join(tmpdir(), 'purser-two-'));
    sides = [openSide('a', START_SECONDS), openSide('b', START_SECONDS + 500)];
    const urls = await Promise.all(
      sides.map(async ({ label, chain }) => `${label}=${(await chain.sandbox.listen({ port: 0 })).url}`),
    );
    started = await startPurser({
      ...database.environment,
      ...{ NETWORKS: urls.join(';'), START_BLOCK: '0', DATA_DIR: dataDir },
      ...{ PORT: '0', POLL_INTERVAL_MS: '50', LOG_LEVEL: 'fatal' },
    });
    key = await makeKey(database.environment);
  }, 240_000);

  afterAll(async () => {
    if (started?.isRunning() === true) await started.stop('SIGTERM');
    for (const { chain } of sides) await chain.sandbox.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  const SESSION = 'sessionKey validUntil maxCalls callsUsed allowedEntrypoints';
  const POLICY = 'token maxPerCall maxPerWindow windowSeconds storedSpent';

  /** Every list and every session that the API tells of the network, against the views of its own chain. */
  const expectOwnViews = async (side: Side): Promise<void> => {
    const account = feltToHex(side.account.address);
    const keys = KEYS.filter((key) => had[side.label].has(key));
    const on = `network: "${side.label}"`;
    const { data, codes } = await ask(`{
      sessions(${on}) { nodes { account ${SESSION} } asOf { blockHash network } }
      accounts(${on}) { nodes { address sessionKeyCount } }
      policies(${on}, account: "${account}") { nodes { sessionKey ${POLICY} } }
      uses(${on}, account: "${account}", first: 100) { nodes { sessionKey transactionHash } }
    }`);
    expect(codes).toEqual([]);
    expect(data['sessions']).toMatchObject({ asOf: { blockHash: headOf(side), network: side.label } });
    expect(nodesOf(data, 'accounts')).toEqual([{ address: account, sessionKeyCount: keys.length }]);
    const byKey = (a: Row, b: Row) => (String(a['sessionKey']) < String(b['sessionKey']) ? -1 : 1);
    expect([...nodesOf(data, 'sessions')].sort(byKey)).toEqual(
      keys.map((key) => ({ account, sessionKey: feltToHex(key), ...viewed(side, key).session })).sort(byKey),
    );
    expect([...nodesOf(data, 'policies')].sort(byKey)).toEqual(
      keys
        .flatMap((key) =>
          viewed(side, key).policies.map((policy) => ({ sessionKey: feltToHex(key), ...policy })),
        )
        .sort(byKey),
    );
    for (const { transactionHash } of nodesOf(data, 'uses')) {
      const params = { transaction_hash: transactionHash };
      const receipt = side.chain.request('starknet_getTransactionReceipt', params);
      expect(receipt).toMatchObject({ transaction_hash: transactionHash });
    }
    for (const key of KEYS) await expectSession(side, key, nodesOf(data, 'uses'));
  };

  const expectSession = async (side: Side, key: SessionKey, uses: readonly Row[]): Promise<void> => {
    const { data, codes } = await ask(`{
      session(network: "${side.label}", account: "${feltToHex(side.account.address)}", sessionKey: "${feltToHex(key)}") {
        ${SESSION} source policies { ${POLICY} }
      } }`);
    if (!had[side.label].has(key)) {
      expect([codes, data['session'] ?? null]).toEqual([['SESSION_NOT_REGISTERED'], null]);
      return;
    }
    const { session, policies } = viewed(side, key);
    expect(data['session']).toEqual({ sessionKey: feltToHex(key), ...session, source: 'INDEX', policies });
    const counted = uses.filter(({ sessionKey }) => sessionKey === feltToHex(key)).length;
    if (session.validUntil !== null) expect(counted).toBe(session.callsUsed);
  };

  const grantOn = (side: Side, secret: bigint, maxCalls: bigint, names?: readonly string[]): void => {
    grant(side, secret, maxCalls, names);
    had[side.label].add(sessionKeyOf(secret));
  };

  it('is of one address and one chain id on both', () => {
    const [a, b] = sides;
    expect(a!.account.address).toBe(b!.account.address);
    expect(a!.chain.chainId).toBe(b!.chain.chainId);
    expect(headOf(a!)).not.toBe(headOf(b!));
  });

  it('gives of each network what the views of its own chain give', async () => {
    const [a, b] = sides as readonly [Side, Side];
    grantOn(a, FIRST, 10n, ['transfer', 'approve']);
    grantOn(b, FIRST, 20n);
    grantOn(a, ONLY_A, 3n);
    grantOn(b, ONLY_B, 4n, ['transfer']);
    spend(a, FIRST, 10n, 7n);
    for (const amount of [1n, 51n, 3n]) spend(b, FIRST, 20n, amount);
    grantOn(b, SECOND, 5n);
    revoke(b, SECOND);
    await caughtUp();
    for (const side of sides) await expectOwnViews(side);
  });

  it('and after a reorg of one of them, which the other does not feel', async () => {
    const [a, b] = sides as readonly [Side, Side];
    const before = headOf(a);
    const { block_number } = b.chain.request('starknet_blockHashAndNumber') as { block_number: number };
    grantOn(b, SECOND, 30n, ['approve']);
    spend(b, ONLY_B, 4n, 9n);
    await caughtUp();
    await expectOwnViews(b);
    // Takes back the two blocks, and the grant and the revoke of the second key before them.
    b.chain.request('devnet_abortBlocks', { starting_block_id: { block_number: block_number - 1 } });
    had.b.delete(sessionKeyOf(SECOND));
    revoke(b, ONLY_B);
    for (let block = 0; block < 4; block += 1) spend(b, FIRST, 20n, 2n);
    await caughtUp();
    expect(headOf(a)).toBe(before);
    for (const side of sides) await expectOwnViews(side);
  });

  it('and lists what could not be read of the one that is named', async () => {
    await database.sql`
      insert into dead_letters (network_id, block_hash, transaction_index, event_index, block_number, account, code, reason, raw)
      select network_id, '0xb10c', 3, 4, 5, '0xacc', 'EVENT_MALFORMED', 'too short', '{"keys": ["0x1"]}' from networks where label = 'a'`;
    const list = (label: string) =>
      purser(`dead-letters list --json --network ${label}`, {
        ...{ DATABASE_URL: database.url, DATA_DIR: dataDir, LOG_LEVEL: 'fatal' },
        NETWORKS: sides.map((side) => `${side.label}=http://127.0.0.1:1`).join(';'),
      });
    const [a, b] = [await list('a'), await list('b')];
    expect([a.exitCode, b.exitCode, b.out.trim()]).toEqual([0, 0, '[]']);
    expect(JSON.parse(a.out)).toMatchObject([
      {
        account: '0xacc',
        blockNumber: 5,
        code: 'EVENT_MALFORMED',
        reason: 'too short',
        raw: { keys: ['0x1'] },
      },
    ]);
  });

  it('and answers nothing where nobody says which of the two is meant', async () => {
    const { codes } = await ask('{ sessions { nodes { sessionKey } } }');
    expect(codes).toEqual(['CHAIN_REQUIRED']);
  });
});
