import { hash } from 'starknet';
import type { Json } from '#libs/testing';
import { selector, toHex } from '../client/wire-call.ts';
import { STRK } from '../play/world.ts';
import { MASKED } from './mask.ts';

/** What a fee is paid in, and to whom: both are devnet's. */
const SEQUENCER = 0x1000n;
const BLOCK_HASH_CONTRACT = 0x1n;
const ADDRESS_BOUND = 2n ** 251n - 256n;

type Members = { readonly [name: string]: Json };

/** Blanks fee amounts: in events, calldata of the transfer that pays, and balances of those who pay. */
export const createFeeMask = (payers: readonly bigint[]): ((value: Json) => Json) => {
  const slots = new Set([...payers, SEQUENCER].flatMap(balanceSlots));
  const mask = (value: Json): Json => {
    if (Array.isArray(value)) return (value as readonly Json[]).map(mask);
    if (typeof value !== 'object' || value === null) return value;
    const members = Object.fromEntries(Object.entries(value).map(([name, member]) => [name, mask(member)]));
    return maskDiff(maskCall(maskEvent(members)), slots);
  };
  return mask;
};

const balanceSlots = (account: bigint): string[] => {
  const base = hash.computePedersenHash(hash.starknetKeccak('ERC20_balances').toString(), toHex(account));
  const slot = BigInt(base) % ADDRESS_BOUND;
  return [toHex(slot), toHex(slot + 1n)];
};

/** A Transfer to the sequencer, emitted by STRK; in a trace it has an order in place of an address. */
const maskEvent = (members: Members): Members => {
  const { keys, data, from_address: from } = members;
  if (!Array.isArray(keys) || !Array.isArray(data)) return members;
  const isTransfer = keys[0] === toHex(selector('Transfer')) && keys[2] === toHex(SEQUENCER);
  const isStrk = from === undefined || from === toHex(STRK);
  return isTransfer && isStrk ? { ...members, data: MASKED } : members;
};

const maskCall = (members: Members): Members => {
  const { contract_address: to, entry_point_selector: entryPoint, calldata } = members;
  const isFee =
    to === toHex(STRK) &&
    entryPoint === toHex(selector('transfer')) &&
    Array.isArray(calldata) &&
    calldata[0] === toHex(SEQUENCER);
  return isFee ? { ...members, calldata: MASKED } : members;
};

const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

const maskDiff = (members: Members, slots: ReadonlySet<string>): Members => {
  const { address, storage_entries: entries } = members;
  if (!Array.isArray(entries)) return members;
  const isAll = address === toHex(BLOCK_HASH_CONTRACT);
  if (!isAll && address !== toHex(STRK)) return members;
  const maskEntry = (entry: Members): Members =>
    isAll || slots.has(textOf(entry['key'])) ? { ...entry, value: MASKED } : entry;
  return { ...members, storage_entries: (entries as readonly Members[]).map(maskEntry) };
};
