import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { sessionDataToFelts, spendingPolicyToFelts, STANDARD_EVENT_SHAPES } from '#libs/account';
import { type Address, feltToHex, selectorOf } from '#libs/felt';
import { type AccountState, allowedEntrypointsOf, loadAccountStates } from '#libs/sessions';
import {
  type ChainActor,
  createSandboxChain,
  followSandbox,
  type RunningIndexer,
  type SandboxChain,
  sessionKeyOf,
  transferCall,
  withDatabase,
} from '#libs/testing';

const OWNER = 0x1234n;
const SECRET = 0x777n;
const OTHER_SECRET = 0x888n;
const KEY = sessionKeyOf(SECRET);
const FAR = 1_900_000_000n;
const RECIPIENT = 0xbeefn;

const printBigint = (_name: string, value: unknown): unknown =>
  typeof value === 'bigint' ? value.toString() : value;

describe.each(['session_account_setting', 'session_account_spend'])(
  'following %s on the sandbox',
  (className) => {
    const database = withDatabase();
    let chain: SandboxChain;
    let account: ChainActor;
    let relayer: ChainActor;
    let token: Address;
    let running: RunningIndexer | undefined;

    beforeEach(async () => {
      await database.sql`truncate networks, cursors, accounts, account_versions, session_keys, session_versions,
      policy_keys, policy_versions, coverage, classes, dead_letters, alerts, webhook_deliveries cascade`.catch(
        () => undefined,
      );
      chain = createSandboxChain();
      account = chain.deployAccount(className, OWNER);
      relayer = chain.deployAccount(className, OWNER + 1n);
      token = chain.deployToken(account, 'token_keyed');
    });

    afterEach(async () => {
      await running?.stop();
      running = undefined;
      await chain.sandbox.close();
    });

    const follow = async (options: Parameters<typeof followSandbox>[2] = {}) => {
      running = await followSandbox(database.indexer, chain, options);
      await running.caughtUp();
      return running;
    };

    const grant = (secret = SECRET, maxCalls = 10n) =>
      account.change(
        {
          kind: 'SetSpendingPolicy',
          sessionKey: sessionKeyOf(secret),
          token,
          maxPerCall: 50n,
          maxPerWindow: 100n,
          windowSeconds: 3600n,
        },
        {
          kind: 'AddOrUpdateSessionKey',
          sessionKey: sessionKeyOf(secret),
          validUntilSeconds: FAR,
          maxCalls,
          allowedEntrypoints: [selectorOf('transfer')],
        },
      );
    const spend = (amount: bigint, secret = SECRET) =>
      account.sendAs(secret, FAR, [transferCall(token, RECIPIENT, amount)]);

    const networkId = async (): Promise<number> => {
      const genesis = chain.request('starknet_getBlockWithTxHashes', { block_id: { block_number: 0 } });
      const row = await database.db
        .selectFrom('networks')
        .select('network_id')
        .where('genesis_hash', '=', feltToHex(BigInt((genesis as { block_hash: string }).block_hash)))
        .executeTakeFirstOrThrow();
      return row.network_id;
    };

    const indexed = async (): Promise<AccountState> => {
      const states = await loadAccountStates(
        database.db,
        await networkId(),
        [account.address],
        () => STANDARD_EVENT_SHAPES,
      );
      return states.get(account.address)!;
    };

    const expectEqualToChain = async (secret = SECRET): Promise<AccountState> => {
      await running!.caughtUp();
      const state = await indexed();
      const key = sessionKeyOf(secret);
      const session = state.sessions.get(key)!;
      expect(sessionDataToFelts(session.data)).toEqual(chain.view(account.address, 'get_session_data', key));
      const length = Number(session.data.allowedEntrypointsLen);
      const list = Array.from({ length }, (_, index) =>
        chain.view(account.address, 'get_session_allowed_entrypoint_at', key, BigInt(index)).at(0),
      );
      expect(allowedEntrypointsOf(session)).toEqual(list);
      for (const policy of state.policies.values()) {
        const stored = chain.view(account.address, 'get_spending_policy', policy.sessionKey, policy.token);
        expect(spendingPolicyToFelts(policy.policy)).toEqual(stored);
      }
      return state;
    };

    const count = async (table: 'dead_letters' | 'facts' | 'alerts'): Promise<number> => {
      const { n } = await database.db
        .selectFrom(table)
        .select(({ fn }) => fn.countAll<number>().as('n'))
        .where('network_id', '=', await networkId())
        .executeTakeFirstOrThrow();
      return n;
    };

    it('equals the views after grants, plain, reverted and failing spends, and a revoke, block by block', async () => {
      await follow();
      grant();
      await expectEqualToChain();
      spend(40n);
      await expectEqualToChain();
      spend(51n); // beyond the cap: reverts, and burns a call
      const state = await expectEqualToChain();
      expect(state.sessions.get(KEY)!.data.callsUsed).toBe(2n);
      account.change({ kind: 'RevokeSessionKey', sessionKey: KEY });
      const after = await expectEqualToChain();
      expect(after.sessions.get(KEY)!.lifecycle).toBe('REVOKED');
      expect(await count('dead_letters')).toBe(0);
    });

    it('counts a call that somebody else sent for the key', async () => {
      await follow();
      grant();
      const call = account.outsideCall(SECRET, FAR, [transferCall(token, RECIPIENT, 5n)], 1n, FAR);
      relayer.send([call]);
      const state = await expectEqualToChain();
      expect(state.sessions.get(KEY)!.data.callsUsed).toBe(1n);
    });

    it('reads in one go what happened before it was started', async () => {
      grant();
      for (let use = 0; use < 7; use += 1) spend(1n);
      grant(OTHER_SECRET, 3n);
      await follow();
      await expectEqualToChain();
      await expectEqualToChain(OTHER_SECRET);
      expect(await count('alerts')).toBe(2);
    });

    it('keeps the same facts and versions in one run as block by block', async () => {
      await follow();
      grant();
      spend(3n);
      spend(99n);
      await expectEqualToChain();
      const blockByBlock = await tables();
      await running!.stop();
      await forget();
      for (let empty = 0; empty < 6; empty += 1) chain.sandbox.createBlock();
      await follow();
      expect(await tables()).toEqual(blockByBlock);
    });

    it('adopts an account whose past it has not read, and is exact from there', async () => {
      grant();
      spend(2n);
      await follow({ discovery: false, startBlock: 'latest' });
      expect((await indexed()).sessions.size).toBe(0);
      running!.indexer.follow(account.address);
      await until(async () => (await indexed()).sessions.size === 1);
      spend(3n);
      const state = await expectEqualToChain();
      expect(state.sessions.get(KEY)!.data.callsUsed).toBe(2n);
    });

    it('finds an account by its event when it starts in the middle of the chain', async () => {
      grant();
      chain.sandbox.createBlock();
      await follow({ startBlock: 'latest' });
      grant(OTHER_SECRET, 6n);
      await until(async () => (await indexed()).sessions.size === 2);
      spend(3n, OTHER_SECRET);
      await expectEqualToChain();
      await expectEqualToChain(OTHER_SECRET);
    });

    it('forgets a branch that the chain left, and is right when it takes the same steps again', async () => {
      const onReorg = jest.fn();
      await follow({ onReorg });
      grant();
      spend(1n);
      await expectEqualToChain();
      expect(onReorg).not.toHaveBeenCalled();
      const fork = chain.sandbox.latest.number;
      spend(2n);
      spend(3n);
      await expectEqualToChain();
      chain.sandbox.abortFrom(fork + 1);
      spend(4n);
      const state = await expectEqualToChain();
      expect(state.sessions.get(KEY)!.data.callsUsed).toBe(2n);
      expect(await orphaned()).toBe(2);
      expect(onReorg).toHaveBeenCalledTimes(1);
    });

    it('forgets an account that only the abandoned branch had', async () => {
      await follow();
      const fork = chain.sandbox.latest.number;
      grant();
      await expectEqualToChain();
      chain.sandbox.abortFrom(fork + 1);
      chain.sandbox.createBlock();
      await running!.caughtUp();
      expect((await indexed()).sessions.size).toBe(0);
      grant(OTHER_SECRET);
      await expectEqualToChain(OTHER_SECRET);
    });

    it('goes on from where it began after a restart, however the first block moved since', async () => {
      const first = chain.sandbox.latest.number;
      await follow({ startBlock: 'latest' });
      await running!.stop();
      chain.sandbox.abortFrom(first);
      grant();
      chain.sandbox.createBlock();
      await follow({ startBlock: 'latest' });
      await until(async () => (await indexed()).sessions.size === 1);
      await expectEqualToChain();
    });

    it('sends alerts of what happens from now on, and only keeps those of before', async () => {
      grant(SECRET, 2n);
      await follow();
      grant(OTHER_SECRET, 3n);
      await expectEqualToChain(OTHER_SECRET);
      expect(await count('alerts')).toBe(2);
      const id = await networkId();
      const sent = await database.db
        .selectFrom('webhook_deliveries')
        .select('status')
        .where('network_id', '=', id)
        .execute();
      expect(sent).toEqual([{ status: 'PENDING' }]);
    });

    it('takes back what was not sent yet when the chain leaves the block that caused it', async () => {
      await follow();
      const fork = chain.sandbox.latest.number;
      grant(SECRET, 2n);
      await expectEqualToChain();
      chain.sandbox.abortFrom(fork + 1);
      chain.sandbox.createBlock();
      await running!.caughtUp();
      const id = await networkId();
      const deliveries = await database.db
        .selectFrom('webhook_deliveries')
        .select('status')
        .where('network_id', '=', id)
        .execute();
      expect(deliveries).toEqual([{ status: 'FAILED' }]);
    });

    it('follows a class upgrade from the block that made it', async () => {
      await follow();
      grant();
      const other = className.endsWith('spend') ? 'session_account_setting' : 'session_account_spend';
      const { testClassHash } = await import('#libs/testing');
      account.change({ kind: 'Upgrade', classHash: testClassHash(other) });
      spend(7n);
      const state = await expectEqualToChain();
      expect(state.classHash).toBe(testClassHash(other));
    });

    it('alerts once for the call with which a key falls below the threshold', async () => {
      await follow();
      grant(SECRET, 6n);
      spend(1n);
      await expectEqualToChain();
      expect(await count('alerts')).toBe(0);
      spend(1n);
      spend(1n);
      await expectEqualToChain();
      expect(await count('alerts')).toBe(1);
    });

    const orphaned = async (): Promise<number> =>
      (
        await database.db
          .selectFrom('blocks')
          .select('block_hash')
          .where('network_id', '=', await networkId())
          .where('canonical', '=', false)
          .execute()
      ).length;

    const tables = async () => {
      const id = await networkId();
      const of = async (table: 'facts' | 'session_versions' | 'policy_versions' | 'account_versions') =>
        (await database.db.selectFrom(table).selectAll().where('network_id', '=', id).execute())
          .filter((row) => row.account === feltToHex(account.address))
          .map((row) => JSON.stringify({ ...row, network_id: 0 }, printBigint))
          .sort();
      return [
        await of('facts'),
        await of('session_versions'),
        await of('policy_versions'),
        await of('account_versions'),
      ];
    };

    const forget = async () => {
      running = undefined;
      await database.db
        .updateTable('networks')
        .set({ genesis_hash: feltToHex(BigInt(Date.now())) })
        .where('network_id', '=', await networkId())
        .execute();
    };

    const until = async (holds: () => Promise<boolean>): Promise<void> => {
      for (let tries = 0; tries < 500; tries += 1) {
        if (await holds()) return;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      throw new Error('it did not come true in 10 seconds');
    };
  },
);
