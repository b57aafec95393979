import { type Felt, selectorOf } from '#libs/felt';
import type { AccountEventKind, EventShapes } from './event-shape.ts';

/** Events that grant, revoke and limit session keys: they say which keys and policies an account has. */
export const SESSION_EVENT_KINDS: readonly AccountEventKind[] = [
  'SessionKeyAdded',
  'SessionKeyRevoked',
  'SpendingPolicySet',
  'SpendingPolicyRemoved',
];

/**
 * First keys under which any of the classes emits these kinds, for a node's key filter. A class that nests its events
 * in a component is found by the component's selector, so other events of that component are found as well.
 */
export const eventSelectors = (
  kinds: readonly AccountEventKind[],
  classes: readonly EventShapes[],
): readonly Felt[] => {
  const roots = classes.flatMap(({ shapes }) =>
    shapes.flatMap(({ kind, path: [root] }) => (root !== undefined && kinds.includes(kind) ? [root] : [])),
  );
  return [...new Set(roots)].map(selectorOf);
};
