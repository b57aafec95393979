import type { NativeContract } from '../execution/native-contract.ts';

/** A class that the sandbox can execute, with what `starknet_getClass` answers for it. */
export interface SandboxClass {
  readonly name: string;
  readonly classHash: bigint;
  readonly compiledClassHash: bigint;
  readonly contract: NativeContract;
  /** The published class: read when asked for, since artefacts are large. */
  readonly loadArtifact: () => ClassArtifact;
}

/** What a node returns for a Sierra class: `abi` is JSON text. */
export interface ClassArtifact {
  readonly sierra_program: readonly string[];
  readonly contract_class_version: string;
  readonly entry_points_by_type: Readonly<Record<string, readonly EntryPointArtifact[]>>;
  readonly abi: string;
}

export interface EntryPointArtifact {
  readonly selector: string;
  readonly function_idx: number;
}

export class ClassRegistry {
  readonly #classes = new Map<bigint, SandboxClass>();

  constructor(classes: readonly SandboxClass[]) {
    for (const known of classes) this.#classes.set(known.classHash, known);
  }

  find(classHash: bigint): SandboxClass | undefined {
    return this.#classes.get(classHash);
  }

  all(): readonly SandboxClass[] {
    return [...this.#classes.values()];
  }
}
