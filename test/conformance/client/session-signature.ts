import { hash } from 'starknet';
import { compile, flattenCall, toHex, type WireCall } from './wire-call.ts';

const DOMAIN_TYPE = 0x1ff2f602e42168014d405a94f75e8a93d640751d71d16311266e140d8b0a210n;

export interface SessionMessage {
  readonly account: bigint;
  readonly chainId: bigint;
  readonly nonce: bigint;
  readonly validUntil: bigint;
  readonly calls: readonly WireCall[];
}

const poseidon = (felts: readonly bigint[]): bigint =>
  BigInt(hash.computePoseidonHashOnElements(felts.map(toHex)));

const shortText = (text: string): bigint => compile([text])[0]!;

/** What a session key signs on the INVOKE path: protocol.md section 4, written out a second time on purpose. */
export const sessionHash = (mode: number, message: SessionMessage): bigint => {
  const { account, chainId, nonce, validUntil, calls } = message;
  const payload = poseidon([account, chainId, nonce, validUntil, ...calls.flatMap(flattenCall)]);
  if (mode !== 2) return payload;
  const domain = poseidon([DOMAIN_TYPE, shortText('Session.transaction'), 2n, chainId, 1n]);
  return poseidon([shortText('StarkNet Message'), domain, account, payload]);
};
