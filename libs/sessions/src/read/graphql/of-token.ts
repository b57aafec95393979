/** Of which token of which chain the amounts of an answer are, for what is added beside them. */
export interface OfToken {
  readonly chainId: bigint;
  readonly token: bigint;
}
