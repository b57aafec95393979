import { slotAt } from '#libs/account';
import { balanceSlot } from '../contracts/erc20.ts';
import { STRK_ADDRESS } from '../contracts/well-known.ts';
import { hex64 } from '../execution/hex64.ts';
import { rpcErrors } from '../rpc/rpc.error.ts';
import type { StateReader } from '../state/state-reader.ts';
import type { ExecutionEnvironment } from './executor.ts';
import { coverMinimalGas, maxFeeOf } from './gas.ts';
import { senderOf, type Transaction } from './transaction.ts';

/** Nonce, bounds and balance, in the node's order. @throws RpcError 52, 53 or 54. */
export const checkBeforeExecution = (environment: ExecutionEnvironment, transaction: Transaction): void => {
  const sender = senderOf(transaction);
  checkNonce(environment, transaction, sender);
  if (!environment.chargesFee) return;
  if (!coverMinimalGas(transaction.resourceBounds, environment.prices))
    throw rpcErrors.insufficientResources();
  const maxFee = maxFeeOf(transaction.resourceBounds, transaction.tip);
  if (maxFee > strkBalanceOf(environment.state, sender).balance) throw rpcErrors.insufficientBalance();
};

const checkNonce = (environment: ExecutionEnvironment, transaction: Transaction, sender: bigint): void => {
  const accountNonce = environment.state.nonceAt(sender);
  const isStrict = environment.strictNonce || transaction.type === 'DECLARE';
  const isValid = isStrict ? transaction.nonce === accountNonce : transaction.nonce >= accountNonce;
  if (isValid) return;
  throw rpcErrors.invalidNonce(
    `Invalid transaction nonce of contract at address ${hex64(sender)}. ` +
      `Account nonce: ${accountNonce}; got: ${transaction.nonce}.`,
  );
};

export const strkBalanceOf = (
  state: Pick<StateReader, 'storageAt'>,
  account: bigint,
): { low: bigint; high: bigint; balance: bigint } => {
  const slot = balanceSlot(account);
  const low = state.storageAt(STRK_ADDRESS, slot);
  const high = state.storageAt(STRK_ADDRESS, slotAt(slot, 1));
  return { low, high, balance: low + (high << 128n) };
};
