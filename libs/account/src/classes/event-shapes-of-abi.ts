import { compileEventShapes } from '../events/event-shape.ts';
import type { EventMember, EventShape, EventShapes } from '../events/event-shape.ts';
import { lastSegment, parameters } from './abi.ts';
import type { AbiItem, AbiParameter, ParsedAbi } from './abi.ts';
import { EVENT_KIND_BY_NAME, nameMembers } from './event-members.ts';
import { layOutMembers } from './member-types.ts';

/** Enums inside enums, deeper than any real ABI, so that an ABI that names itself ends. */
const MAX_DEPTH = 8;

/**
 * Finds the events this room understands in an ABI of any generation, wherever a component put them:
 * Cairo 2 enums (a nested variant adds its selector to the keys, a flat one does not), Cairo 1 `inputs` and
 * Cairo 0 `keys` and `data` (one selector, and all members in data unless keys are listed).
 */
export const eventShapesOf = (abi: ParsedAbi): EventShapes => {
  const { events } = abi;
  const enums = new Map(events.filter(isEnum).map((item) => [String(item.name), item]));
  const structs = new Map(events.filter(isStruct).map((item) => [String(item.name), item]));
  const referred = new Set(
    [...enums.values()].flatMap((item) => parameters(item.variants).map((variant) => variant.type)),
  );
  const walk = (item: AbiItem, path: readonly string[], depth: number): EventShape[] =>
    parameters(item.variants).flatMap((variant) => {
      const inner = enums.get(variant.type);
      const innerPath = variant.kind === 'flat' ? path : [...path, variant.name];
      if (inner !== undefined) return depth < MAX_DEPTH ? walk(inner, innerPath, depth + 1) : [];
      return shapeOf(abi, innerPath, structs.get(variant.type));
    });
  const roots = [...enums.values()].filter((item) => !referred.has(String(item.name)));
  // Under an enum, a struct that no variant names is never emitted on its own.
  const alone = events.filter((item) => !isEnum(item) && !(isStruct(item) && enums.size > 0));
  return compileEventShapes([
    ...roots.flatMap((item) => walk(item, [], 0)),
    ...alone.flatMap((item) => shapeOf(abi, [lastSegment(String(item.name))], item)),
  ]);
};

const isEnum = (item: AbiItem): boolean => item.kind === 'enum';
const isStruct = (item: AbiItem): boolean => item.kind === 'struct';

const shapeOf = (abi: ParsedAbi, path: readonly string[], item: AbiItem | undefined): EventShape[] => {
  const kind = EVENT_KIND_BY_NAME.get(path.at(-1) ?? '');
  if (kind === undefined) return [];
  const unreadable = (reason: string): EventShape[] => [
    { kind, path, keys: [], data: [], unreadable: reason },
  ];
  if (item === undefined) return unreadable('the ABI does not describe it');
  const { keys, data } = splitMembers(item);
  const laidOutKeys = layOutMembers(keys, abi.structs);
  const laidOutData = layOutMembers(data, abi.structs);
  if (laidOutKeys === undefined || laidOutData === undefined)
    return unreadable('a member has no fixed layout');
  const { members, missing } = nameMembers(kind, [...laidOutKeys, ...laidOutData]);
  if (missing.length > 0) return unreadable(`no member for ${missing.join(', ')}`);
  return [{ kind, path, ...cut(members, laidOutKeys.length) }];
};

const cut = (members: readonly EventMember[], keys: number) => ({
  keys: members.slice(0, keys),
  data: members.slice(keys),
});

const splitMembers = (item: AbiItem): { keys: AbiParameter[]; data: AbiParameter[] } => {
  if (isStruct(item)) {
    const members = parameters(item.members);
    return {
      keys: members.filter((member) => member.kind === 'key'),
      data: members.filter((member) => member.kind !== 'key'),
    };
  }
  return { keys: parameters(item.keys), data: [...parameters(item.data), ...parameters(item.inputs)] };
};
