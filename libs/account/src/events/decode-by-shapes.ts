import { AccountError } from '../account.error.ts';
import type { RawEvent } from '../account.types.ts';
import type { AccountEvent } from './account-event.ts';
import { decodeAccountEvent } from './decode-account-event.ts';
import type { EventShapes } from './event-shape.ts';

/**
 * Decodes an event by the first of several classes' shapes that it fits: the class may have been another one then.
 * Gives nothing where none of them has its selectors.
 * @throws AccountError EVENT_MALFORMED when some have its selectors and it fits none.
 */
export const decodeByShapes = (
  event: RawEvent,
  classes: readonly EventShapes[],
): AccountEvent | undefined => {
  let failure: AccountError | undefined;
  for (const shapes of classes) {
    try {
      const decoded = decodeAccountEvent(event, shapes);
      if (decoded !== undefined) return decoded;
    } catch (error) {
      if (!(error instanceof AccountError)) throw error;
      failure ??= error;
    }
  }
  if (failure) throw failure;
  return undefined;
};
