import { PANIC_TEXTS, type Refusal } from '#libs/account';
import type { ContractContext } from '../../execution/native-contract.ts';
import { assertOrPanic, panic } from '../../execution/panic.ts';

export const assertSelfCall = (context: ContractContext): void => {
  assertOrPanic(context.callerAddress === context.address, PANIC_TEXTS.accountUnauthorized);
};

/** `__validate__` and `__execute__` are for the protocol only, which calls from address 0. */
export const assertCalledByProtocol = (context: ContractContext): void => {
  assertOrPanic(context.callerAddress === 0n, PANIC_TEXTS.accountInvalidCaller);
};

/** Panics with the account's own text where a rule of the standard refuses. */
export const panicIfRefused = (refusal: Refusal | undefined): void => {
  if (refusal) panic(refusal.panicText ?? PANIC_TEXTS.invalidSignature);
};
