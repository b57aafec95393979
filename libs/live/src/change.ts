import { createHash } from 'node:crypto';
import type {
  AnswerBlock,
  Finding,
  PolicyChangeKind,
  PolicyPoint,
  SessionChangeKind,
  SessionPoint,
} from '#libs/sessions';
import type { Place, Position } from './position.ts';

export const SUBJECTS = ['FINDING', 'POLICY', 'SESSION'] as const;
/** What a change is about. In the order in which those of one key and token are told. */
export type Subject = (typeof SUBJECTS)[number];

/** What is told of a change. Undefined states are not known: something of the key could not be read. */
export type Told =
  | {
      readonly kind: 'SESSION';
      readonly changes: readonly SessionChangeKind[];
      readonly after: SessionPoint | undefined;
    }
  | {
      readonly kind: 'POLICY';
      readonly changes: readonly PolicyChangeKind[];
      readonly after: PolicyPoint | undefined;
      /** Of the account after the block, as printed. */
      readonly classHash: string | undefined;
      /** Of the token; null where it does not say, or was not asked yet. */
      readonly decimals: number | null;
    }
  | {
      readonly kind: 'FINDING';
      readonly appeared: readonly Finding[];
      readonly ended: readonly Finding[];
    }
  /** A reorganisation left the block: what was told of the subject there did not happen. */
  | { readonly kind: 'RETRACTED' }
  /** Nothing that was told of the block and those before is taken back any more. */
  | { readonly kind: 'FINALIZED' };

/** One change in one block, as it is told. */
export interface Change {
  readonly block: AnswerBlock;
  readonly place: Place;
  readonly told: Told;
  /** Of who was told everything up to this. */
  readonly position: Position;
  /** About how many characters it takes. */
  readonly size: number;
}

/** About what a change takes beside the states that it shows. */
export const OVERHEAD = 600;

/** Of the network, and so of no account. Its position is where somebody stands who was told everything up to it, or more. */
export const finalizedChange = (block: AnswerBlock, position: Position): Change => ({
  ...{ block, position: { ...position, final: block.blockNumber } },
  ...{ place: ['', '', '', 'FINALIZED'], told: { kind: 'FINALIZED' }, size: OVERHEAD },
});

/** The subject of a change, also of one that is taken back. */
export const subjectOf = ({ place: [, , , subject] }: Pick<Change, 'place'>): Subject => subject as Subject;

const ID_DIGITS = 32;

/**
 * Of a change on a network, the same in every process and each time it is told. Made of the hash of its block, so that the change of
 * another block of that height is another one, and that of a block that comes back is the same.
 */
export const idOf = (genesisHash: string, blockHash: string, place: Place): string =>
  `chg_${createHash('sha256')
    .update(JSON.stringify([genesisHash, blockHash, ...place]))
    .digest('hex')
    .slice(0, ID_DIGITS)}`;
