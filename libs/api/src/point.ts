import type { AtInput } from './models/at.input.ts';
import type { Finality } from './models/as-of.model.ts';
import { PurserError } from './purser.error.ts';

/** A point on the chain as a question names it. */
export type Point =
  | { readonly kind: 'BLOCK'; readonly blockNumber: number }
  /** The newest block whose time is not after this one. */
  | { readonly kind: 'TIMESTAMP'; readonly timestampSeconds: bigint }
  /** The newest block that is at least this final. */
  | { readonly kind: 'FINALITY'; readonly finality: Finality };

/** Nothing where no point is asked for. @throws PurserError BAD_INPUT unless exactly one member is given. */
export const parsePoint = (at: AtInput | null | undefined, name = 'at'): Point | undefined =>
  at === null || at === undefined ? undefined : requirePoint(at, name);

/** @throws PurserError BAD_INPUT unless exactly one member is given. */
export const requirePoint = ({ blockNumber, timestamp, finality }: AtInput, name: string): Point => {
  const points: Point[] = [];
  if (isGiven(blockNumber)) points.push({ kind: 'BLOCK', blockNumber });
  if (isGiven(timestamp)) points.push({ kind: 'TIMESTAMP', timestampSeconds: timestamp });
  if (isGiven(finality)) points.push({ kind: 'FINALITY', finality });
  const [point, ...others] = points;
  if (point === undefined || others.length > 0) {
    throw new PurserError('BAD_INPUT', `${name} takes exactly one of blockNumber, timestamp and finality.`);
  }
  return point;
};

const isGiven = <T>(value: T | null | undefined): value is T => value !== null && value !== undefined;

/** One text for a point: what a cursor is bound to, and what an error shows. */
export const printPoint = (point: Point): string => {
  switch (point.kind) {
    case 'BLOCK':
      return `block ${point.blockNumber}`;
    case 'TIMESTAMP':
      return `time ${point.timestampSeconds}`;
    case 'FINALITY':
      return point.finality;
  }
};
