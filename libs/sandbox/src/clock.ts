/** The time of day for new blocks, whole unix seconds. Injected, so that specs decide what time it is. */
export interface SandboxClock {
  nowSeconds(): number;
}

export const systemClock: SandboxClock = { nowSeconds: () => Math.floor(Date.now() / 1000) };
