import { AccountError } from '../account.error.ts';
import type { EventMember, EventMemberType } from '../events/event-shape.ts';
import { lastSegment } from './abi.ts';
import type { AbiParameter, ParsedAbi } from './abi.ts';
import type { VisitAbi } from './abi-visits.ts';

/** Structs inside structs, deeper than any real ABI. */
const MAX_DEPTH = 8;
/** Members of one event or argument list, those of its structs included. */
const MAX_MEMBERS = 300;

const BY_NAME: ReadonlyMap<string, EventMemberType> = new Map(
  Object.entries({
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
  } as const),
);

/**
 * Lays all members out in felts, in order: one entry each, or one for each member of a struct (`outer.inner`).
 * Nothing where the length of one of them cannot be told from the ABI.
 */
export type LayOutMembers = (members: readonly AbiParameter[]) => readonly EventMember[] | undefined;

/** Each struct is laid out once, however often it is named: structs of two members double with every level. */
export const createMemberLayout = (structs: ParsedAbi['structs'], visit: VisitAbi): LayOutMembers => {
  const known = new Map<string, readonly EventMember[] | undefined>();

  const layOutStruct = (type: string, depth: number): readonly EventMember[] | undefined => {
    if (known.has(type)) return known.get(type);
    const members = structs.get(type);
    if (members === undefined) return undefined;
    if (depth >= MAX_DEPTH) throw new AccountError('INVALID_ABI', 'structs of the ABI are nested too deep');
    // A struct that holds itself meets this and has no layout.
    known.set(type, undefined);
    const laidOut = layOut(members, depth + 1);
    known.set(type, laidOut);
    return laidOut;
  };

  const layOutMember = (member: AbiParameter, depth: number): readonly EventMember[] | undefined => {
    visit();
    const name = lastSegment(member.type);
    const type = listType(name) ?? BY_NAME.get(name);
    if (type !== undefined) return [{ name: member.name, type }];
    return layOutStruct(member.type, depth)?.map((inner) => ({
      ...inner,
      name: `${member.name}.${inner.name}`,
    }));
  };

  const layOut = (members: readonly AbiParameter[], depth: number): EventMember[] | undefined => {
    const laidOut: EventMember[] = [];
    for (const member of members) {
      const entries = layOutMember(member, depth);
      if (entries === undefined) return undefined;
      if (laidOut.length + entries.length > MAX_MEMBERS) {
        throw new AccountError('INVALID_ABI', 'the ABI describes a list of too many members');
      }
      laidOut.push(...entries);
    }
    return laidOut;
  };

  return (members) => layOut(members, 0);
};

const ONE_FELT = new Set(['felt', 'felt252', 'ContractAddress', 'ClassHash']);

const listType = (name: string): 'felts' | undefined => {
  const item = /^(?:Array|Span)::<(.+)>$/.exec(name)?.[1];
  return item !== undefined && ONE_FELT.has(lastSegment(item)) ? 'felts' : undefined;
};
