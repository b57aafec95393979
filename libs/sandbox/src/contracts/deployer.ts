import { pedersenHash, selectorOf } from '#libs/felt';
import type { ContractContext, NativeContract } from '../execution/native-contract.ts';
import { bySelector, entryPoint } from './entry-points.ts';

const CONTRACT_DEPLOYED = selectorOf('ContractDeployed');

interface DeployRequest {
  readonly classHash: bigint;
  readonly salt: bigint;
  /** Whether the caller's address is part of the new contract's address. */
  readonly unique: bigint;
  readonly calldata: readonly bigint[];
}

/** The Universal Deployer: starknet.js sends its deployments through it. */
export const createDeployer = (): NativeContract => ({
  argumentErrors: 'NUMBERED',
  constructor: undefined,
  entryPoints: bySelector({
    'deployContract deploy_contract': entryPoint(
      (reader): DeployRequest => ({
        classHash: reader.felt(),
        salt: reader.felt(),
        unique: reader.felt(),
        calldata: reader.felts(),
      }),
      (context, request) => [deploy(context, request)],
    ),
  }),
});

const deploy = (context: ContractContext, { classHash, salt, unique, calldata }: DeployRequest): bigint => {
  const deployer = context.callerAddress;
  const isUnique = unique !== 0n;
  const address = context.deploy(
    classHash,
    isUnique ? pedersenHash(deployer, salt) : salt,
    calldata,
    !isUnique,
  );
  const length = BigInt(calldata.length);
  context.emit([CONTRACT_DEPLOYED], [address, deployer, unique, classHash, length, ...calldata, salt]);
  return address;
};
