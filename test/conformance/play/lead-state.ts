import type { BlockPin, ChainDriver } from '#libs/testing';
import { selector, toHex } from '../client/wire-call.ts';

/** The views of an account at a block, as plain felts. */
export const callView = async (
  { rpc }: ChainDriver,
  to: bigint,
  entrypoint: string,
  calldata: readonly bigint[],
  at: BlockPin = 'pre_confirmed',
): Promise<bigint[]> => {
  const request = {
    contract_address: toHex(to),
    entry_point_selector: toHex(selector(entrypoint)),
    calldata: calldata.map(toHex),
  };
  const felts = await rpc.request<string[]>('starknet_call', {
    request,
    block_id: at === 'latest' || at === 'pre_confirmed' ? at : { ...at },
  });
  return felts.map(BigInt);
};

export interface StoredPolicy {
  readonly windowSeconds: bigint;
  readonly windowStart: bigint;
}

export const storedValidUntil = async (driver: ChainDriver, account: bigint, key: bigint): Promise<bigint> =>
  (await callView(driver, account, 'get_session_data', [key]))[0]!;

export const storedPolicy = async (
  driver: ChainDriver,
  account: bigint,
  key: bigint,
  token: bigint,
): Promise<StoredPolicy> => {
  const felts = await callView(driver, account, 'get_spending_policy', [key, token]);
  return { windowSeconds: felts[4]!, windowStart: felts[7]! };
};
