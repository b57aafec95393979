import { slotAt } from '#libs/account';
import { selectorOf, U256_MAX, type Felt } from '#libs/felt';
import type { ContractContext, EntryPoint, NativeContract } from '../execution/native-contract.ts';
import { assertOrPanic } from '../execution/panic.ts';
import { type CalldataReader, u256Felts } from './calldata-reader.ts';
import { bySelector, entryPoint, nothing } from './entry-points.ts';
import { cachedMapSlot } from './slot-cache.ts';

/** KEYED: from and to of `Transfer` in the keys. LEGACY: all in data. */
type EventLayout = 'KEYED' | 'LEGACY';

export interface Erc20Rules {
  readonly layout: EventLayout;
  /** Texts of OpenZeppelin for the zero address; the test token has no such checks. */
  readonly refusesZero: boolean;
  /** Whether a spent allowance is announced by an `Approval`. */
  readonly announcesSpending: boolean;
}

const TRANSFER = selectorOf('Transfer');
const APPROVAL = selectorOf('Approval');
const TOTAL_SUPPLY = 'ERC20_total_supply';
const BALANCES = 'ERC20_balances';
const ALLOWANCES = 'ERC20_allowances';

/** An ERC-20 as contracts/README.md describes it; the layout is where `Transfer` has its addresses. */
export const createErc20 = (rules: Erc20Rules): NativeContract => ({
  argumentErrors: 'PLAIN',
  constructor: entryPoint(
    (reader) => ({
      name: reader.felt(),
      symbol: reader.felt(),
      decimals: reader.u8(),
      supply: reader.u256(),
      recipient: reader.address(),
    }),
    (context, { name, symbol, decimals, supply, recipient }) => {
      context.write(cachedMapSlot('ERC20_name'), name);
      context.write(cachedMapSlot('ERC20_symbol'), symbol);
      context.write(cachedMapSlot('ERC20_decimals'), decimals);
      mint(context, rules, recipient, supply);
      return [];
    },
  ),
  entryPoints: bySelector({
    ...erc20EntryPoints(rules),
    name: view((context) => [context.read(cachedMapSlot('ERC20_name'))]),
    symbol: view((context) => [context.read(cachedMapSlot('ERC20_symbol'))]),
    mint: entryPoint(recipientAndAmount, (context, { recipient, amount }) => {
      mint(context, rules, recipient, amount);
      return [];
    }),
  }),
});

/** The entry points that every ERC-20 here has. */
export const erc20EntryPoints = (rules: Erc20Rules): Record<string, EntryPoint> => ({
  transfer: entryPoint(recipientAndAmount, (context, { recipient, amount }) => {
    transfer(context, rules, context.callerAddress, recipient, amount);
    return [1n];
  }),
  'transfer_from transferFrom': entryPoint(
    (reader) => ({ sender: reader.address(), ...recipientAndAmount(reader) }),
    (context, { sender, recipient, amount }) => {
      spendAllowance(context, rules, sender, amount);
      transfer(context, rules, sender, recipient, amount);
      return [1n];
    },
  ),
  approve: entryPoint(recipientAndAmount, (context, { recipient, amount }) => {
    approve(context, rules, context.callerAddress, recipient, amount);
    return [1n];
  }),
  'increase_allowance increaseAllowance': entryPoint(recipientAndAmount, (context, { recipient, amount }) => {
    const current = readU256(context, allowanceSlot(context.callerAddress, recipient));
    approve(context, rules, context.callerAddress, recipient, addU256(current, amount));
    return [1n];
  }),
  'balance_of balanceOf': entryPoint(
    (reader) => reader.address(),
    (context, account) => u256Felts(readU256(context, balanceSlot(account))),
  ),
  allowance: entryPoint(
    (reader) => [reader.address(), reader.address()] as const,
    (context, [owner, spender]) => u256Felts(readU256(context, allowanceSlot(owner, spender))),
  ),
  'total_supply totalSupply': view((context) => u256Felts(readU256(context, cachedMapSlot(TOTAL_SUPPLY)))),
  decimals: view((context) => [context.read(cachedMapSlot('ERC20_decimals'))]),
});

export const view = (read: (context: ContractContext) => readonly bigint[]): EntryPoint =>
  entryPoint(nothing, read);

export const recipientAndAmount = (reader: CalldataReader): { recipient: bigint; amount: bigint } => ({
  recipient: reader.address(),
  amount: reader.u256(),
});

/** Moves tokens. Debits before it credits, so a transfer to oneself changes nothing. */
const transfer = (
  context: ContractContext,
  rules: Erc20Rules,
  sender: bigint,
  recipient: bigint,
  amount: bigint,
): void => {
  if (rules.refusesZero) {
    assertOrPanic(sender !== 0n, 'ERC20: transfer from 0');
    assertOrPanic(recipient !== 0n, 'ERC20: transfer to 0');
  }
  const balance = readU256(context, balanceSlot(sender));
  assertOrPanic(balance >= amount, 'ERC20: insufficient balance');
  writeU256(context, balanceSlot(sender), balance - amount);
  writeU256(context, balanceSlot(recipient), addU256(readU256(context, balanceSlot(recipient)), amount));
  emitPair(context, rules, TRANSFER, sender, recipient, amount);
};

export const mint = (
  context: ContractContext,
  rules: Erc20Rules,
  recipient: bigint,
  amount: bigint,
): void => {
  const supply = cachedMapSlot(TOTAL_SUPPLY);
  writeU256(context, supply, addU256(readU256(context, supply), amount));
  writeU256(context, balanceSlot(recipient), addU256(readU256(context, balanceSlot(recipient)), amount));
  emitPair(context, rules, TRANSFER, 0n, recipient, amount);
};

const approve = (
  context: ContractContext,
  rules: Erc20Rules,
  owner: bigint,
  spender: bigint,
  amount: bigint,
): void => {
  if (rules.refusesZero) {
    assertOrPanic(owner !== 0n, 'ERC20: approve from 0');
    assertOrPanic(spender !== 0n, 'ERC20: approve to 0');
  }
  writeU256(context, allowanceSlot(owner, spender), amount);
  emitPair(context, rules, APPROVAL, owner, spender, amount);
};

const spendAllowance = (context: ContractContext, rules: Erc20Rules, owner: bigint, amount: bigint): void => {
  const slot = allowanceSlot(owner, context.callerAddress);
  const allowed = readU256(context, slot);
  if (allowed === U256_MAX) return;
  assertOrPanic(allowed >= amount, 'ERC20: insufficient allowance');
  if (rules.announcesSpending) approve(context, rules, owner, context.callerAddress, allowed - amount);
  else writeU256(context, slot, allowed - amount);
};

const emitPair = (
  context: ContractContext,
  rules: Erc20Rules,
  selector: Felt,
  first: bigint,
  second: bigint,
  amount: bigint,
): void => {
  if (rules.layout === 'KEYED') context.emit([selector, first, second], u256Felts(amount));
  else context.emit([selector], [first, second, ...u256Felts(amount)]);
};

export const balanceSlot = (account: bigint): Felt => cachedMapSlot(BALANCES, account);
export const totalSupplySlot = (): Felt => cachedMapSlot(TOTAL_SUPPLY);
const allowanceSlot = (owner: bigint, spender: bigint): Felt => cachedMapSlot(ALLOWANCES, owner, spender);

export const readU256 = (context: Pick<ContractContext, 'read'>, slot: Felt): bigint =>
  context.read(slot) + (context.read(slotAt(slot, 1)) << 128n);

const writeU256 = (context: ContractContext, slot: Felt, value: bigint): void => {
  const [low, high] = u256Felts(value);
  context.write(slot, low);
  context.write(slotAt(slot, 1), high);
};

const addU256 = (left: bigint, right: bigint): bigint => {
  const sum = left + right;
  assertOrPanic(sum <= U256_MAX, 'u256_add Overflow');
  return sum;
};
