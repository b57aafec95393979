import type { OwnerAction } from '#libs/account';
import { type Address, selectorOf } from '#libs/felt';
import { sessionKeyOf } from './chain-actor.ts';

/** Far beyond the clock of a sandbox. */
export const FAR = 1_900_000_000n;
/** Whom keys pay. */
export const RECIPIENT = 0xbeefn;

/** For transfers, where nothing else is named. */
export const grantOf = (
  secret: bigint,
  maxCalls: bigint,
  entrypoints: readonly string[] = ['transfer'],
): OwnerAction => ({
  kind: 'AddOrUpdateSessionKey',
  sessionKey: sessionKeyOf(secret),
  validUntilSeconds: FAR,
  maxCalls,
  allowedEntrypoints: entrypoints.map(selectorOf),
});

/** 50 a call, and so much an hour. */
export const limitOf = (secret: bigint, token: Address, maxPerWindow: bigint): OwnerAction => ({
  kind: 'SetSpendingPolicy',
  sessionKey: sessionKeyOf(secret),
  ...{ token, maxPerCall: 50n, maxPerWindow, windowSeconds: 3_600n },
});
