import {
  ANY_CALLER,
  type Call,
  contractAddressOf,
  encodeCalls,
  encodeOutsideExecutionCall,
  encodeOwnerCall,
  invokeV3TransactionHash,
  deployAccountV3TransactionHash,
  outsideExecutionHash,
  type OwnerAction,
  publicKeyOf,
  sessionMessageHashV1,
  signEcdsa,
} from '#libs/account';
import {
  type Address,
  type ClassHash,
  type Felt,
  feltToHex,
  selectorOf,
  splitU256,
  toAddress,
  toFelt,
  toSessionKey,
} from '#libs/felt';

/** Any node that takes transactions at once: the sandbox, in the process. */
export type Request = (method: string, params?: object) => unknown;

const BOUND = { maxAmount: 2_000_000_000n, maxPricePerUnit: 10n ** 12n };
const BOUNDS = { l1Gas: BOUND, l2Gas: BOUND, l1DataGas: BOUND };
const FUNDS = 10n ** 24n;

const boundJson = {
  max_amount: feltToHex(BOUND.maxAmount),
  max_price_per_unit: feltToHex(BOUND.maxPricePerUnit),
};
const TERMS = {
  version: '0x3',
  resource_bounds: { l1_gas: boundJson, l2_gas: boundJson, l1_data_gas: boundJson },
  tip: '0x0',
  paymaster_data: [],
  nonce_data_availability_mode: 'L1',
  fee_data_availability_mode: 'L1',
};

/** An account with the key of its owner, able to send what a wallet would send. */
export class ChainActor {
  readonly address: Address;
  readonly chainId: Felt;
  readonly #request: Request;
  readonly #ownerKey: bigint;

  constructor(request: Request, chainId: Felt, address: Address, ownerKey: bigint) {
    this.#request = request;
    this.chainId = chainId;
    this.address = address;
    this.#ownerKey = ownerKey;
  }

  /** Funds and deploys an account of a class by its own transaction. */
  static deploy(request: Request, chainId: Felt, classHash: ClassHash, ownerKey: bigint): ChainActor {
    const salt = toFelt(1n);
    const constructorCalldata = [publicKeyOf(ownerKey)];
    const address = contractAddressOf({ classHash, salt, constructorCalldata, deployer: 0n });
    request('devnet_mint', { address: feltToHex(address), amount: Number(FUNDS), unit: 'FRI' });
    const terms = { chainId, nonce: 0n, resourceBounds: BOUNDS, tip: 0n };
    const hash = deployAccountV3TransactionHash({ ...terms, classHash, salt, constructorCalldata });
    const { r, s } = signEcdsa(hash, ownerKey);
    request('starknet_addDeployAccountTransaction', {
      deploy_account_transaction: {
        type: 'DEPLOY_ACCOUNT',
        ...TERMS,
        class_hash: feltToHex(classHash),
        contract_address_salt: feltToHex(salt),
        constructor_calldata: constructorCalldata.map(feltToHex),
        nonce: '0x0',
        signature: [r, s].map(feltToHex),
      },
    });
    return new ChainActor(request, chainId, address, ownerKey);
  }

  /** A transaction signed by the owner. */
  send(calls: readonly Call[]): Felt {
    return this.#submit(calls, (hash) => {
      const { r, s } = signEcdsa(hash, this.#ownerKey);
      return [r, s];
    });
  }

  /** Owner's changes, in one transaction. */
  change(...actions: readonly OwnerAction[]): Felt {
    return this.send(actions.map((action) => encodeOwnerCall(this.address, action)));
  }

  /** A transaction signed by a session key, message version 1. */
  sendAs(sessionSecret: bigint, validUntilSeconds: bigint, calls: readonly Call[]): Felt {
    const nonce = this.#nonce();
    const { address: account, chainId } = this;
    const message = sessionMessageHashV1({ account, chainId, nonce, validUntilSeconds, calls });
    return this.#submit(calls, () => fourFelts(message, sessionSecret, validUntilSeconds));
  }

  /** A call that anybody may send for the session key: SNIP-9. */
  outsideCall(
    sessionSecret: bigint,
    validUntilSeconds: bigint,
    calls: readonly Call[],
    nonce: bigint,
    executeBeforeSeconds: bigint,
  ): Call {
    const outsideExecution = {
      caller: ANY_CALLER,
      nonce: toFelt(nonce),
      executeAfterSeconds: 0n,
      executeBeforeSeconds,
      calls,
    };
    const hash = outsideExecutionHash({ account: this.address, chainId: this.chainId, outsideExecution });
    const signature = fourFelts(hash, sessionSecret, validUntilSeconds);
    return encodeOutsideExecutionCall(this.address, { outsideExecution, signature });
  }

  #nonce(): bigint {
    const params = { block_id: 'pre_confirmed', contract_address: feltToHex(this.address) };
    return BigInt(this.#request('starknet_getNonce', params) as string);
  }

  #submit(calls: readonly Call[], sign: (hash: Felt) => readonly Felt[]): Felt {
    const nonce = this.#nonce();
    const calldata = encodeCalls(calls);
    const { chainId, address: senderAddress } = this;
    const hash = invokeV3TransactionHash({
      chainId,
      nonce,
      resourceBounds: BOUNDS,
      tip: 0n,
      senderAddress,
      calldata,
    });
    const answer = this.#request('starknet_addInvokeTransaction', {
      invoke_transaction: {
        type: 'INVOKE',
        ...TERMS,
        sender_address: feltToHex(senderAddress),
        calldata: calldata.map(feltToHex),
        account_deployment_data: [],
        nonce: feltToHex(nonce),
        signature: sign(hash).map(feltToHex),
      },
    }) as { transaction_hash: string };
    return toFelt(BigInt(answer.transaction_hash));
  }
}

const fourFelts = (hash: Felt, sessionSecret: bigint, validUntilSeconds: bigint): Felt[] => {
  const { r, s } = signEcdsa(hash, sessionSecret);
  return [publicKeyOf(sessionSecret), r, s, toFelt(validUntilSeconds)];
};

/** The public key of a session's secret. */
export const sessionKeyOf = (sessionSecret: bigint) => toSessionKey(publicKeyOf(sessionSecret));

/** An ERC-20 transfer. */
export const transferCall = (token: Address, recipient: bigint, amount: bigint): Call => ({
  to: token,
  selector: selectorOf('transfer'),
  calldata: [toFelt(recipient), ...splitU256(amount)],
});

/** Deploys a contract through the network's deployer, sent by an account that exists. */
export const deployThrough = (
  actor: ChainActor,
  classHash: ClassHash,
  calldata: readonly Felt[],
  salt = 7n,
): Address => {
  const deployer = toAddress(0x41a78e741e5af2fec34b695679bc6891742439f7afb8484ecd7766661ad02bfn);
  const call = {
    to: deployer,
    selector: selectorOf('deployContract'),
    calldata: [classHash, toFelt(salt), toFelt(0n), toFelt(calldata.length), ...calldata],
  };
  actor.send([call]);
  return contractAddressOf({ classHash, salt: toFelt(salt), constructorCalldata: calldata, deployer: 0n });
};
