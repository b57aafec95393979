import { type Point, printPoint, PurserError } from '#libs/api';
import type { BlockRef } from '#libs/chain';
import { type Address, type Felt, feltToHex } from '#libs/felt';

/** One exact block: what the pages of a list are bound to. */
export interface Pin {
  readonly kind: 'PIN';
  readonly blockNumber: number;
  readonly blockHash: Felt;
}

/** Which block a question is about. Nothing: the newest one. */
export type Moment = Point | Pin | undefined;

/** What the index says of the block that a question is about: nothing where it has none there. */
export interface Placed<Block> {
  readonly block: Block | undefined;
  /** The newest block of the index. */
  readonly headNumber: number;
}

/** @throws PurserError BLOCK_NOT_INDEXED, BAD_CURSOR where pages go on */
export const requireBlock = <Block>({ block, headNumber }: Placed<Block>, at: Moment): Block => {
  if (block === undefined) throw blockNotIndexed(at, headNumber);
  return block;
};

const blockNotIndexed = (at: Moment, headNumber: number | undefined): PurserError => {
  if (at?.kind === 'PIN') {
    return new PurserError(
      'BAD_CURSOR',
      'A reorganisation left the block that the pages began at; start at the first page.',
      { details: { blockNumber: at.blockNumber, blockHash: feltToHex(at.blockHash) } },
    );
  }
  return new PurserError('BLOCK_NOT_INDEXED', 'No block is known at this point.', {
    details: { at: at === undefined ? null : printPoint(at), head: headNumber ?? null },
  });
};

/** The state of an account is not known at the block: nothing is answered from a history with gaps. */
export const historyIncompleteAt = (
  accounts: readonly (Address | string)[],
  { blockNumber, blockHash }: { readonly blockNumber: number; readonly blockHash: Felt },
): PurserError =>
  new PurserError('HISTORY_INCOMPLETE', 'The history of the account does not reach this block (yet).', {
    details: {
      accounts: accounts.map((account) => (typeof account === 'string' ? account : feltToHex(account))),
      blockNumber,
      blockHash: feltToHex(blockHash),
    },
  });

/**
 * The block that a node is to be asked about: the one that the index found, else the one that was named. Nothing: its
 * newest. @throws PurserError BLOCK_NOT_INDEXED for a time: nodes do not find blocks by it
 */
export const nodeBlockOf = (
  at: Moment,
  found: { readonly blockHash: Felt } | undefined,
): BlockRef | undefined => {
  if (at === undefined) return undefined;
  if (found !== undefined) return { blockHash: found.blockHash };
  switch (at.kind) {
    case 'BLOCK':
      return { blockNumber: at.blockNumber };
    case 'PIN':
      return { blockHash: at.blockHash };
    case 'FINALITY':
      return at.finality === 'ACCEPTED_ON_L1' ? 'l1_accepted' : 'latest';
    case 'TIMESTAMP':
      throw blockNotIndexed(at, undefined);
  }
};
