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

/**
 * What `capabilitiesToJson` gave, as it stands: whoever decodes no events needs no selectors, and each is a hash to work out.
 * Not a parser of foreign text. @throws AccountError INVALID_CAPABILITIES when it is plainly something else.
 */
export const storedCapabilities = (json: unknown): StoredCapabilities => {
  if (
    typeof json !== 'object' ||
    json === null ||
    !('eventShapes' in json) ||
    !Array.isArray(json.eventShapes)
  ) {
    throw new AccountError('INVALID_CAPABILITIES', 'not the stored capabilities of a class');
  }
  return json as StoredCapabilities;
};

/**
 * Takes back what `capabilitiesToJson` gave and works the selectors out again.
 * @throws AccountError INVALID_CAPABILITIES, as `storedCapabilities`
 */
export const capabilitiesFromJson = (json: unknown): ClassCapabilities => {
  const stored = storedCapabilities(json);
  return { ...stored, eventShapes: compileEventShapes(stored.eventShapes) };
};
