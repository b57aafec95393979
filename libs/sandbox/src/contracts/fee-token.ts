import { slotAt } from '#libs/account';
import { ADDRESS_BOUND, encodeShortString, type Felt } from '#libs/felt';
import type { ContractContext, NativeContract } from '../execution/native-contract.ts';
import { assertOrPanic } from '../execution/panic.ts';
import { type Erc20Rules, erc20EntryPoints, mint, recipientAndAmount, view } from './erc20.ts';
import { bySelector, entryPoint } from './entry-points.ts';
import { permutePoseidon } from './poseidon-state.ts';
import { cachedMapSlot } from './slot-cache.ts';

const RULES: Erc20Rules = { layout: 'KEYED', refusesZero: true, announcesSpending: true };

/** STRK and ETH as starknet-devnet predeploys them: names are byte arrays, one account may mint. */
export const createFeeToken = (): NativeContract => ({
  argumentErrors: 'NUMBERED',
  constructor: undefined,
  entryPoints: bySelector({
    ...erc20EntryPoints(RULES),
    name: view((context) => shortByteArray(context, 'ERC20_name')),
    symbol: view((context) => shortByteArray(context, 'ERC20_symbol')),
    permissioned_mint: entryPoint(recipientAndAmount, (context, { recipient, amount }) => {
      assertOrPanic(context.callerAddress === context.read(cachedMapSlot('permitted_minter')), 'ONLY_MINTER');
      assertOrPanic(recipient !== 0n, 'ERC20: mint to 0');
      mint(context, RULES, recipient, amount);
      return [];
    }),
  }),
});

/** The slots that devnet writes for a fee token before its first block, in the block's state diff. */
export const feeTokenSlots = (name: string, symbol: string, minter: bigint): Map<bigint, bigint> =>
  new Map([
    ...byteArraySlots('ERC20_name', name),
    ...byteArraySlots('ERC20_symbol', symbol),
    [cachedMapSlot('ERC20_decimals'), 18n],
    [cachedMapSlot('permitted_minter'), minter],
  ]);

const byteArraySlots = (variable: string, text: string): [bigint, bigint][] => {
  const base = cachedMapSlot(variable);
  return [
    [base, BigInt(text.length)],
    [wordSlot(base), encodeShortString(text)],
  ];
};

const shortByteArray = (context: ContractContext, variable: string): bigint[] => {
  const base = cachedMapSlot(variable);
  return [0n, context.read(wordSlot(base)), context.read(base)];
};

/** Where a byte array of up to 30 bytes has its bytes: hades(base, chunk 0, 'ByteArray')[0]. */
const wordSlot = (base: Felt): Felt =>
  slotAt(permutePoseidon(base, 0n, encodeShortString('ByteArray')) % ADDRESS_BOUND, 0);
