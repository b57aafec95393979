import type { Address, ClassHash, Felt, SessionKey } from '#libs/felt';
import { AccountError } from '../account.error.ts';
import type { RawEvent } from '../account.types.ts';
import { FeltReader } from '../felt-reader.ts';
import type { AccountEvent } from './account-event.ts';
import type { EventMember, EventShape, EventShapes, ShapeNode } from './event-shape.ts';

/**
 * Decodes an event by the shapes of the class that emitted it. Gives nothing for an event that is not ours: its
 * selectors are not among the shapes. Strict: every felt is read, each in the range of its type.
 * @throws AccountError EVENT_MALFORMED when the selectors are ours and the felts do not fit the shape.
 */
export const decodeAccountEvent = (event: RawEvent, { roots }: EventShapes): AccountEvent | undefined => {
  const { keys, data } = event;
  const [first] = keys;
  let node: ShapeNode | undefined = first === undefined ? undefined : roots.get(first);
  if (node === undefined) return undefined;
  let depth = 1;
  for (let key = keys[depth]; key !== undefined && node.next.size > 0; key = keys[depth]) {
    const next: ShapeNode | undefined = node.next.get(key);
    if (next === undefined) break;
    node = next;
    depth += 1;
  }
  return node.shape === undefined ? undefined : decodeShape(node.shape, keys.slice(depth), data);
};

const decodeShape = (shape: EventShape, keys: readonly Felt[], data: readonly Felt[]): AccountEvent => {
  if (shape.unreadable !== undefined) throw malformed(shape, shape.unreadable);
  const values: Values = {};
  try {
    readMembers(shape.keys, keys, values);
    readMembers(shape.data, data, values);
    return toEvent(shape.kind, values);
  } catch (cause) {
    if (cause instanceof AccountError) throw malformed(shape, cause.message, cause);
    throw cause;
  }
};

type Values = Record<string, bigint | readonly bigint[]>;

const readMembers = (members: readonly EventMember[], felts: readonly Felt[], into: Values): void => {
  const reader = new FeltReader(felts, 'EVENT_MALFORMED');
  for (const member of members) into[member.name] = readMember(member, reader);
  reader.end();
};

const readMember = ({ name, type }: EventMember, reader: FeltReader): bigint | readonly bigint[] => {
  if (name === 'sessionKey') return reader.sessionKey(name);
  if (name === 'token') return reader.address(name);
  return type === 'address' ? reader.addressOrZero(name) : reader[type](name);
};

// The shapes are compiled with every member a kind needs, so a value is there and is no list.
const toEvent = (kind: EventShape['kind'], values: Values): AccountEvent => {
  const value = (name: string): bigint => values[name] as bigint;
  const sessionKey = values['sessionKey'] as SessionKey;
  const token = values['token'] as Address;
  switch (kind) {
    case 'SessionKeyAdded':
      return { kind, sessionKey, validUntilSeconds: value('validUntilSeconds'), maxCalls: value('maxCalls') };
    case 'SessionKeyRevoked':
      return { kind, sessionKey };
    case 'SpendingPolicySet': {
      const maxPerCall = value('maxPerCall');
      const maxPerWindow = value('maxPerWindow');
      return { kind, sessionKey, token, maxPerCall, maxPerWindow, windowSeconds: value('windowSeconds') };
    }
    case 'SpendingPolicyRemoved':
      return { kind, sessionKey, token };
    case 'CallFailed':
      return {
        kind,
        callIndex: Number(value('callIndex')),
        to: value('to') as Address,
        selector: value('selector') as Felt,
      };
    case 'SessionSignatureModeUpdated':
      return { kind, oldMode: value('oldMode'), newMode: value('newMode') };
    case 'OwnerAdded':
    case 'OwnerRemoved':
      return { kind, ownerGuid: value('ownerGuid') as Felt };
    case 'Upgraded':
      return { kind, classHash: value('classHash') as ClassHash };
    case 'UpgradeScheduled':
    case 'UpgradeExecuted':
    case 'UpgradeCancelled':
    case 'AgentIdSet':
      return { kind, members: values };
  }
};

const malformed = (shape: EventShape, reason: string, cause?: unknown): AccountError =>
  new AccountError('EVENT_MALFORMED', `${shape.kind}: ${reason}`, { cause });
