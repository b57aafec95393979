import {
  type Call,
  deployAccountV3TransactionHash,
  encodeCalls,
  encodeOutsideExecutionCall,
  invokeV3TransactionHash,
  outsideExecutionHash,
  sessionMessageHash,
  sessionSignature,
  signEcdsa,
} from '#libs/account';
import { type Address, type ClassHash, encodeShortString, type Felt, feltToHex } from '#libs/felt';
import type { JsonObject } from '../rpc/json.ts';
import type { CastAccount, CastSession } from './cast.ts';
import type { ScenarioRpc } from './scenario-rpc.ts';

/** Signs and sends, as a wallet does: everything it knows of the chain comes by JSON-RPC. */
export class Wallet {
  readonly #rpc: ScenarioRpc;
  readonly #chainId: Felt;

  constructor(rpc: ScenarioRpc, chainId: bigint) {
    this.#rpc = rpc;
    this.#chainId = chainId as Felt;
  }

  /** An INVOKE signed by the owner. @returns the transaction hash. */
  async sendAsOwner(owner: { address: bigint; privateKey: bigint }, calls: readonly Call[]): Promise<string> {
    const unsigned = await this.#unsigned(owner.address, calls);
    const { r, s } = signEcdsa(this.#hashOf(unsigned), owner.privateKey);
    return this.#send(unsigned, [r, s]);
  }

  /** An INVOKE signed by a session key: `[session_key, r, s, valid_until]`. */
  async sendAsSession(
    account: CastAccount,
    session: CastSession,
    calls: readonly Call[],
    validUntilSeconds: bigint,
  ): Promise<string> {
    const unsigned = await this.#unsigned(account.address, calls);
    const message = {
      account: account.address,
      chainId: this.#chainId,
      nonce: unsigned.nonce,
      validUntilSeconds,
      calls,
    };
    const signature = signEcdsa(sessionMessageHash(account.signatureMode, message), session.privateKey);
    return this.#send(unsigned, sessionSignature(session.key, signature, validUntilSeconds));
  }

  /** A call that anybody may send: the session key signed it, the sender pays. */
  sponsoredCall(
    account: CastAccount,
    session: CastSession,
    execution: { calls: readonly Call[]; nonce: bigint; afterSeconds: bigint; beforeSeconds: bigint },
    validUntilSeconds: bigint,
  ): Call {
    const outsideExecution = {
      caller: encodeShortString('ANY_CALLER'),
      nonce: execution.nonce as Felt,
      executeAfterSeconds: execution.afterSeconds,
      executeBeforeSeconds: execution.beforeSeconds,
      calls: execution.calls,
    };
    const hash = outsideExecutionHash({ account: account.address, chainId: this.#chainId, outsideExecution });
    const signature = sessionSignature(session.key, signEcdsa(hash, session.privateKey), validUntilSeconds);
    return encodeOutsideExecutionCall(account.address, { outsideExecution, signature });
  }

  async deployAccount(account: CastAccount): Promise<string> {
    const constructorCalldata = [account.ownerPublicKey];
    const hash = deployAccountV3TransactionHash({
      chainId: this.#chainId,
      nonce: 0n,
      resourceBounds: BOUNDS,
      tip: 0n,
      classHash: account.classHash as ClassHash,
      salt: account.ownerPublicKey,
      constructorCalldata,
    });
    const { r, s } = signEcdsa(hash, account.ownerPrivateKey);
    const answer = await this.#rpc.request('starknet_addDeployAccountTransaction', {
      deploy_account_transaction: {
        type: 'DEPLOY_ACCOUNT',
        ...commonJson(0n, [r, s]),
        contract_address_salt: feltToHex(account.ownerPublicKey),
        constructor_calldata: constructorCalldata.map(feltToHex),
        class_hash: feltToHex(account.classHash),
      },
    });
    return hashIn(answer as JsonObject);
  }

  async #unsigned(sender: bigint, calls: readonly Call[]): Promise<UnsignedInvoke> {
    const nonce = await this.#rpc.request('starknet_getNonce', {
      block_id: 'pre_confirmed',
      contract_address: feltToHex(sender),
    });
    return { sender: sender as Address, nonce: BigInt(nonce as string), calldata: encodeCalls(calls) };
  }

  #hashOf({ sender, nonce, calldata }: UnsignedInvoke): Felt {
    return invokeV3TransactionHash({
      chainId: this.#chainId,
      nonce,
      resourceBounds: BOUNDS,
      tip: 0n,
      senderAddress: sender,
      calldata,
    });
  }

  async #send({ sender, nonce, calldata }: UnsignedInvoke, signature: readonly Felt[]): Promise<string> {
    const answer = await this.#rpc.request('starknet_addInvokeTransaction', {
      invoke_transaction: {
        type: 'INVOKE',
        ...commonJson(nonce, signature),
        sender_address: feltToHex(sender),
        calldata: calldata.map(feltToHex),
        account_deployment_data: [],
      },
    });
    return hashIn(answer as JsonObject);
  }
}

interface UnsignedInvoke {
  readonly sender: Address;
  readonly nonce: bigint;
  readonly calldata: readonly Felt[];
}

const bound = (maxAmount: bigint): { maxAmount: bigint; maxPricePerUnit: bigint } => ({
  maxAmount,
  maxPricePerUnit: 2_000_000_000n,
});

const BOUNDS = { l1Gas: bound(0n), l1DataGas: bound(100_000n), l2Gas: bound(100_000_000n) };

const boundJson = ({ maxAmount, maxPricePerUnit }: ReturnType<typeof bound>): JsonObject => ({
  max_amount: feltToHex(maxAmount),
  max_price_per_unit: feltToHex(maxPricePerUnit),
});

const commonJson = (nonce: bigint, signature: readonly Felt[]): JsonObject => ({
  version: '0x3',
  signature: signature.map(feltToHex),
  nonce: feltToHex(nonce),
  resource_bounds: {
    l1_gas: boundJson(BOUNDS.l1Gas),
    l1_data_gas: boundJson(BOUNDS.l1DataGas),
    l2_gas: boundJson(BOUNDS.l2Gas),
  },
  tip: '0x0',
  paymaster_data: [],
  nonce_data_availability_mode: 'L1',
  fee_data_availability_mode: 'L1',
});

const hashIn = (answer: JsonObject): string => answer['transaction_hash'] as string;
