import type { EventMember, EventMemberType } from '../events/event-shape.ts';
import { lastSegment } from './abi.ts';
import type { AbiParameter, ParsedAbi } from './abi.ts';

/** Structs inside structs, deeper than any real ABI. */
const MAX_DEPTH = 8;

const BY_NAME: Readonly<Record<string, EventMemberType>> = {
  felt: 'felt',
  felt252: 'felt',
  bytes31: 'felt',
  EthAddress: 'felt',
  bool: 'bool',
  u8: 'u8',
  u16: 'u16',
  u32: 'u32',
  usize: 'u32',
  u64: 'u64',
  u128: 'u128',
  u256: 'u256',
  Uint256: 'u256',
  ContractAddress: 'address',
  ClassHash: 'classHash',
};

/**
 * Lays a member out in felts: one entry, or one for each member of a struct (`outer.inner`). Nothing for a type
 * whose length in felts cannot be told from the ABI.
 */
const layOutMember = (
  member: AbiParameter,
  structs: ParsedAbi['structs'],
  depth = 0,
): EventMember[] | undefined => {
  const name = lastSegment(member.type);
  const type = listType(name) ?? BY_NAME[name];
  if (type !== undefined) return [{ name: member.name, type }];
  const members = structs.get(member.type);
  if (members === undefined || depth >= MAX_DEPTH) return undefined;
  return layOutMembers(members, structs, depth + 1)?.map((inner) => ({
    ...inner,
    name: `${member.name}.${inner.name}`,
  }));
};

/** Lays out all members in order, or nothing where one of them cannot be. */
export const layOutMembers = (
  members: readonly AbiParameter[],
  structs: ParsedAbi['structs'],
  depth = 0,
): EventMember[] | undefined => {
  const laidOut: EventMember[] = [];
  for (const member of members) {
    const entries = layOutMember(member, structs, depth);
    if (entries === undefined) return undefined;
    laidOut.push(...entries);
  }
  return laidOut;
};

const ONE_FELT = new Set(['felt', 'felt252', 'ContractAddress', 'ClassHash']);

const listType = (name: string): 'felts' | undefined => {
  const item = /^(?:Array|Span)::<(.+)>$/.exec(name)?.[1];
  return item !== undefined && ONE_FELT.has(lastSegment(item)) ? 'felts' : undefined;
};
