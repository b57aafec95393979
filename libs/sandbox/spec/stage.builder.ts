import {
  encodeOutsideExecutionCall,
  outsideExecutionHash,
  sessionMessageHash,
  type SessionSignatureMode,
  signEcdsa,
} from '#libs/account';
import { type Address, encodeShortString, type Felt, feltToHex, selectorOf } from '#libs/felt';
import { Account, type Call, CallData, ec, hash, RpcProvider, Signer } from 'starknet';
import {
  createSandbox,
  loadArtifactClasses,
  type Json,
  type JsonObject,
  type Sandbox,
  type SandboxOptions,
  type TestClassName,
} from '../src/index.ts';

/** A full hour, so that what validation sees equals what execution sees. */
export const HOUR = 1_900_800_000;
const OWNER = '0x1234567';
const SESSION = 0x777n;
export const SESSION_KEY = ec.starkCurve.getStarkKey(feltToHex(SESSION));
const ANY_CALLER = encodeShortString('ANY_CALLER');

/** Bounds and tip of one's own, as a client gives on a chain without history. */
const bound = (max_amount: bigint) => ({ max_amount, max_price_per_unit: 10n ** 10n });
export const FEES = {
  resourceBounds: { l1_gas: bound(0n), l1_data_gas: bound(100_000n), l2_gas: bound(10n ** 9n) },
  tip: 0n,
};

/** A clock that stands still until a spec moves it. */
export class SpecClock {
  seconds = HOUR;
  nowSeconds(): number {
    return this.seconds;
  }
}

/** A sandbox behind a socket with starknet.js as its client. */
export class SpecStage {
  readonly clock: SpecClock;
  readonly sandbox: Sandbox;
  readonly url: string;
  readonly webSocketUrl: string;
  readonly provider: RpcProvider;
  readonly deployer: Account;

  private constructor(clock: SpecClock, sandbox: Sandbox, url: string, webSocketUrl: string) {
    this.clock = clock;
    this.sandbox = sandbox;
    this.url = url;
    this.webSocketUrl = webSocketUrl;
    this.provider = new RpcProvider({ nodeUrl: url });
    const first = required(sandbox.accounts[0]);
    this.deployer = this.#account(feltToHex(first.address), feltToHex(first.privateKey));
  }

  static async open(options: SandboxOptions = {}): Promise<SpecStage> {
    const clock = new SpecClock();
    const sandbox = createSandbox({ classes: loadArtifactClasses('contracts/artifacts'), clock, ...options });
    const { url, webSocketUrl } = await sandbox.listen({ port: 0 });
    return new SpecStage(clock, sandbox, url, webSocketUrl);
  }

  close(): Promise<void> {
    return this.sandbox.close();
  }

  ask(method: string, params: Json = {}): JsonObject {
    return this.sandbox.request(method, params) as JsonObject;
  }

  classHash(name: TestClassName): string {
    const known = this.sandbox.chain.options.classes.all().find((entry) => entry.name === name);
    return feltToHex(required(known).classHash);
  }

  async deployToken(name: 'token_keyed' | 'token_legacy' = 'token_keyed'): Promise<string> {
    const constructorCalldata = ['0x544f4b', '0x544f4b', 6, 1_000_000_000, 0, this.deployer.address];
    return this.#deploy(name, constructorCalldata);
  }

  deployForwarder(): Promise<string> {
    return this.#deploy('forwarder', []);
  }

  async #deploy(name: TestClassName, constructorCalldata: (string | number)[]): Promise<string> {
    const request = { classHash: this.classHash(name), salt: '0x1', unique: false, constructorCalldata };
    const {
      contract_address: [address],
    } = await this.deployer.deploy(request, FEES);
    return required(address);
  }

  /** A session account, funded and deployed by its owner. */
  async deployAccount(name: TestClassName): Promise<Account> {
    const publicKey = ec.starkCurve.getStarkKey(OWNER);
    const classHash = this.classHash(name);
    const address = hash.calculateContractAddressFromHash('0x1', classHash, [publicKey], 0);
    this.ask('devnet_mint', { address, amount: 10 ** 21 });
    const account = this.#account(address, OWNER);
    await account.deployAccount({ classHash, constructorCalldata: [publicKey], addressSalt: '0x1' }, FEES);
    return account;
  }

  /** The same account, signed for by the session key. */
  session(account: Account, validUntil: number, mode: SessionSignatureMode = 'V1'): Account {
    return this.#account(account.address, new SessionSigner(account.address, validUntil, mode));
  }

  #account(address: string, signer: string | Signer): Account {
    return new Account({ provider: this.provider, address, signer });
  }

  /** Sends calls and gives the receipt. */
  async send(account: Account, calls: Call[]): Promise<JsonObject> {
    const { transaction_hash } = await account.execute(calls, FEES);
    return this.ask('starknet_getTransactionReceipt', { transaction_hash });
  }

  view(contract: string, entrypoint: string, calldata: string[] = []): bigint[] {
    const request = {
      contract_address: contract,
      entry_point_selector: feltToHex(selectorOf(entrypoint)),
      calldata,
    };
    return (this.sandbox.request('starknet_call', { request, block_id: 'latest' }) as string[]).map(BigInt);
  }

  callsUsed(account: Account): bigint | undefined {
    return this.view(account.address, 'get_session_data', [SESSION_KEY])[2];
  }

  spent(account: Account, token: string): bigint | undefined {
    return this.view(account.address, 'get_spending_policy', [SESSION_KEY, token])[5];
  }
}

/** Signs `[session_key, r, s, valid_until]` over the session message. */
class SessionSigner extends Signer {
  readonly #account: string;
  readonly #validUntil: number;
  readonly #mode: SessionSignatureMode;

  constructor(account: string, validUntil: number, mode: SessionSignatureMode) {
    super(feltToHex(SESSION));
    this.#account = account;
    this.#validUntil = validUntil;
    this.#mode = mode;
  }

  override signTransaction(calls: Call[], details: { nonce: unknown }): Promise<string[]> {
    const message = {
      account: BigInt(this.#account) as Address,
      chainId: encodeShortString('SN_SEPOLIA'),
      nonce: BigInt(details.nonce as string),
      validUntilSeconds: BigInt(this.#validUntil),
      calls: calls.map(toCall),
    };
    const { r, s } = signEcdsa(sessionMessageHash(this.#mode, message), SESSION);
    return Promise.resolve([SESSION_KEY, feltToHex(r), feltToHex(s), feltToHex(BigInt(this.#validUntil))]);
  }
}

const toCall = (call: Call) => ({
  to: BigInt(call.contractAddress) as Address,
  selector: selectorOf(call.entrypoint),
  calldata: CallData.toHex(call.calldata).map(BigInt) as Felt[],
});

const required = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('the stage lacks something');
  return value;
};

export const transfer = (token: string, amount: number, recipient = '0x456'): Call => ({
  contractAddress: token,
  entrypoint: 'transfer',
  calldata: [recipient, amount, 0],
});

export const grant = (
  account: Account,
  validUntil: number,
  maxCalls: number,
  names: string[] = [],
): Call => ({
  contractAddress: account.address,
  entrypoint: 'add_or_update_session_key',
  calldata: [
    SESSION_KEY,
    validUntil,
    maxCalls,
    names.length,
    ...names.map((name) => feltToHex(selectorOf(name))),
  ],
});

export const policy = (
  account: Account,
  token: string,
  perCall: number,
  perWindow: number,
  seconds: number,
): Call => ({
  contractAddress: account.address,
  entrypoint: 'set_spending_policy',
  calldata: [SESSION_KEY, token, perCall, 0, perWindow, 0, seconds],
});

interface OutsideTerms {
  readonly nonce: number;
  readonly validUntil?: number;
  readonly before?: number;
}

/** `execute_from_outside_v2`, signed by the session key, for anybody to send. */
export const outside = (account: Account, calls: Call[], terms: OutsideTerms): Call => {
  const { nonce, validUntil = HOUR + 1000, before = HOUR + 500 } = terms;
  const outsideExecution = {
    caller: ANY_CALLER,
    nonce: BigInt(nonce) as Felt,
    executeAfterSeconds: BigInt(HOUR - 500),
    executeBeforeSeconds: BigInt(before),
    calls: calls.map(toCall),
  };
  const messageHash = outsideExecutionHash({
    account: BigInt(account.address) as Address,
    chainId: encodeShortString('SN_SEPOLIA'),
    outsideExecution,
  });
  const { r, s } = signEcdsa(messageHash, SESSION);
  const signature = [BigInt(SESSION_KEY), r, s, BigInt(validUntil)] as Felt[];
  const { to, calldata } = encodeOutsideExecutionCall(BigInt(account.address) as Address, {
    outsideExecution,
    signature,
  });
  return {
    contractAddress: feltToHex(to),
    entrypoint: 'execute_from_outside_v2',
    calldata: calldata.map(feltToHex),
  };
};

/** The same through the forwarder, so that the account's call is not the outermost. */
export const via = (forwarder: string, entrypoint: 'forward' | 'try_forward', call: Call): Call => {
  const calldata = CallData.toHex(call.calldata);
  const selector = feltToHex(selectorOf(call.entrypoint));
  return {
    contractAddress: forwarder,
    entrypoint,
    calldata: [call.contractAddress, selector, calldata.length, ...calldata],
  };
};

/** The panic text in a revert reason. */
export const textIn = (receipt: JsonObject): string | undefined =>
  /\('([^']*)'\)\.\n$/.exec((receipt['revert_reason'] as string | undefined) ?? '')?.[1];
