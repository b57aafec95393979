/** The only way to the time of the computer: injected, so that specs hold it still. */
export interface Clock {
  nowMilliseconds(): number;
}

export const systemClock: Clock = { nowMilliseconds: () => Date.now() };

export const CLOCK = Symbol('Clock');
