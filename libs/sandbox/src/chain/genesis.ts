import { slotAt } from '#libs/account';
import type { PredeployedAccount } from '../accounts/predeployed.ts';
import type { SandboxClass } from '../classes/class-registry.ts';
import { balanceSlot, totalSupplySlot } from '../contracts/erc20.ts';
import { feeTokenSlots } from '../contracts/fee-token.ts';
import { plainAccountSlots } from '../contracts/plain-account.ts';
import {
  CAIRO0_ACCOUNT_CLASS_HASH,
  DEPLOYER_ADDRESS,
  DEPLOYER_CLASS_HASH,
  ETH_ADDRESS,
  ETH_CLASS_HASH,
  LEGACY_DEPLOYER_ADDRESS,
  LEGACY_DEPLOYER_CLASS_HASH,
  MINTER_ADDRESS,
  MINTER_PUBLIC_KEY,
  PLAIN_ACCOUNT_CLASS_HASH,
  STRK_ADDRESS,
  STRK_CLASS_HASH,
} from '../contracts/well-known.ts';
import { u256Felts } from '../contracts/calldata-reader.ts';
import { changesToJson } from '../state/changes-json.ts';
import { emptyChanges, type StateChanges } from '../state/state-reader.ts';
import type { GenesisState } from './types.ts';

export interface GenesisOptions {
  readonly accounts: readonly PredeployedAccount[];
  readonly initialBalance: bigint;
  readonly declaredClasses: readonly SandboxClass[];
}

const MINTER_BALANCE = 1n << 255n;

/** The state before the first block, as starknet-devnet sets it up: most of it stands in no state diff. */
export const createGenesis = (options: GenesisOptions): GenesisState => {
  const predeployed = emptyChanges();
  const diff = emptyChanges();
  for (const known of options.declaredClasses)
    predeployed.declared.set(known.classHash, known.compiledClassHash);
  for (const [address, classHash] of SYSTEM_CONTRACTS) predeployed.deployed.set(address, classHash);
  const accounts = [
    ...options.accounts.map(({ address, publicKey }) => ({
      address,
      publicKey,
      balance: options.initialBalance,
    })),
    { address: MINTER_ADDRESS, publicKey: MINTER_PUBLIC_KEY, balance: MINTER_BALANCE },
  ];
  for (const { address, publicKey } of accounts) {
    predeployed.deployed.set(address, PLAIN_ACCOUNT_CLASS_HASH);
    predeployed.storage.set(address, plainAccountSlots(publicKey));
  }
  for (const [token, name, symbol] of FEE_TOKENS) {
    const described = feeTokenSlots(name, symbol, MINTER_ADDRESS);
    diff.storage.set(token, described);
    predeployed.storage.set(token, new Map([...described, ...balances(accounts)]));
  }
  const deprecated = [LEGACY_DEPLOYER_CLASS_HASH, CAIRO0_ACCOUNT_CLASS_HASH];
  return { predeployed, diff: changesToJson(diff, deprecated) };
};

const SYSTEM_CONTRACTS: readonly (readonly [bigint, bigint])[] = [
  [STRK_ADDRESS, STRK_CLASS_HASH],
  [ETH_ADDRESS, ETH_CLASS_HASH],
  [DEPLOYER_ADDRESS, DEPLOYER_CLASS_HASH],
  [LEGACY_DEPLOYER_ADDRESS, LEGACY_DEPLOYER_CLASS_HASH],
];

const FEE_TOKENS = [
  [STRK_ADDRESS, 'StarkNet Token', 'STRK'],
  [ETH_ADDRESS, 'Ether', 'ETH'],
] as const;

const balances = (accounts: readonly { address: bigint; balance: bigint }[]): StateChanges['nonces'] => {
  const slots = new Map<bigint, bigint>();
  const put = (slot: ReturnType<typeof balanceSlot>, value: bigint): void => {
    const [low, high] = u256Felts(value);
    slots.set(slot, low);
    slots.set(slotAt(slot, 1), high);
  };
  for (const { address, balance } of accounts) put(balanceSlot(address), balance);
  put(
    totalSupplySlot(),
    accounts.reduce((sum, { balance }) => sum + balance, 0n),
  );
  return slots;
};
