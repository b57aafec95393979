import { ADDRESS_BOUND, PRIME, selectorOf, splitU256, toAddress, toFelt, toSessionKey } from '#libs/felt';
import type { Address, Felt, SessionKey } from '#libs/felt';
import fc from 'fast-check';
import { AccountError } from '../src/account.error.ts';
import type { Call } from '../src/account.types.ts';
import type { SessionCheck, SessionRules } from '../src/rules/session-rules.ts';
import type { WindowRule } from '../src/rules/window.ts';
import type { SessionData } from '../src/slots/session-data.ts';
import type { SpendingPolicy } from '../src/slots/spending-policy.ts';

export const NOW = 1_800_000_000n;
export const ACCOUNT = toAddress(0xacc0n);
export const TOKEN = toAddress(0x70ce1n);
export const SHOP = toAddress(0x5409n);
export const KEY = toSessionKey(0x5e55104n);

/** The two families as deployed. */
export const SETTING_ANCHORED: WindowRule = { anchor: 'SETTING', resets: 'AT_END' };
export const SPEND_ANCHORED: WindowRule = { anchor: 'FIRST_SPEND', resets: 'AFTER_END' };
export const FAMILIES = [
  ['setting anchored', SETTING_ANCHORED],
  ['spend anchored', SPEND_ANCHORED],
] as const;

export const LIST_GUARD = { adminGuard: true, selfCallGuard: 'WHEN_LIST_EMPTY' } as const;
export const ALWAYS_GUARD = { adminGuard: true, selfCallGuard: 'ALWAYS' } as const;

export const aCall = (name: string, to: Address = TOKEN, calldata: readonly bigint[] = []): Call => ({
  to,
  selector: selectorOf(name),
  calldata: calldata.map(toFelt),
});

export const aTransfer = (amount: bigint, token: Address = TOKEN): Call =>
  aCall('transfer', token, [SHOP, ...splitU256(amount)]);

export const aSession = (overrides: Partial<SessionData> = {}): SessionData => ({
  validUntilSeconds: NOW + 3600n,
  maxCalls: 10n,
  callsUsed: 0n,
  allowedEntrypointsLen: 0n,
  ...overrides,
});

/** 100 a call, 250 a window of an hour that began at NOW, nothing spent. */
export const aPolicy = (overrides: Partial<SpendingPolicy> = {}): SpendingPolicy => ({
  maxPerCall: 100n,
  maxPerWindow: 250n,
  windowSeconds: 3600n,
  spentInWindow: 0n,
  windowStartSeconds: NOW,
  ...overrides,
});

export const aCheck = <R extends SessionRules>(
  rules: R,
  overrides: Partial<Omit<SessionCheck, 'rules'>> = {},
): SessionCheck & { rules: R } => ({
  path: 'INVOKE',
  account: ACCOUNT,
  session: aSession(),
  allowedEntrypoints: [],
  signatureValidUntilSeconds: NOW + 3600n,
  nowSeconds: NOW,
  calls: [aTransfer(1n)],
  ...overrides,
  rules,
});

/** The code an action fails with, or what says that it did not. */
export const codeOf = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    if (error instanceof AccountError) return error.code;
    throw error;
  }
  return 'nothing thrown';
};

export const anyFelt: fc.Arbitrary<Felt> = fc.bigInt(0n, PRIME - 1n).map(toFelt);
export const anyAddress: fc.Arbitrary<Address> = fc.bigInt(1n, ADDRESS_BOUND - 1n).map(toAddress);
export const anySessionKey: fc.Arbitrary<SessionKey> = fc.bigInt(0n, PRIME - 1n).map(toSessionKey);
export const anyU32 = fc.bigInt(0n, 2n ** 32n - 1n);
export const anyU64 = fc.bigInt(0n, 2n ** 64n - 1n);
export const anyU256 = fc.bigInt(0n, 2n ** 256n - 1n);
const anyCall: fc.Arbitrary<Call> = fc.record({
  to: anyAddress,
  selector: anyFelt,
  calldata: fc.array(anyFelt, { maxLength: 6 }),
});
export const anyCalls = fc.array(anyCall, { maxLength: 4 });
export const anyTerms = fc.record({ maxPerCall: anyU256, maxPerWindow: anyU256, windowSeconds: anyU64 });
