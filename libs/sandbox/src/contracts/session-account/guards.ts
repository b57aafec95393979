import { selectorOf } from '#libs/felt';
import type { ContractContext } from '../../execution/native-contract.ts';
import { assertOrPanic } from '../../execution/panic.ts';

const ADMIN_SELECTORS: ReadonlySet<bigint> = new Set(
  [
    'upgrade',
    'add_or_update_session_key',
    'revoke_session_key',
    'set_spending_policy',
    'remove_spending_policy',
    'set_session_signature_mode',
    'set_public_key',
    'setPublicKey',
    '__execute__',
    '__validate__',
    'execute_from_outside_v2',
    'executeFromOutsideV2',
  ].map(selectorOf),
);

const COUNTED_SELECTORS: ReadonlySet<bigint> = new Set(
  ['transfer', 'approve', 'increase_allowance', 'increaseAllowance'].map(selectorOf),
);

export const isAdminSelector = (selector: bigint): boolean => ADMIN_SELECTORS.has(selector);

/** Whether a call's amount counts against a spending policy. */
export const isCountedSelector = (selector: bigint): boolean => COUNTED_SELECTORS.has(selector);

export const assertSelfCall = (context: ContractContext): void => {
  assertOrPanic(context.callerAddress === context.address, 'Account: unauthorized');
};

/** `__validate__` and `__execute__` are for the protocol only, which calls from address 0. */
export const assertCalledByProtocol = (context: ContractContext): void => {
  assertOrPanic(context.callerAddress === 0n, 'Account: invalid caller');
};
