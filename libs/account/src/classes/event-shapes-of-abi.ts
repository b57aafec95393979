import { AccountError } from '../account.error.ts';
import { compileEventShapes } from '../events/event-shape.ts';
import type { EventMember, EventShape, EventShapes } from '../events/event-shape.ts';
import { lastSegment, parameters } from './abi.ts';
import type { AbiItem, AbiParameter, ParsedAbi } from './abi.ts';
import type { VisitAbi } from './abi-visits.ts';
import { EVENT_KIND_BY_NAME, nameMembers } from './event-members.ts';
import type { LayOutMembers } from './member-types.ts';
import { isStoredName } from './stored-name.ts';

/** Enums inside enums, deeper than any real ABI. */
const MAX_DEPTH = 8;
/** Events of ours in one class, counted by the paths that lead to them. */
const MAX_SHAPES = 300;

/** What the walk through one ABI needs at every step. */
interface Walk {
  readonly layOut: LayOutMembers;
  readonly visit: VisitAbi;
  readonly enums: ReadonlyMap<string, AbiItem>;
  readonly structs: ReadonlyMap<string, AbiItem>;
  /**
   * The events below an enum, their paths beginning there, by the event name that leads to it (mostly none): walked
   * once, however often the enum is named.
   */
  readonly known: Map<AbiItem, Map<string, readonly EventShape[]>>;
}

/**
 * Finds the events this room understands in an ABI of any generation, wherever a component put them:
 * Cairo 2 enums (a nested variant adds its selector to the keys, a flat one does not), Cairo 1 `inputs` and
 * Cairo 0 `keys` and `data` (one selector, and all members in data unless keys are listed).
 * @throws AccountError INVALID_ABI when there is too much of it, or a name on the way to an event cannot be kept.
 */
export const eventShapesOf = ({ events }: ParsedAbi, layOut: LayOutMembers, visit: VisitAbi): EventShapes => {
  const enums = new Map(events.filter(isEnum).map((item) => [String(item.name), item]));
  const structs = new Map(events.filter(isStruct).map((item) => [String(item.name), item]));
  const walk: Walk = { layOut, visit, enums, structs, known: new Map() };
  const referred = new Set(
    [...enums.values()].flatMap((item) => parameters(item.variants).map((variant) => variant.type)),
  );
  const roots = [...enums.values()].filter((item) => !referred.has(String(item.name)));
  // Under an enum, a struct that no variant names is never emitted on its own.
  const alone = events.filter((item) => !isEnum(item) && !(isStruct(item) && enums.size > 0));
  return compileEventShapes(
    bounded([
      ...roots.flatMap((item) => shapesBelow(walk, item, '', 0)),
      ...alone.flatMap((item) => shapesOfStruct(walk, item)),
    ]),
  );
};

const shapesOfStruct = (walk: Walk, item: AbiItem): EventShape[] => {
  const name = lastSegment(String(item.name));
  return shapeOf(walk, name, item).map((shape) => ({ ...shape, path: [name] }));
};

const shapesBelow = (walk: Walk, item: AbiItem, name: string, depth: number): readonly EventShape[] => {
  const byName = walk.known.get(item) ?? new Map<string, readonly EventShape[]>();
  walk.known.set(item, byName);
  const known = byName.get(name);
  if (known !== undefined) return known;
  if (depth > MAX_DEPTH) throw new AccountError('INVALID_ABI', 'enums of the ABI are nested too deep');
  // An enum that names itself ends here.
  byName.set(name, []);
  const shapes: EventShape[] = [];
  for (const variant of parameters(item.variants)) {
    shapes.push(...shapesOfVariant(walk, variant, name, depth));
    bounded(shapes);
  }
  byName.set(name, shapes);
  return shapes;
};

// The keys of a flat variant begin with what led to its enum: its own name is not among them.
const shapesOfVariant = (
  walk: Walk,
  variant: AbiParameter,
  nameAbove: string,
  depth: number,
): readonly EventShape[] => {
  walk.visit();
  const isFlat = variant.kind === 'flat';
  const name = isFlat ? nameAbove : variant.name;
  const inner = walk.enums.get(variant.type);
  const shapes =
    inner === undefined
      ? shapeOf(walk, name, walk.structs.get(variant.type))
      : shapesBelow(walk, inner, EVENT_KIND_BY_NAME.has(name) ? name : '', depth + 1);
  if (isFlat || shapes.length === 0) return shapes;
  if (!isStoredName(name)) throw new AccountError('INVALID_ABI', 'a name of an event is not a proper name');
  return shapes.map((shape) => ({ ...shape, path: [name, ...shape.path] }));
};

const bounded = (shapes: readonly EventShape[]): readonly EventShape[] => {
  if (shapes.length > MAX_SHAPES) throw new AccountError('INVALID_ABI', 'the ABI describes too many events');
  return shapes;
};

const isEnum = (item: AbiItem): boolean => item.kind === 'enum';
const isStruct = (item: AbiItem): boolean => item.kind === 'struct';

/** The event as its kind, its path still empty. */
const shapeOf = ({ layOut, visit }: Walk, name: string, item: AbiItem | undefined): EventShape[] => {
  visit();
  const kind = EVENT_KIND_BY_NAME.get(name);
  if (kind === undefined) return [];
  const unreadable = (reason: string): EventShape[] => [
    { kind, path: [], keys: [], data: [], unreadable: reason },
  ];
  if (item === undefined) return unreadable('the ABI does not describe it');
  const { keys, data } = splitMembers(item);
  const laidOutKeys = layOut(keys);
  const laidOutData = layOut(data);
  if (laidOutKeys === undefined || laidOutData === undefined)
    return unreadable('a member has no fixed layout');
  const laidOut = [...laidOutKeys, ...laidOutData];
  if (!laidOut.every((member) => isStoredName(member.name))) return unreadable('a member has no proper name');
  const { members, missing } = nameMembers(kind, laidOut);
  if (missing.length > 0) return unreadable(`no member for ${missing.join(', ')}`);
  return [{ kind, path: [], ...cut(members, laidOutKeys.length) }];
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
