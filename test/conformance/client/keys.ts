import { ec } from 'starknet';
import { toHex } from './wire-call.ts';

/** A Stark key pair for tests. The private keys are in this repository: they hold nothing anywhere. */
export interface KeyPair {
  readonly privateKey: bigint;
  readonly publicKey: bigint;
}

export const keyPair = (privateKey: bigint): KeyPair => ({
  privateKey,
  publicKey: BigInt(ec.starkCurve.getStarkKey(toHex(privateKey))),
});

export const sign = (messageHash: bigint, { privateKey }: KeyPair): readonly [bigint, bigint] => {
  const { r, s } = ec.starkCurve.sign(toHex(messageHash), toHex(privateKey));
  return [r, s];
};
