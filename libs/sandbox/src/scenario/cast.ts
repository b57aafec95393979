import { createHash } from 'node:crypto';
import { contractAddressOf, publicKeyOf, type SessionSignatureMode } from '#libs/account';
import { type Address, type Felt, type SessionKey, toSessionKey } from '#libs/felt';

/** Who plays, all derived from the seed: equal seeds give equal addresses on every run. */
export interface Cast {
  readonly deployer: { readonly address: bigint; readonly privateKey: bigint };
  readonly accounts: readonly CastAccount[];
  readonly tokens: readonly CastToken[];
  readonly forwarder: Address;
}

export interface CastAccount {
  readonly label: string;
  readonly className: 'session_account_setting' | 'session_account_spend';
  readonly classHash: bigint;
  readonly address: Address;
  readonly ownerPrivateKey: bigint;
  readonly ownerPublicKey: Felt;
  readonly signatureMode: SessionSignatureMode;
  readonly sessions: readonly CastSession[];
}

export interface CastSession {
  readonly label: string;
  readonly privateKey: bigint;
  readonly key: SessionKey;
  readonly maxCalls: bigint;
  readonly entrypoints: readonly string[];
  /** Absent: unlimited, which is what the product warns about. */
  readonly policy:
    | { readonly tokenIndex: number; readonly maxPerCall: bigint; readonly maxPerWindow: bigint }
    | undefined;
}

export interface CastToken {
  readonly symbol: string;
  readonly className: 'token_keyed' | 'token_legacy';
  readonly classHash: bigint;
  readonly decimals: number;
  readonly address: Address;
}

export const TOKEN_SALT = 0x746f6b656e;
const INITIAL_SUPPLY = 1_000_000_000_000n;
const UNIT = 1_000_000n;
/** Private keys are taken well below the order of the curve. */
const KEY_BITS = 240n;

export interface CastOptions {
  readonly seed: number;
  readonly deployer: Cast['deployer'];
  readonly classHashes: Readonly<
    Record<CastAccount['className'] | CastToken['className'] | 'forwarder', bigint>
  >;
}

/** The constructor calldata of a token: name, symbol, decimals, supply and who gets it. */
export const tokenCalldata = (token: Pick<CastToken, 'symbol' | 'decimals'>, recipient: bigint): Felt[] => {
  const name = [...Buffer.from(token.symbol, 'ascii')].reduce(
    (value, byte) => (value << 8n) | BigInt(byte),
    0n,
  );
  return [name, name, BigInt(token.decimals), INITIAL_SUPPLY, 0n, recipient] as Felt[];
};

export const createCast = ({ seed, deployer, classHashes }: CastOptions): Cast => {
  const tokens = TOKENS.map((token) => ({
    ...token,
    classHash: classHashes[token.className],
    address: contractAddressOf({
      classHash: classHashes[token.className],
      salt: BigInt(TOKEN_SALT) as Felt,
      constructorCalldata: tokenCalldata(token, deployer.address),
      deployer: 0n,
    }),
  }));
  const forwarder = contractAddressOf({
    classHash: classHashes.forwarder,
    salt: BigInt(TOKEN_SALT) as Felt,
    constructorCalldata: [],
    deployer: 0n,
  });
  return {
    deployer,
    tokens,
    forwarder,
    accounts: ACCOUNTS.map((account) => accountOf(seed, account, classHashes)),
  };
};

type AccountRole = Pick<CastAccount, 'label' | 'className' | 'signatureMode'> & {
  readonly sessions: readonly Omit<CastSession, 'privateKey' | 'key'>[];
};

const accountOf = (seed: number, role: AccountRole, classHashes: CastOptions['classHashes']): CastAccount => {
  const ownerPrivateKey = privateKeyOf(seed, role.label);
  const ownerPublicKey = publicKeyOf(ownerPrivateKey);
  const classHash = classHashes[role.className];
  const address = contractAddressOf({
    classHash,
    salt: ownerPublicKey,
    constructorCalldata: [ownerPublicKey],
    deployer: 0n,
  });
  const sessions = role.sessions.map((session) => {
    const privateKey = privateKeyOf(seed, `${role.label}/${session.label}`);
    return { ...session, privateKey, key: toSessionKey(publicKeyOf(privateKey)) };
  });
  return { ...role, classHash, address, ownerPrivateKey, ownerPublicKey, sessions };
};

const privateKeyOf = (seed: number, label: string): bigint => {
  const digest = createHash('sha256').update(`sandbox scenario ${seed} ${label}`).digest('hex');
  return (BigInt(`0x${digest}`) >> (256n - KEY_BITS)) + 1n;
};

const TOKENS = [
  { symbol: 'USDX', className: 'token_keyed', decimals: 6 },
  { symbol: 'EURX', className: 'token_legacy', decimals: 6 },
] as const;

const ACCOUNTS: readonly AccountRole[] = [
  {
    label: 'payroll',
    className: 'session_account_setting',
    signatureMode: 'V1',
    sessions: [
      {
        label: 'salaries',
        maxCalls: 500n,
        entrypoints: ['transfer'],
        policy: { tokenIndex: 0, maxPerCall: 250n * UNIT, maxPerWindow: 5_000n * UNIT },
      },
      {
        label: 'refunds',
        maxCalls: 20n,
        entrypoints: ['transfer', 'approve'],
        policy: { tokenIndex: 1, maxPerCall: 40n * UNIT, maxPerWindow: 400n * UNIT },
      },
    ],
  },
  {
    label: 'trading desk',
    className: 'session_account_spend',
    signatureMode: 'V2',
    sessions: [
      {
        label: 'market maker',
        maxCalls: 1_000n,
        entrypoints: ['transfer', 'approve'],
        policy: { tokenIndex: 0, maxPerCall: 100n * UNIT, maxPerWindow: 2_000n * UNIT },
      },
      { label: 'agent without a budget', maxCalls: 50n, entrypoints: [], policy: undefined },
    ],
  },
];
