import type { ChainDriver } from '#libs/testing';
import type { TimeRef } from '../sequence/command.ts';
import { storedPolicy, storedValidUntil } from './lead-state.ts';
import type { World } from './world.ts';

const HOUR = 3600n;
/** A window of centuries is a case for its own; the clock does not go there. */
const FARTHEST_SECONDS = 40n * 24n * HOUR;

/** Which time a block gets; never before the block it follows. */
export const resolveTime = async (driver: ChainDriver, world: World, time: TimeRef): Promise<number> => {
  const latest = BigInt(await driver.timestampSeconds());
  if ('after' in time) return Number(latest) + time.after;
  const wanted = (await edgeOf(driver, world, time)) + BigInt(time.offset);
  const isReachable = wanted >= latest && wanted <= latest + FARTHEST_SECONDS;
  return Number(isReachable ? wanted : latest + 1n);
};

const edgeOf = async (
  driver: ChainDriver,
  world: World,
  time: Exclude<TimeRef, { after: number }>,
): Promise<bigint> => {
  const account = world.accounts[time.account].address;
  const key = world.keys[time.key].publicKey;
  if (time.edge === 'WINDOW_END') {
    const { windowStart, windowSeconds } = await storedPolicy(driver, account, key, world.tokens[time.token]);
    return windowStart === 0n ? 0n : windowStart + windowSeconds;
  }
  const validUntil = await storedValidUntil(driver, account, key);
  // `__validate__` sees the hour, so on that path a key lives to the end of the hour it expires in.
  return time.edge === 'EXPIRY' ? validUntil : (validUntil / HOUR + 1n) * HOUR;
};
