import type { Felt } from '#libs/felt';
import { selectorOf } from '#libs/felt';

/** How one member of an event is written in felts. `felts` is a count and that many; u256 is two; all else one. */
export type EventMemberType =
  | 'felt'
  | 'bool'
  | 'u8'
  | 'u16'
  | 'u32'
  | 'u64'
  | 'u128'
  | 'u256'
  | 'address'
  | 'classHash'
  | 'felts';

/** One member of an event, in the order of its felts. */
export interface EventMember {
  /** Our name for the member (sessionKey, token ...), or the ABI's where we have none. */
  readonly name: string;
  readonly type: EventMemberType;
}

/** The events this room understands. Facts carry the same names. */
export type AccountEventKind =
  | 'SessionKeyAdded'
  | 'SessionKeyRevoked'
  | 'SpendingPolicySet'
  | 'SpendingPolicyRemoved'
  | 'CallFailed'
  | 'SessionSignatureModeUpdated'
  | 'OwnerAdded'
  | 'OwnerRemoved'
  | 'Upgraded'
  | 'UpgradeScheduled'
  | 'UpgradeExecuted'
  | 'UpgradeCancelled'
  | 'AgentIdSet';

/** Where each member of one event stands in a class. Plain data: it can be stored as JSON. */
export interface EventShape {
  readonly kind: AccountEventKind;
  /** Names whose selectors open the keys: one for a flat event, more below nested components. */
  readonly path: readonly string[];
  /** Members after the selectors, in order. */
  readonly keys: readonly EventMember[];
  readonly data: readonly EventMember[];
  /** Why the class's layout cannot be read as this event. Such an event is malformed, never skipped. */
  readonly unreadable?: string;
}

/** Shapes with their selectors worked out, for the decoder. Build once for each class, with `compileEventShapes`. */
export interface EventShapes {
  readonly shapes: readonly EventShape[];
  readonly roots: ReadonlyMap<bigint, ShapeNode>;
  /** First keys, for a node's key filter. */
  readonly selectors: readonly Felt[];
}

/** One step along the selectors that open an event's keys. */
export interface ShapeNode {
  shape?: EventShape;
  readonly next: Map<bigint, ShapeNode>;
}

/** Works out the selectors of shapes. Two shapes of one path: the first stays. */
export const compileEventShapes = (shapes: readonly EventShape[]): EventShapes => {
  const roots = new Map<bigint, ShapeNode>();
  for (const shape of shapes) {
    let level = roots;
    let node: ShapeNode | undefined;
    for (const name of shape.path) {
      const selector = selectorOf(name);
      node = level.get(selector) ?? { next: new Map() };
      level.set(selector, node);
      level = node.next;
    }
    if (node !== undefined) node.shape ??= shape;
  }
  return { shapes, roots, selectors: [...roots.keys()].map((selector) => selector as Felt) };
};
