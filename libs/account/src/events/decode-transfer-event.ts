import type { Felt } from '#libs/felt';
import { joinU256, snKeccak, U128_MAX } from '#libs/felt';
import type { RawEvent } from '../account.types.ts';

/** Tokens moved. `from` is 0 for a mint, `to` is 0 for a burn; the amount is in base units. */
export interface TransferEvent {
  /** KEYED: both addresses in the keys. LEGACY: all in data, as ETH and STRK on some networks. */
  readonly layout: 'KEYED' | 'LEGACY';
  readonly from: Felt;
  readonly to: Felt;
  readonly amount: bigint;
}

/** First key of an ERC-20 `Transfer`, in both layouts. */
export const TRANSFER_EVENT_SELECTOR = snKeccak('Transfer');

/**
 * Decodes an ERC-20 Transfer, told apart by the number of keys and data felts. Gives nothing for any other event,
 * an ERC-721 Transfer included (it has no amount). The fee of a transaction is a Transfer too: leaving it out is
 * for the caller, who knows the receipt.
 */
export const decodeTransferEvent = ({ keys, data }: RawEvent): TransferEvent | undefined => {
  if (keys[0] !== TRANSFER_EVENT_SELECTOR) return undefined;
  if (keys.length === 3 && data.length === 2) return transfer('KEYED', [keys[1], keys[2], data[0], data[1]]);
  return keys.length === 1 && data.length === 4 ? transfer('LEGACY', data) : undefined;
};

const transfer = (
  layout: TransferEvent['layout'],
  [from, to, low, high]: readonly (Felt | undefined)[],
): TransferEvent | undefined => {
  if (from === undefined || to === undefined || low === undefined || high === undefined) return undefined;
  if (low > U128_MAX || high > U128_MAX) return undefined;
  return { layout, from, to, amount: joinU256(low, high) };
};
