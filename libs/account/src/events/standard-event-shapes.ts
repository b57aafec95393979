import type { Felt } from '#libs/felt';
import { selectorOf } from '#libs/felt';
import { compileEventShapes } from './event-shape.ts';
import type { AccountEventKind, EventMember, EventMemberType, EventShape } from './event-shape.ts';

const members = (types: Record<string, EventMemberType>): EventMember[] =>
  Object.entries(types).map(([name, type]) => ({ name, type }));

const shape = (
  kind: AccountEventKind,
  keys: Record<string, EventMemberType>,
  data: Record<string, EventMemberType> = {},
): EventShape => ({ kind, path: [kind], keys: members(keys), data: members(data) });

/**
 * The layouts of SNIP-163 accounts as published: Chipi's and the agentic account's, with OpenZeppelin's owner and
 * upgrade events. A class may differ: take its own from `probeAbi`.
 */
export const STANDARD_EVENT_SHAPES = compileEventShapes([
  shape('SessionKeyAdded', { sessionKey: 'felt' }, { validUntilSeconds: 'u64', maxCalls: 'u32' }),
  shape('SessionKeyRevoked', { sessionKey: 'felt' }),
  shape(
    'SpendingPolicySet',
    { sessionKey: 'felt', token: 'address' },
    { maxPerCall: 'u256', maxPerWindow: 'u256', windowSeconds: 'u64' },
  ),
  shape('SpendingPolicyRemoved', { sessionKey: 'felt', token: 'address' }),
  shape('CallFailed', { callIndex: 'u32' }, { to: 'address', selector: 'felt' }),
  shape('SessionSignatureModeUpdated', {}, { oldMode: 'u8', newMode: 'u8' }),
  shape('OwnerAdded', { ownerGuid: 'felt' }),
  shape('OwnerRemoved', { ownerGuid: 'felt' }),
  shape('Upgraded', {}, { classHash: 'classHash' }),
]);

/** First keys of the events that grant, revoke and limit session keys: the key filter that finds accounts. */
export const SESSION_EVENT_SELECTORS: readonly Felt[] = [
  'SessionKeyAdded',
  'SessionKeyRevoked',
  'SpendingPolicySet',
  'SpendingPolicyRemoved',
].map(selectorOf);
