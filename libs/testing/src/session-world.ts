import type { Db } from '#libs/database';
import { type Address, feltToHex } from '#libs/felt';
import { type ChainActor, transferCall } from './chain-actor.ts';
import {
  createSandboxChain,
  followSandbox,
  type RunningIndexer,
  type SandboxChain,
} from './indexed-sandbox.ts';
import { FAR, grantOf, limitOf, RECIPIENT } from './owner-changes.ts';

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
      actor.change(limitOf(secret, token, 100n), grantOf(secret, maxCalls));
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
