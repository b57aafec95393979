import { feltToHex, selectorOf } from '#libs/felt';
import type { Db } from '#libs/database';
import type { Address } from '#libs/felt';
import { type ChainActor, sessionKeyOf, transferCall } from './chain-actor.ts';
import {
  createSandboxChain,
  followSandbox,
  type RunningIndexer,
  type SandboxChain,
} from './indexed-sandbox.ts';

const FAR = 1_900_000_000n;
const RECIPIENT = 0xbeefn;

/** A sandbox with accounts, grants, uses, an upgrade of nothing, and a reorg: something of everything that is folded. */
export interface SessionWorld {
  readonly chain: SandboxChain;
  readonly account: ChainActor;
  readonly token: Address;
  follow(db: Db, options?: Parameters<typeof followSandbox>[2]): Promise<RunningIndexer>;
  grant(secret: bigint, maxCalls?: bigint, actor?: ChainActor): void;
  spend(secret: bigint, amount: bigint): void;
  /** Replaces the newest blocks by as many others and one more. */
  reorg(blocks: number): void;
  close(): Promise<void>;
}

export const createSessionWorld = (className = 'session_account_spend'): SessionWorld => {
  const chain = createSandboxChain();
  const account = chain.deployAccount(className, 0x1234n);
  const token = chain.deployToken(account, 'token_keyed');
  let running: RunningIndexer | undefined;
  return {
    chain,
    account,
    token,
    follow: async (db, options = {}) => {
      await running?.stop();
      running = await followSandbox(db, chain, options);
      await running.caughtUp();
      return running;
    },
    grant: (secret, maxCalls = 10n, actor = account) => {
      const sessionKey = sessionKeyOf(secret);
      actor.change(
        {
          kind: 'SetSpendingPolicy',
          sessionKey,
          token,
          maxPerCall: 50n,
          maxPerWindow: 100n,
          windowSeconds: 3600n,
        },
        {
          kind: 'AddOrUpdateSessionKey',
          sessionKey,
          validUntilSeconds: FAR,
          maxCalls,
          allowedEntrypoints: [selectorOf('transfer')],
        },
      );
    },
    spend: (secret, amount) => {
      account.sendAs(secret, FAR, [transferCall(token, RECIPIENT, amount)]);
    },
    reorg: (blocks) => {
      const head = chain.request('starknet_blockNumber') as number;
      chain.request('devnet_abortBlocks', { starting_block_id: { block_number: head - blocks + 1 } });
      for (let at = 0; at <= blocks; at += 1) chain.request('devnet_createBlock');
    },
    close: async () => {
      await running?.stop();
      await chain.sandbox.close();
    },
  };
};

/** A felt in its printed form, for SQL in specs. */
export const quoted = (value: bigint): string => `'${feltToHex(value)}'`;
