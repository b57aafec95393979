import type { RpcQuestion } from '#libs/testing';
import { sign } from '../client/keys.ts';
import { flattenCalls, selector, toHex } from '../client/wire-call.ts';
import type { AccountName } from '../sequence/command.ts';
import { ACCOUNT_NAMES, KEY_NAMES, RECIPIENT, TOKEN_NAMES, type World } from '../play/world.ts';

interface ViewCall {
  readonly to: bigint;
  readonly entrypoint: string;
  readonly calldata?: readonly bigint[];
}

/** Longer than any list that a sequence grants. */
const LIST_LENGTH = 4;
const INTERFACES = [
  0x3f918d17e5ee77373b56385708f855659a07f75997f365cf87748628532a055n,
  0x2ceccef7f994940b3962a6c67e0ba4fcd37df7d131417c604f91e03caecc1cdn,
  0x1d1144bb2138366ff28d8e9ab57456b1d332ac42196230c3a602003c89872n,
  0x1n,
];
const ANY_HASH = 0x1234abcdn;

/** What is asked after a block: everything costs seconds, so signatures and the like are asked now and then. */
export interface ViewScope {
  readonly accounts: readonly AccountName[];
  /** Whether hashes, interfaces and names of tokens are asked as well. */
  readonly isThorough: boolean;
  /** Whether signatures are checked: the one view that looks at the time. */
  readonly looksAtTime: boolean;
  readonly outsideNonces: readonly bigint[];
}

export interface NamedQuestion {
  readonly name: string;
  readonly question: RpcQuestion;
}

/** The views of accounts and tokens, for every key, token and party of the world. */
export const viewQuestions = (
  world: World,
  scope: ViewScope,
  blockNumber: number,
): readonly NamedQuestion[] => {
  const ofAccounts = scope.accounts.flatMap((name) =>
    accountViews(world, world.accounts[name].address, scope).map((view) => ({ ...view, of: name })),
  );
  const ofTokens = TOKENS.flatMap((name) =>
    tokenViews(world, world.tokens[name], scope).map((view) => ({ ...view, of: name })),
  );
  return [...ofAccounts, ...ofTokens].map(({ of, to, entrypoint, calldata = [] }) => ({
    name: `${of}.${entrypoint}(${calldata.map(toHex).join(', ')})`,
    question: {
      method: 'starknet_call',
      params: {
        request: {
          contract_address: toHex(to),
          entry_point_selector: toHex(selector(entrypoint)),
          calldata: calldata.map(toHex),
        },
        block_id: { block_number: blockNumber },
      },
    },
  }));
};

const TOKENS = ['KEYED', 'LEGACY'] as const;

const accountViews = (world: World, to: bigint, scope: ViewScope): readonly ViewCall[] => [
  { to, entrypoint: 'get_public_key' },
  { to, entrypoint: 'get_session_signature_mode' },
  ...KEY_NAMES.flatMap((key) => keyViews(world, to, world.keys[key].publicKey)),
  ...scope.outsideNonces.map((nonce) => ({
    to,
    entrypoint: 'is_valid_outside_execution_nonce',
    calldata: [nonce],
  })),
  ...(scope.isThorough ? thoroughViews(to) : []),
  ...(scope.looksAtTime ? signatureViews(world, to) : []),
];

const keyViews = (world: World, to: bigint, key: bigint): readonly ViewCall[] => [
  { to, entrypoint: 'get_session_data', calldata: [key] },
  { to, entrypoint: 'get_session_allowed_entrypoints_len', calldata: [key] },
  ...Array.from({ length: LIST_LENGTH }, (_, at) => ({
    to,
    entrypoint: 'get_session_allowed_entrypoint_at',
    calldata: [key, BigInt(at)],
  })),
  ...TOKEN_NAMES.map((token) => ({
    to,
    entrypoint: 'get_spending_policy',
    calldata: [key, world.tokens[token]],
  })),
];

const thoroughViews = (to: bigint): readonly ViewCall[] => [
  ...INTERFACES.map((id) => ({ to, entrypoint: 'supports_interface', calldata: [id] })),
  {
    to,
    entrypoint: 'compute_session_message_hash',
    calldata: [...flattenCalls([{ to: 5n, entrypoint: 'transfer', calldata: [1n, 2n] }]), 7n, 1_900_000_000n],
  },
];

const signatureViews = (world: World, to: bigint): readonly ViewCall[] =>
  signatures(world).map((signature) => ({
    to,
    entrypoint: 'is_valid_signature',
    calldata: [ANY_HASH, BigInt(signature.length), ...signature],
  }));

/** By both owners, and by each session key with an expiry that stays ahead. */
const signatures = ({ owners, keys }: World): readonly (readonly bigint[])[] => [
  ...Object.values(owners).map((owner) => sign(ANY_HASH, owner)),
  ...KEY_NAMES.map((key) => [keys[key].publicKey, ...sign(ANY_HASH, keys[key]), 1n << 40n]),
];

const tokenViews = (world: World, to: bigint, { isThorough }: ViewScope): readonly ViewCall[] => {
  const accounts = ACCOUNT_NAMES.map((name) => world.accounts[name].address);
  const ofAccount = (entrypoint: string) => (account: bigint) => ({ to, entrypoint, calldata: [account] });
  return [
    { to, entrypoint: 'total_supply' },
    ...[...accounts, RECIPIENT].map(ofAccount('balance_of')),
    ...accounts.map((account) => ({
      to,
      entrypoint: 'allowance',
      calldata: [account, world.stranger.address],
    })),
    ...(isThorough
      ? ['totalSupply', 'name', 'symbol', 'decimals'].map((entrypoint) => ({ to, entrypoint }))
      : []),
    ...(isThorough ? accounts.map(ofAccount('balanceOf')) : []),
  ];
};
