import { readFileSync } from 'node:fs';
import { type CompiledSierra, hash } from 'starknet';
import type { PredeployedNodeAccount } from '#libs/testing';
import { type KeyPair, keyPair } from '../client/keys.ts';
import { accountAddress } from '../client/transactions.ts';
import { compile, toHex } from '../client/wire-call.ts';
import type { AccountName, KeyName, TokenName } from '../sequence/command.ts';

export interface DeclarableClass {
  readonly sierra: CompiledSierra;
  readonly classHash: string;
  readonly compiledClassHash: string;
}

type ClassName =
  | 'session_account_setting'
  | 'session_account_spend'
  | 'forwarder'
  | 'token_keyed'
  | 'token_legacy';

export type WorldClasses = Readonly<Record<ClassName, DeclarableClass>>;

/** All that is known before the first transaction. */
export interface World {
  readonly chainId: bigint;
  readonly classes: WorldClasses;
  readonly accounts: Readonly<Record<AccountName, SubjectAccount>>;
  readonly tokens: Readonly<Record<TokenName, bigint>>;
  readonly forwarder: bigint;
  readonly owners: Readonly<Record<'FIRST' | 'SECOND', KeyPair>>;
  readonly keys: Readonly<Record<KeyName, KeyPair>>;
  /** Pays for sponsored calls and deploys. */
  readonly relayer: Payer;
  readonly stranger: Payer;
}

interface SubjectAccount {
  readonly address: bigint;
  readonly classHash: bigint;
}

export interface Payer {
  readonly address: bigint;
  readonly key: KeyPair;
}

export const ACCOUNT_NAMES: readonly AccountName[] = ['SETTING', 'SPEND'];
export const KEY_NAMES: readonly KeyName[] = ['A', 'B', 'C'];
export const TOKEN_NAMES: readonly TokenName[] = ['KEYED', 'LEGACY', 'STRK'];
export const RECIPIENT = 0x7ec1b1e17n;
export const NOWHERE = 0xdead0000n;
export const SALT = 0x5a17n;
export const STRK = 0x04718f5a0fc34cc1af16a1cdee98ffb20c31f5cd61d6ab07201858f4287c938dn;
export const DEPLOYER = 0x02ceed65a4bd731034c01113685c831b01c15d7d432f71afb1cf1634b53a2125n;

const ARTIFACTS = new URL('../../../contracts/artifacts/', import.meta.url);
const CLASS_NAMES: readonly ClassName[] = [
  'session_account_setting',
  'session_account_spend',
  'forwarder',
  'token_keyed',
  'token_legacy',
];

const readJson = (file: string): unknown => JSON.parse(readFileSync(new URL(file, ARTIFACTS), 'utf8'));

/** The committed artefacts, some of them replaced by classes of a spec's own. */
export const worldClasses = (replaced: Partial<WorldClasses> = {}): WorldClasses => {
  const hashes = readJson('classes.json') as Record<ClassName, Omit<DeclarableClass, 'sierra'>>;
  const classOf = (name: ClassName): DeclarableClass => ({
    sierra: readJson(`${name}.sierra.json`) as CompiledSierra,
    classHash: hashes[name].classHash,
    compiledClassHash: hashes[name].compiledClassHash,
  });
  const all = Object.fromEntries(CLASS_NAMES.map((name) => [name, replaced[name] ?? classOf(name)]));
  return all as unknown as WorldClasses;
};

export const tokenConstructor = (token: 'KEYED' | 'LEGACY', recipient: bigint): bigint[] => [
  ...compile(token === 'KEYED' ? ['Keyed', 'KEY', 6] : ['Legacy', 'LEG', 18]),
  ...[1_000_000n, 0n, recipient],
];

const contractAddress = (classHash: string, constructorCalldata: readonly bigint[]): bigint =>
  BigInt(hash.calculateContractAddressFromHash(toHex(SALT), classHash, constructorCalldata.map(toHex), 0));

export const createWorld = (
  chainId: bigint,
  [relayer, stranger]: readonly PredeployedNodeAccount[],
  classes: WorldClasses,
): World => {
  if (relayer === undefined || stranger === undefined)
    throw new Error('a world needs two predeployed accounts');
  const owners = { FIRST: keyPair(0x0a11ce01n), SECOND: keyPair(0x0a11ce02n) };
  const subject = (classHash: string): SubjectAccount => ({
    classHash: BigInt(classHash),
    address: accountAddress({ classHash: BigInt(classHash), owner: owners.FIRST, salt: SALT }),
  });
  const relayerAddress = BigInt(relayer.address);
  return {
    chainId,
    classes,
    accounts: {
      SETTING: subject(classes.session_account_setting.classHash),
      SPEND: subject(classes.session_account_spend.classHash),
    },
    tokens: {
      KEYED: contractAddress(classes.token_keyed.classHash, tokenConstructor('KEYED', relayerAddress)),
      LEGACY: contractAddress(classes.token_legacy.classHash, tokenConstructor('LEGACY', relayerAddress)),
      STRK,
    },
    forwarder: contractAddress(classes.forwarder.classHash, []),
    owners,
    keys: { A: keyPair(0x5e550001n), B: keyPair(0x5e550002n), C: keyPair(0x5e550003n) },
    relayer: payerOf(relayer),
    stranger: payerOf(stranger),
  };
};

const payerOf = ({ address, privateKey }: PredeployedNodeAccount): Payer => ({
  address: BigInt(address),
  key: keyPair(BigInt(privateKey)),
});
