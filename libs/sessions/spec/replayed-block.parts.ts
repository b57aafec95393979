import { type Call, type ClassProfile, type WindowRule } from '#libs/account';
import {
  type Address,
  type Felt,
  selectorOf,
  type SessionKey,
  splitU256,
  toAddress,
  toClassHash,
  toFelt,
  toSessionKey,
} from '#libs/felt';
import type { BlockTransaction, TracedCall } from '../src/uses/block-transaction.ts';

export const ACCOUNT = toAddress(0xacc0n);
export const RELAYER = toAddress(0x4e1an);
export const FORWARDER = toAddress(0xf04dn);
export const TOKEN = toAddress(0x70ce4n);
export const CLASS = toClassHash(0xc1a55n);
export const NOW = 1_700_000_000n;
export const FAR = NOW + 1_000_000n;
const TRANSFER = selectorOf('transfer');
export const OUTSIDE = selectorOf('execute_from_outside_v2');
export const EXECUTE = selectorOf('__execute__');

export const keyOf = (index: number): SessionKey => toSessionKey(0x5e55n + BigInt(index));
export const pay = (amount: bigint): Call => ({
  to: TOKEN,
  selector: TRANSFER,
  calldata: [toFelt(0xbeefn), ...splitU256(amount)],
});

export const SETTING: WindowRule = { anchor: 'SETTING', resets: 'AT_END' };
export const FIRST_SPEND: WindowRule = { anchor: 'FIRST_SPEND', resets: 'AFTER_END' };

export const profileWith = (windowRule: WindowRule | undefined, emitsCallFailed?: boolean): ClassProfile => {
  const known = <T>(value: T) => ({ value, evidence: 'this spec' });
  return {
    classHash: CLASS,
    name: 'class of a spec',
    adminGuard: known(true),
    selfCallGuard: known('ALWAYS'),
    ...(windowRule && { windowRule: known(windowRule) }),
    ...(emitsCallFailed !== undefined && { emitsCallFailed: known(emitsCallFailed) }),
  };
};

export const names = ({ senderAddress, calldata = [] }: BlockTransaction): boolean =>
  senderAddress === ACCOUNT || calldata.includes(ACCOUNT);

export const wrapped = ({ to, selector, calldata }: Call): Call => ({
  to: FORWARDER,
  selector: selectorOf('try_forward'),
  calldata: [to, selector, toFelt(calldata.length), ...calldata],
});

export const node = (
  contractAddress: Address,
  entryPointSelector: Felt,
  calldata: readonly Felt[],
  callerAddress: bigint,
  calls: readonly TracedCall[],
): TracedCall => ({
  contractAddress,
  entryPointSelector,
  calldata,
  callerAddress,
  callType: 'CALL',
  result: [],
  isReverted: false,
  calls,
  events: [],
});

export const leaf = ({ to, selector, calldata }: Call, caller: Address, isReverted: boolean): TracedCall => ({
  ...node(to, selector, calldata, caller, []),
  isReverted,
});

/** The calls that a relayer made for requests, each through a contract where `nested`, as a trace shows them. */
export const tracedRequests = (
  made: readonly { readonly call: Call; readonly calls: readonly Call[]; readonly stands: boolean }[],
  outer: readonly Call[],
  { nested, undone }: { readonly nested: boolean; readonly undone: boolean },
): TracedCall[] => {
  const caller = nested ? FORWARDER : RELAYER;
  const requests = made.map(({ call, calls, stands }) => {
    const inner = calls.map((each) => leaf(each, ACCOUNT, false));
    return { ...node(ACCOUNT, OUTSIDE, call.calldata, caller, inner), isReverted: !stands && !undone };
  });
  if (!nested) return requests;
  return requests.map((request, index) => ({
    ...node(FORWARDER, selectorOf('try_forward'), outer[index]?.calldata ?? [], RELAYER, [request]),
    isReverted: undone,
  }));
};
