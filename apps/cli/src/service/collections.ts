import { setFlagsFromString } from 'node:v8';

/** In hundredths of what lives after a full collection. */
const GROWTH_PERCENT = 100;

/**
 * Full collections keep both cores busy for 60 to 80 ms, and whoever asks meanwhile waits.
 *
 * A service that had little to do for some seconds has V8 make two of them, to give memory back; what that would save is needed again as
 * soon as somebody asks: refused. After such a rest V8 also lets the old objects grow by a few MB only before it collects again, for as long as
 * the process lives, which is every two seconds under load: they may double instead, as in a process that never rested. What
 * `--max-old-space-size` allows is the bound as before.
 */
export const collectSeldom = (): void => {
  setFlagsFromString('--memory-reducer-gc-count=0');
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
};
