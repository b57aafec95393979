import { AccountError } from '../account.error.ts';
import { compileEventShapes } from '../events/event-shape.ts';
import type { EventShape } from '../events/event-shape.ts';
import type { ClassCapabilities } from './probe-abi.ts';

/** Capabilities as they are stored: plain data, event shapes without their selectors. */
export type StoredCapabilities = Omit<ClassCapabilities, 'eventShapes'> & {
  readonly eventShapes: readonly EventShape[];
};

/** Plain data for a JSON column. `capabilitiesFromJson` gives the same capabilities back. */
export const capabilitiesToJson = (capabilities: ClassCapabilities): StoredCapabilities => ({
  ...capabilities,
  eventShapes: capabilities.eventShapes.shapes,
});

/** What a class can do, without the shapes of its events: who decodes no events needs none, and they are most of it. */
export type ClassAbilities = Omit<ClassCapabilities, 'eventShapes'>;

/** Of what `capabilitiesToJson` gave, with its shapes or without. @throws AccountError INVALID_CAPABILITIES, as `capabilitiesFromJson` */
export const classAbilities = (json: unknown): ClassAbilities => {
  if (typeof json !== 'object' || json === null || !('sessions' in json)) throw invalid();
  return json as ClassAbilities;
};

/**
 * Takes back what `capabilitiesToJson` gave and works the selectors out again.
 * Not a parser of foreign text. @throws AccountError INVALID_CAPABILITIES when it is plainly something else.
 */
export const capabilitiesFromJson = (json: unknown): ClassCapabilities => {
  const stored = classAbilities(json);
  if (!('eventShapes' in stored) || !Array.isArray(stored.eventShapes)) throw invalid();
  return { ...stored, eventShapes: compileEventShapes(stored.eventShapes as readonly EventShape[]) };
};

const invalid = (): AccountError =>
  new AccountError('INVALID_CAPABILITIES', 'not the stored capabilities of a class');
