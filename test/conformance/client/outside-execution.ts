import { type TypedData, typedData } from 'starknet';
import { flattenCall, toHex, type WireCall } from './wire-call.ts';

/** SNIP-9 version 2, as it is signed and sent. */
export interface OutsideExecutionMessage {
  readonly caller: bigint;
  readonly nonce: bigint;
  readonly executeAfter: bigint;
  readonly executeBefore: bigint;
  readonly calls: readonly WireCall[];
}

const TYPES = {
  StarknetDomain: [
    { name: 'name', type: 'shortstring' },
    { name: 'version', type: 'shortstring' },
    { name: 'chainId', type: 'shortstring' },
    { name: 'revision', type: 'shortstring' },
  ],
  OutsideExecution: [
    { name: 'Caller', type: 'ContractAddress' },
    { name: 'Nonce', type: 'felt' },
    { name: 'Execute After', type: 'u128' },
    { name: 'Execute Before', type: 'u128' },
    { name: 'Calls', type: 'Call*' },
  ],
  Call: [
    { name: 'To', type: 'ContractAddress' },
    { name: 'Selector', type: 'selector' },
    { name: 'Calldata', type: 'felt*' },
  ],
};

/** The SNIP-12 hash, by starknet.js. */
export const outsideHash = (account: bigint, chainId: bigint, message: OutsideExecutionMessage): bigint => {
  const typed = {
    types: TYPES,
    primaryType: 'OutsideExecution',
    domain: { name: 'Account.execute_from_outside', version: 2, chainId: toHex(chainId), revision: 1 },
    message: {
      Caller: toHex(message.caller),
      Nonce: toHex(message.nonce),
      'Execute After': toHex(message.executeAfter),
      'Execute Before': toHex(message.executeBefore),
      Calls: message.calls.map(({ to, entrypoint, calldata }) => ({
        To: toHex(to),
        Selector: entrypoint,
        Calldata: calldata.map(toHex),
      })),
    },
  };
  return BigInt(typedData.getMessageHash(typed as unknown as TypedData, toHex(account)));
};

/** The call of the account that carries a signed outside execution. */
export const outsideCall = (
  account: bigint,
  message: OutsideExecutionMessage,
  signature: readonly bigint[],
): WireCall => ({
  to: account,
  entrypoint: 'execute_from_outside_v2',
  calldata: [
    message.caller,
    message.nonce,
    message.executeAfter,
    message.executeBefore,
    BigInt(message.calls.length),
    ...message.calls.flatMap(flattenCall),
    BigInt(signature.length),
    ...signature,
  ],
});
