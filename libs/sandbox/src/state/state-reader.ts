/** What an execution can ask of a state: absent slots, nonces and classes read as 0. */
export interface StateReader {
  storageAt(address: bigint, slot: bigint): bigint;
  classHashAt(address: bigint): bigint;
  nonceAt(address: bigint): bigint;
  /** The compiled class hash of a declared class, 0 for one that is not declared. */
  declaredAt(classHash: bigint): bigint;
}

/** The net effect of a transaction or a block: only what differs from the state before. */
export interface StateChanges {
  readonly storage: Map<bigint, Map<bigint, bigint>>;
  readonly nonces: Map<bigint, bigint>;
  readonly deployed: Map<bigint, bigint>;
  readonly replaced: Map<bigint, bigint>;
  /** Class hash to compiled class hash. */
  readonly declared: Map<bigint, bigint>;
}

export const emptyChanges = (): StateChanges => ({
  storage: new Map(),
  nonces: new Map(),
  deployed: new Map(),
  replaced: new Map(),
  declared: new Map(),
});
