import { contractAddressOf, publicKeyOf } from '#libs/account';
import type { Felt } from '#libs/felt';
import { expandSeed, MersenneTwister64 } from './mersenne-twister.ts';

/** An account that exists and holds funds before the first block. Its key is derived from the seed. */
export interface PredeployedAccount {
  readonly address: bigint;
  readonly publicKey: bigint;
  readonly privateKey: bigint;
}

/** Devnet computes its addresses from this class hash, whatever class the accounts have. */
const CLASS_HASH_IN_ADDRESS = 0x3fcbf77b28c96f4f2fb5bd2d176ab083a12a5e123adeb0de955d7ee228c9854n;
const SALT = 20n as Felt;

/** Accounts equal to those of `starknet-devnet --seed`. */
export const derivePredeployedAccounts = (seed: number, count: number): PredeployedAccount[] => {
  const random = new MersenneTwister64(expandSeed(BigInt(seed)));
  return Array.from({ length: count }, () => {
    const privateKey = random.nextU128();
    const publicKey = publicKeyOf(privateKey);
    const address = contractAddressOf({
      classHash: CLASS_HASH_IN_ADDRESS,
      salt: SALT,
      constructorCalldata: [publicKey],
      deployer: 0n,
    });
    return { address, publicKey, privateKey };
  });
};
