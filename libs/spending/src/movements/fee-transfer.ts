import { decodeTransferEvent } from '#libs/account';
import type { TransactionReceipt } from '#libs/chain';

/**
 * The index of the event by which a transaction paid its own fee, or nothing where it paid none that way.
 *
 * The network charges the fee after everything else that runs, so its Transfer is the LAST event of the receipt, of a
 * succeeded transaction and of a reverted one: out of the payer, who is the sender, of exactly `actual_fee`. Any other
 * Transfer of the payer is a movement, one of the same amount to the same sequencer included. The token is not asked:
 * STRK, ETH, or what another network charges in. L1 handlers have no sender and pay nothing on this side.
 */
export const feeEventIndex = ({
  events,
  senderAddress,
  actualFee,
}: Pick<TransactionReceipt, 'events' | 'senderAddress' | 'actualFee'>): number | undefined => {
  const last = events.at(-1);
  if (last === undefined || senderAddress === undefined || actualFee.amount === 0n) return undefined;
  const transfer = decodeTransferEvent(last);
  const isFee = transfer?.from === senderAddress && transfer.amount === actualFee.amount;
  return isFee ? events.length - 1 : undefined;
};
