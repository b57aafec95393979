import type { Address, Felt } from '#libs/felt';
import { ADDRESS_BOUND, encodeShortString, pedersenHashArray, toAddress } from '#libs/felt';

const CONTRACT_ADDRESS = encodeShortString('STARKNET_CONTRACT_ADDRESS');

/**
 * The address of a contract before or after it is deployed: pedersen over prefix, deployer, salt, class hash and
 * the hash of the constructor calldata, modulo 2^251 - 256.
 * @param input deployer: 0 for a DEPLOY_ACCOUNT transaction, else the deploying contract unless it deploys "from zero".
 */
export const contractAddressOf = (input: {
  readonly classHash: bigint;
  readonly salt: Felt;
  readonly constructorCalldata: readonly Felt[];
  readonly deployer: bigint;
}): Address => {
  const { classHash, salt, constructorCalldata, deployer } = input;
  const hash = pedersenHashArray([
    CONTRACT_ADDRESS,
    deployer,
    salt,
    classHash,
    pedersenHashArray(constructorCalldata),
  ]);
  return toAddress(hash % ADDRESS_BOUND);
};
