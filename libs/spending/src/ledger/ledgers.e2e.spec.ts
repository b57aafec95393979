import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Call, SELECTORS } from '#libs/account';
import { type Address, encodeShortString, type Felt, feltToHex, splitU256, toFelt } from '#libs/felt';
import {
  type ChainActor,
  createSandboxChain,
  deployThrough,
  followSandbox,
  type RunningIndexer,
  type SandboxChain,
  sessionKeyOf,
  testClassHash,
  transferCall,
  withDatabase,
} from '#libs/testing';

const SECRET = 0x777n;
const KEY = sessionKeyOf(SECRET);
const FAR = 1_900_000_000n;
const SHOP = 0xbeefn;

describe.each(['session_account_setting', 'session_account_spend'])(
  'both ledgers of a followed %s',
  (className) => {
    const database = withDatabase();
    let startSeconds = 1_800_000_000;
    let chain: SandboxChain;
    let account: ChainActor;
    let relayer: ChainActor;
    let capped: Address;
    let uncapped: Address;
    let empty: Address;
    let forwarder: Address;
    let running: RunningIndexer;

    const deployToken = (
      owner: ChainActor,
      name: string,
      className: 'token_keyed' | 'token_legacy',
    ): Address => {
      const text = encodeShortString(name);
      const calldata = [text, text, toFelt(6n), toFelt(10n ** 12n), toFelt(0n), owner.address];
      return deployThrough(owner, testClassHash(className), calldata);
    };

    beforeEach(async () => {
      startSeconds += 1;
      chain = createSandboxChain({ startSeconds });
      account = chain.deployAccount(className, 0x1234n);
      relayer = chain.deployAccount('session_account_setting', 0x1235n);
      capped = deployToken(account, 'A', 'token_keyed');
      uncapped = deployToken(account, 'B', 'token_legacy');
      empty = deployToken(relayer, 'C', 'token_keyed');
      forwarder = deployThrough(relayer, testClassHash('forwarder'), []);
      const terms = { sessionKey: KEY, maxPerCall: 50n, maxPerWindow: 1_000n, windowSeconds: 3_600n };
      account.change(
        { kind: 'SetSpendingPolicy', ...terms, token: capped },
        { kind: 'SetSpendingPolicy', ...terms, token: empty },
        {
          kind: 'AddOrUpdateSessionKey',
          sessionKey: KEY,
          validUntilSeconds: FAR,
          maxCalls: 50n,
          allowedEntrypoints: [SELECTORS.transfer, SELECTORS.approve, SELECTORS.transfer_from],
        },
      );
      running = await followSandbox(database.indexer, chain);
      await running.caughtUp();
    });
    afterEach(async () => {
      await running.stop();
      await chain.sandbox.close();
    });

    const call = (to: Address, name: keyof typeof SELECTORS, parties: bigint[], amount: bigint): Call => ({
      to,
      selector: SELECTORS[name],
      calldata: [...parties.map(toFelt), ...splitU256(amount)],
    });
    const use = (...calls: Call[]): Felt => account.sendAs(SECRET, FAR, calls);
    const sponsored = (nonce: bigint, ...calls: Call[]): Call =>
      account.outsideCall(SECRET, FAR, calls, nonce, FAR);
    const rowsOf = async (table: 'debits' | 'movements', from: number) => {
      await running.caughtUp();
      const rows = await database.db
        .selectFrom(table)
        .selectAll()
        .where('network_id', '=', running.indexer.status()!.networkId)
        .where('account', '=', feltToHex(account.address))
        .where('block_number', '>', from)
        .orderBy('block_number')
        .orderBy('transaction_index')
        .execute();
      return rows as {
        cause: string;
        amount: bigint;
        token: string;
        session_key: string | null;
        direction?: string;
      }[];
    };
    const causesSince = async (from: number) => ({
      debits: (await rowsOf('debits', from)).map(({ cause, amount }) => [cause, amount]),
      movements: (await rowsOf('movements', from)).map(({ cause, amount }) => [cause, amount]),
    });
    const head = (): number => chain.sandbox.latest.number;
    const balanceOf = (token: Address): bigint => {
      const [low = 0n, high = 0n] = chain.view(token, 'balance_of', account.address);
      return low + (high << 128n);
    };

    it('match what was counted with what moved, and name the cause of each difference', async () => {
      const start = head();
      const held = [capped, uncapped].map(balanceOf);
      use(transferCall(capped, SHOP, 40n), call(capped, 'approve', [relayer.address], 10n));
      use(transferCall(uncapped, SHOP, 7n));
      use(transferCall(empty, SHOP, 5n));
      use(transferCall(capped, SHOP, 51n)); // beyond the cap: reverted
      relayer.send([call(capped, 'transfer_from', [account.address, SHOP], 10n)]);
      account.send([call(uncapped, 'approve', [account.address], 100n)]);
      use(call(uncapped, 'transfer_from', [account.address, SHOP], 9n));
      use(transferCall(capped, account.address, 3n));
      const { debits, movements } = await causesSince(start);
      const failed = className === 'session_account_spend' ? 'FAILED_INNER_CALL' : 'NO_TRANSFER_SEEN';
      expect(debits).toEqual([
        ['MATCHED', 40n],
        ['APPROVE_ONLY', 10n],
        [failed, 5n],
        ['SELF_TRANSFER', 3n],
      ]);
      expect(movements).toEqual([
        ['MATCHED', 40n],
        ['NO_POLICY', 7n],
        ['ALLOWANCE_DRAWN', 10n],
        ['UNCOUNTED_SELECTOR', 9n],
        ['SELF_TRANSFER', 3n],
      ]);
      const left = await rowsOf('movements', start);
      for (const [index, token] of [capped, uncapped].entries()) {
        const out = left.filter((row) => row.token === feltToHex(token) && row.direction === 'OUT');
        expect(held[index]! - balanceOf(token)).toBe(out.reduce((sum, { amount }) => sum + amount, 0n));
      }
    });

    it('explain what others sent for the key, directly, through a forwarder and twice in one transaction', async () => {
      const start = head();
      relayer.send([
        sponsored(1n, transferCall(capped, SHOP, 4n), transferCall(uncapped, relayer.address, 2n)),
      ]);
      const inner = sponsored(2n, transferCall(uncapped, forwarder, 6n));
      const calldata = [inner.to, inner.selector, toFelt(inner.calldata.length), ...inner.calldata];
      relayer.send([{ to: forwarder, selector: SELECTORS.forward, calldata }]);
      relayer.send([
        sponsored(3n, transferCall(capped, SHOP, 8n)),
        sponsored(4n, transferCall(capped, SHOP, 8n)),
      ]);
      relayer.send([sponsored(5n, transferCall(capped, SHOP, 51n))]);
      expect(await causesSince(start)).toEqual({
        debits: [
          ['MATCHED', 4n],
          ['MATCHED', 8n],
          ['MATCHED', 8n],
        ],
        movements: [
          ['MATCHED', 4n],
          ['PAYMASTER_REPAYMENT', 2n],
          ['PAYMASTER_REPAYMENT', 6n],
          ['MATCHED', 8n],
          ['MATCHED', 8n],
        ],
      });
      const keys = (await rowsOf('movements', start)).map(({ session_key }) => session_key);
      expect(new Set(keys)).toEqual(new Set([feltToHex(KEY)]));
    });
  },
);
