import { setFlagsFromString } from 'node:v8';

/**
 * A service that had little to do for some seconds has V8 look through all old objects twice, to give memory back; it is under way when
 * the next ones ask, who then wait for up to 80 ms. What memory that would save is needed again as soon as somebody asks. Collections
 * for want of memory stay as they are.
 */
export const refuseIdleCollections = (): void => setFlagsFromString('--memory-reducer-gc-count=0');
