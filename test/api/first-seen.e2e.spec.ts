import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ChainError, type ChainSource } from '#libs/chain';
import { type Address, feltToHex, type SessionKey } from '#libs/felt';
import { type ChainActor, type SandboxChain, sessionKeyOf, withDatabase } from '#libs/testing';
import { type ServedSandbox, serveSandbox } from './sandbox-history.ts';
import { at } from './with-server.ts';

const [ACTIVE, REVOKED, UNKNOWN] = [0x777n, 0x888n, 0x999n].map(sessionKeyOf) as [
  SessionKey,
  SessionKey,
  SessionKey,
];
const BLOCKS = 3_000;
const SECOND_MS = 1_000;
const QUERY = `query ($account: Address!, $key: SessionKey!) {
  session(account: $account, sessionKey: $key) { source status maxCalls }
}`;

/** A node that takes for ever to search events of more than a few blocks, as nodes of a long chain do. */
const slowSearch = (source: ChainSource): ChainSource => ({
  ...source,
  events: (query, options) =>
    query.toBlock - query.fromBlock < 10 ? source.events(query, options) : neverEnding(options?.signal),
});

// eslint-disable-next-line require-yield -- it never gets that far
async function* neverEnding(signal: AbortSignal | undefined): AsyncGenerator<never> {
  await new Promise((resolve) => signal?.addEventListener('abort', resolve));
  throw new ChainError('ABORTED', 'the search was given up');
}

describe.each([
  ['a node that searches fast', (source: ChainSource) => source],
  ['a node that searches slowly', slowSearch],
] as const)(
  'an account seen for the first time on a chain of some thousand blocks, through %s',
  (name, node) => {
    const database = withDatabase();
    let served: ServedSandbox;
    let account: ChainActor;
    let empty: ChainActor;

    beforeAll(async () => {
      const add = (sessionKey: SessionKey) =>
        account.change({
          kind: 'AddOrUpdateSessionKey',
          sessionKey,
          validUntilSeconds: 1_900_000_000n,
          maxCalls: 10n,
          allowedEntrypoints: [],
        });
      const prepare = (chain: SandboxChain): void => {
        account = chain.deployAccount('session_account_setting', 0x1234n);
        empty = chain.deployAccount('session_account_setting', 0x4321n);
        add(REVOKED);
        for (let block = 0; block < BLOCKS / 2; block += 1) chain.sandbox.createBlock();
        add(ACTIVE);
        account.change({ kind: 'RevokeSessionKey', sessionKey: REVOKED });
        for (let block = 0; block < BLOCKS / 2; block += 1) chain.sandbox.createBlock();
      };
      served = await serveSandbox(database, prepare, { startBlock: 'latest', node });
    }, 60_000);
    afterAll(() => served.stop());

    /** The answer, and the shortest of three times: the computer may be busy, the way to the answer is the same. */
    const seen = async (key: SessionKey, of: Address = account.address) => {
      const times: number[] = [];
      for (let turn = 0; turn < 3; turn += 1) {
        const startMs = performance.now();
        await served.ask(QUERY, { account: feltToHex(of), key: feltToHex(key) });
        times.push(performance.now() - startMs);
      }
      const { data, codes } = await served.ask(QUERY, { account: feltToHex(of), key: feltToHex(key) });
      expect(Math.min(...times)).toBeLessThan(SECOND_MS);
      return { session: at(data, 'session') ?? null, codes };
    };
    const isSlow = name.endsWith('slowly');

    it('answers an active key within a second', async () => {
      const session = { source: 'NODE', status: 'ACTIVE', maxCalls: 10 };
      expect(await seen(ACTIVE)).toEqual({ session, codes: [] });
    });

    it('answers a revoked key within a second', async () => {
      expect(await seen(REVOKED)).toMatchObject({
        session: { source: 'NODE', status: 'REVOKED' },
        codes: [],
      });
    });

    it('says of an unknown key within a second that it was never there, or that this needs the history', async () => {
      const code = isSlow ? 'HISTORY_INCOMPLETE' : 'SESSION_NOT_REGISTERED';
      expect(await seen(UNKNOWN)).toEqual({ session: null, codes: [code] });
    });

    it('says of an account without sessions within a second that it has none, or that this needs the history', async () => {
      const code = isSlow ? 'HISTORY_INCOMPLETE' : 'ACCOUNT_HAS_NO_SESSIONS';
      expect(await seen(ACTIVE, empty.address)).toEqual({ session: null, codes: [code] });
    });
  },
);
