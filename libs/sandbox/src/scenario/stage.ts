import { spendingPolicyFromFelts } from '#libs/account';
import { type Felt, feltToHex, selectorOf, U256_MAX } from '#libs/felt';
import type { JsonObject } from '../rpc/json.ts';
import { SandboxError } from '../sandbox.error.ts';
import type { Cast, CastAccount, CastSession, CastToken } from './cast.ts';
import type { ScenarioRpc } from './scenario-rpc.ts';
import { Wallet } from './wallet.ts';

/** The chain as the scenario sees it, and the hand that signs. */
export class Stage {
  readonly rpc: ScenarioRpc;
  readonly cast: Cast;
  readonly wallet: Wallet;

  constructor(rpc: ScenarioRpc, cast: Cast, chainId: bigint) {
    this.rpc = rpc;
    this.cast = cast;
    this.wallet = new Wallet(rpc, chainId);
  }

  async nowSeconds(): Promise<bigint> {
    const block = (await this.rpc.request('starknet_getBlockWithTxHashes', {
      block_id: 'latest',
    })) as JsonObject;
    return BigInt(Number(block['timestamp']));
  }

  /** Calls left of a session: what was granted less what was used. */
  async remainingCalls(account: CastAccount, session: CastSession): Promise<bigint> {
    const [, maxCalls = 0n, callsUsed = 0n] = await this.#view(account, 'get_session_data', [session.key]);
    return maxCalls > callsUsed ? maxCalls - callsUsed : 0n;
  }

  async validUntilSeconds(account: CastAccount, session: CastSession): Promise<bigint> {
    const [validUntil = 0n] = await this.#view(account, 'get_session_data', [session.key]);
    return validUntil;
  }

  /** What the policy still allows as if its window never ended; without a policy there is no end to it. */
  async remainingBudget(account: CastAccount, session: CastSession): Promise<bigint> {
    if (!session.policy) return U256_MAX;
    const { address } = this.token(session.policy.tokenIndex);
    const felts = await this.#view(account, 'get_spending_policy', [session.key, address]);
    const { maxPerWindow, spentInWindow } = spendingPolicyFromFelts(felts as Felt[]);
    return maxPerWindow - spentInWindow;
  }

  async isDeployed(address: bigint): Promise<boolean> {
    try {
      await this.rpc.request('starknet_getClassHashAt', {
        block_id: 'latest',
        contract_address: feltToHex(address),
      });
      return true;
    } catch {
      return false;
    }
  }

  /** The outcome of a transaction, so that a scene that went wrong is noticed. */
  async statusOf(transactionHash: string): Promise<'SUCCEEDED' | 'REVERTED'> {
    const status = (await this.rpc.request('starknet_getTransactionStatus', {
      transaction_hash: transactionHash,
    })) as JsonObject;
    return status['execution_status'] === 'REVERTED' ? 'REVERTED' : 'SUCCEEDED';
  }

  account(label: string): CastAccount {
    return required(
      this.cast.accounts.find((account) => account.label === label),
      label,
    );
  }

  session(account: CastAccount, label: string): CastSession {
    return required(
      account.sessions.find((session) => session.label === label),
      label,
    );
  }

  token(index: number): CastToken {
    return required(this.cast.tokens[index], `token ${index}`);
  }

  async #view(account: CastAccount, entrypoint: string, calldata: readonly bigint[]): Promise<bigint[]> {
    const answer = await this.rpc.request('starknet_call', {
      request: {
        contract_address: feltToHex(account.address),
        entry_point_selector: feltToHex(selectorOf(entrypoint)),
        calldata: calldata.map(feltToHex),
      },
      block_id: 'latest',
    });
    return (answer as string[]).map(BigInt);
  }
}

const required = <T>(found: T | undefined, name: string): T => {
  if (found === undefined) throw new SandboxError('SCENARIO_FAILED', `the scenario has no ${name}`);
  return found;
};
