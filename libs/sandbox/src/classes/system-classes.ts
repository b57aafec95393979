import { feltToHex } from '#libs/felt';
import { createDeployer } from '../contracts/deployer.ts';
import { createFeeToken } from '../contracts/fee-token.ts';
import { createPlainAccount } from '../contracts/plain-account.ts';
import {
  CAIRO0_ACCOUNT_CLASS_HASH,
  DEPLOYER_CLASS_HASH,
  ETH_CLASS_HASH,
  LEGACY_DEPLOYER_CLASS_HASH,
  PLAIN_ACCOUNT_CLASS_HASH,
  STRK_CLASS_HASH,
} from '../contracts/well-known.ts';
import type { NativeContract } from '../execution/native-contract.ts';
import type { ClassArtifact, SandboxClass } from './class-registry.ts';
import { SYSTEM_ABIS } from './system-abis.ts';

/** The classes of what is deployed before the first block. Their artefacts hold an ABI and no program. */
export const createSystemClasses = (): SandboxClass[] => [
  systemClass('strk_token', STRK_CLASS_HASH, createFeeToken()),
  systemClass('eth_token', ETH_CLASS_HASH, createFeeToken()),
  systemClass('deployer', DEPLOYER_CLASS_HASH, createDeployer()),
  systemClass('legacy_deployer', LEGACY_DEPLOYER_CLASS_HASH, createDeployer()),
  systemClass('plain_account', PLAIN_ACCOUNT_CLASS_HASH, createPlainAccount()),
  systemClass('cairo0_account', CAIRO0_ACCOUNT_CLASS_HASH, createPlainAccount()),
];

const systemClass = (
  name: keyof typeof SYSTEM_ABIS,
  classHash: bigint,
  contract: NativeContract,
): SandboxClass => ({
  name,
  classHash,
  compiledClassHash: classHash,
  contract,
  loadArtifact: () => artifactOf(contract, SYSTEM_ABIS[name]),
});

const artifactOf = (contract: NativeContract, abi: readonly object[]): ClassArtifact => ({
  sierra_program: [],
  contract_class_version: '0.1.0',
  entry_points_by_type: {
    EXTERNAL: [...contract.entryPoints.keys()].map((selector, index) => ({
      selector: feltToHex(selector),
      function_idx: index,
    })),
    L1_HANDLER: [],
    CONSTRUCTOR: [],
  },
  abi: JSON.stringify(abi),
});
