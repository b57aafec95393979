import type { ResourceBounds } from '#libs/account';
import { type CallInfo, countCalls, eventsUnder } from '../execution/call-info.ts';
import { changesLength } from '../state/block-changes.ts';
import type { StateChanges } from '../state/state-reader.ts';
import type { Transaction } from './transaction.ts';

/** Prices in FRI for one unit, as devnet's defaults. */
export interface GasPrices {
  readonly l1Gas: bigint;
  readonly l1DataGas: bigint;
  readonly l2Gas: bigint;
}

export const DEFAULT_GAS_PRICES: GasPrices = {
  l1Gas: 1_000_000_000n,
  l1DataGas: 1_000_000_000n,
  l2Gas: 1_000_000_000n,
};

export interface GasUsed {
  readonly l1Gas: bigint;
  readonly l1DataGas: bigint;
  readonly l2Gas: bigint;
}

const BASE_L2_GAS = 600_000n;
const L2_GAS_PER_CALL = 300_000n;
const L2_GAS_PER_EVENT = 10_240n;
const L2_GAS_PER_CALLDATA_FELT = 5_120n;
const L2_GAS_OF_DECLARE = 100_000_000n;
const DATA_GAS_PER_CHANGE = 32n;
const BASE_DATA_GAS = 128n;

/** The least that bounds must allow before anything runs. */
const MINIMAL_GAS: GasUsed = { l1Gas: 0n, l1DataGas: 128n, l2Gas: BASE_L2_GAS };

/** A plain model in the order of magnitude of the network: native contracts have no steps to count. */
export const gasUsedBy = (
  transaction: Transaction,
  calls: readonly CallInfo[],
  changes: StateChanges,
): GasUsed => {
  const count = calls.reduce((sum, call) => sum + countCalls(call), 0);
  const events = calls.reduce((sum, call) => sum + eventsUnder(call).length, 0);
  const calldata = transaction.type === 'INVOKE' ? transaction.calldata.length : 0;
  return {
    l1Gas: 0n,
    l1DataGas: BASE_DATA_GAS + DATA_GAS_PER_CHANGE * BigInt(changesLength(changes)),
    l2Gas:
      BASE_L2_GAS +
      (transaction.type === 'DECLARE' ? L2_GAS_OF_DECLARE : 0n) +
      L2_GAS_PER_CALL * BigInt(count) +
      L2_GAS_PER_EVENT * BigInt(events) +
      L2_GAS_PER_CALLDATA_FELT * BigInt(calldata),
  };
};

export const feeOf = (gas: GasUsed, prices: GasPrices, tip: bigint): bigint =>
  gas.l1Gas * prices.l1Gas + gas.l1DataGas * prices.l1DataGas + gas.l2Gas * (prices.l2Gas + tip);

/** What the bounds allow to be charged. */
export const maxFeeOf = (bounds: ResourceBounds, tip: bigint): bigint =>
  bounds.l1Gas.maxAmount * bounds.l1Gas.maxPricePerUnit +
  bounds.l1DataGas.maxAmount * bounds.l1DataGas.maxPricePerUnit +
  bounds.l2Gas.maxAmount * (bounds.l2Gas.maxPricePerUnit + tip);

/** Devnet's first look at bounds: L2 and data gas both given, or L1 gas alone. */
export const areBoundsValid = (bounds: ResourceBounds): boolean => {
  const isGiven = (bound: { maxAmount: bigint; maxPricePerUnit: bigint }): boolean =>
    bound.maxAmount > 0n && bound.maxPricePerUnit > 0n;
  const [l1, data, l2] = [isGiven(bounds.l1Gas), isGiven(bounds.l1DataGas), isGiven(bounds.l2Gas)];
  return (l1 && !data && !l2) || (data && l2);
};

/** Whether the bounds reach the minimal gas at the block's prices. */
export const coverMinimalGas = (bounds: ResourceBounds, prices: GasPrices): boolean =>
  isOnlyL1(bounds)
    ? bounds.l1Gas.maxPricePerUnit >= prices.l1Gas
    : (['l1Gas', 'l1DataGas', 'l2Gas'] as const).every(
        (resource) =>
          bounds[resource].maxAmount >= MINIMAL_GAS[resource] &&
          bounds[resource].maxPricePerUnit >= prices[resource],
      );

/** The first resource beyond its bound, in the words of a revert reason. */
export const exceededBound = (gas: GasUsed, bounds: ResourceBounds): string | undefined => {
  if (isOnlyL1(bounds)) return undefined;
  const names = { l1Gas: 'L1Gas', l1DataGas: 'L1DataGas', l2Gas: 'L2Gas' } as const;
  const resource = (['l1Gas', 'l1DataGas', 'l2Gas'] as const).find(
    (name) => gas[name] > bounds[name].maxAmount,
  );
  return resource === undefined
    ? undefined
    : `Insufficient max ${names[resource]}: max amount: ${bounds[resource].maxAmount}, actual used: ${gas[resource]}.`;
};

const isOnlyL1 = (bounds: ResourceBounds): boolean =>
  bounds.l2Gas.maxAmount === 0n && bounds.l1DataGas.maxAmount === 0n;
