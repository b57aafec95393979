import type { EventMemberType, EventShape, EventShapes } from '../events/event-shape.ts';
import { parseAbi } from './abi.ts';
import type { ParsedAbi } from './abi.ts';
import { countAbiVisits } from './abi-visits.ts';
import { eventShapesOf } from './event-shapes-of-abi.ts';
import { createMemberLayout } from './member-types.ts';
import type { LayOutMembers } from './member-types.ts';

/** What a class can do as far as its ABI tells: shapes and entry points, never rules. */
export interface ClassCapabilities {
  /** Grants, revokes and reads session keys in the standard's shape, and its events can be read. */
  readonly sessions: boolean;
  /** Sets, removes and reads spending policies in the standard's shape, and its events can be read. */
  readonly policies: boolean;
  readonly outsideExecutionV2: boolean;
  /** `get_session_data` answers 4 felts: u64, u32, u32, u32. */
  readonly fourWordSessionData: boolean;
  /** The whitelist can be read by view; otherwise calldata or storage must tell. */
  readonly entrypointViews: boolean;
  /** The class stores which session message it asks for. */
  readonly signatureModeView: boolean;
  readonly upgradable: boolean;
  /** What is absent or differs, by name: for the reason an account is refused. */
  readonly missing: readonly string[];
  readonly eventShapes: EventShapes;
}

type Layout = readonly EventMemberType[];

const SESSION_ENTRYPOINTS: Readonly<Record<string, Layout>> = {
  add_or_update_session_key: ['felt', 'u64', 'u32', 'felts'],
  revoke_session_key: ['felt'],
  get_session_data: ['felt'],
};

const POLICY_ENTRYPOINTS: Readonly<Record<string, Layout>> = {
  set_spending_policy: ['felt', 'address', 'u256', 'u256', 'u64'],
  remove_spending_policy: ['felt', 'address'],
  get_spending_policy: ['felt', 'address'],
};

const SESSION_DATA: Layout = ['u64', 'u32', 'u32', 'u32'];
const SPENDING_POLICY: Layout = ['u256', 'u256', 'u64', 'u256', 'u64'];

/**
 * Looks at an ABI (any generation; the JSON or its text) for what the standard needs. It settles shapes and entry
 * points only: which rules a class follows is known by class hash with evidence, or not at all.
 * @throws AccountError INVALID_ABI when it is no ABI, or one too large or too entangled to be an account's.
 */
export const probeAbi = (abi: unknown): ClassCapabilities => {
  const parsed = parseAbi(abi);
  const visit = countAbiVisits();
  const layOut = createMemberLayout(parsed.structs, visit);
  const eventShapes = eventShapesOf(parsed, layOut, visit);
  const sessionData = viewFaults(parsed, layOut, 'get_session_data', SESSION_DATA);
  const sessionFaults = [
    ...entrypointFaults(parsed, layOut, SESSION_ENTRYPOINTS),
    ...sessionData,
    ...eventFaults(eventShapes, ['SessionKeyAdded', 'SessionKeyRevoked']),
  ];
  const policyFaults = [
    ...entrypointFaults(parsed, layOut, POLICY_ENTRYPOINTS),
    ...viewFaults(parsed, layOut, 'get_spending_policy', SPENDING_POLICY),
    ...eventFaults(eventShapes, ['SpendingPolicySet', 'SpendingPolicyRemoved']),
  ];
  const has = (name: string): boolean => parsed.functions.has(name);
  return {
    sessions: sessionFaults.length === 0,
    policies: policyFaults.length === 0,
    outsideExecutionV2: has('execute_from_outside_v2'),
    fourWordSessionData: has('get_session_data') && sessionData.length === 0,
    entrypointViews: has('get_session_allowed_entrypoints_len') && has('get_session_allowed_entrypoint_at'),
    signatureModeView: has('get_session_signature_mode'),
    upgradable: has('upgrade') || has('schedule_upgrade'),
    missing: [...sessionFaults, ...policyFaults],
    eventShapes,
  };
};

const entrypointFaults = (
  abi: ParsedAbi,
  layOut: LayOutMembers,
  wanted: Readonly<Record<string, Layout>>,
): string[] =>
  Object.entries(wanted).flatMap(([name, layout]) => {
    const entrypoint = abi.functions.get(name);
    if (entrypoint === undefined) return [name];
    return isLaidOutAs(layOut(entrypoint.inputs), layout) ? [] : [`${name} (other arguments)`];
  });

const viewFaults = (abi: ParsedAbi, layOut: LayOutMembers, name: string, layout: Layout): string[] => {
  const view = abi.functions.get(name);
  return view === undefined || isLaidOutAs(layOut(view.outputs), layout) ? [] : [`${name} (other answer)`];
};

const isLaidOutAs = (members: ReturnType<LayOutMembers>, layout: Layout): boolean =>
  members?.length === layout.length && members.every(({ type }, index) => type === layout[index]);

const eventFaults = ({ shapes }: EventShapes, kinds: readonly EventShape['kind'][]): string[] =>
  kinds.flatMap((kind) => {
    const shape = shapes.find((candidate) => candidate.kind === kind);
    if (shape === undefined) return [`event ${kind}`];
    return shape.unreadable === undefined ? [] : [`event ${kind} (${shape.unreadable})`];
  });
