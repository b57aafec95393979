import type { AccountEvent } from '#libs/account';
import { type ClassHash, type Felt, feltToHex } from '#libs/felt';
import type { AccountFact, FactValue, LocatedEvent, OwnerGrant } from './account-block.ts';
import { allowedEntrypointsOf, type PolicyState, type SessionState } from './account-state.ts';

const NO_SUBJECT = { sessionKey: undefined, token: undefined } as const;

/** The fact that an event states, named as on the chain. A grant carries the owner's list where the calldata shows it. */
export const eventFact = (
  event: LocatedEvent,
  decoded: AccountEvent,
  ownerGrants: readonly OwnerGrant[],
): AccountFact => {
  const { kind, ...fields } = decoded;
  const { transactionIndex, transactionHash, eventIndex } = event;
  const sessionKey = 'sessionKey' in decoded ? decoded.sessionKey : undefined;
  const token = 'token' in decoded ? decoded.token : undefined;
  const list =
    decoded.kind === 'SessionKeyAdded' ? grantedList(event, decoded.sessionKey, ownerGrants) : undefined;
  return {
    origin: { type: 'EVENT', transactionIndex, transactionHash, eventIndex },
    kind,
    sessionKey,
    token,
    payload: { ...payloadOf(fields), ...(list ? { allowedEntrypoints: list.map(feltToHex) } : {}) },
  };
};

/** Only where one transaction grants a key once: with two grants the event does not say whose list it is. */
const grantedList = (
  event: LocatedEvent,
  sessionKey: bigint,
  ownerGrants: readonly OwnerGrant[],
): readonly Felt[] | undefined => {
  const grants = ownerGrants.filter(
    (grant) => grant.transactionIndex === event.transactionIndex && grant.sessionKey === sessionKey,
  );
  return grants.length === 1 ? grants[0]?.allowedEntrypoints : undefined;
};

/** Names that are felts; all other integers are quantities and are kept as decimals. */
const FELT_FIELDS = new Set(['sessionKey', 'token', 'to', 'selector', 'ownerGuid', 'classHash', 'agentId']);

/** Events whose layout differs from class to class keep their members by the names of the ABI, all as felts. */
const payloadOf = ({
  members,
  ...fields
}: Readonly<Record<string, unknown>> & { readonly members?: Members }): Record<string, FactValue> => ({
  ...fieldsOf(fields),
  ...Object.fromEntries(Object.entries(members ?? {}).map(([name, value]) => [name, hexOf(value)])),
});

type Members = Readonly<Record<string, bigint | readonly bigint[]>>;

const hexOf = (value: bigint | readonly bigint[]): FactValue =>
  typeof value === 'bigint' ? feltToHex(value) : value.map(feltToHex);

const fieldsOf = (fields: Readonly<Record<string, unknown>>): Record<string, FactValue> =>
  Object.fromEntries(
    Object.entries(fields)
      .filter(([name]) => name !== 'sessionKey' && name !== 'token')
      .map(([name, value]) => [name, valueOf(name, value)]),
  );

const valueOf = (name: string, value: unknown): FactValue => {
  if (typeof value === 'bigint') return FELT_FIELDS.has(name) ? feltToHex(value) : value.toString();
  if (typeof value === 'number') return value.toString();
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (Array.isArray(value))
    return value.map((item) => (typeof item === 'bigint' ? feltToHex(item) : String(item)));
  return null;
};

/** Derived from the state diff: what the four words of a key were and are. */
export const sessionFact = (before: SessionState | undefined, after: SessionState): AccountFact => ({
  origin: { type: 'DERIVED' },
  kind: 'SessionStateChanged',
  sessionKey: after.sessionKey,
  token: undefined,
  payload: {
    before: before ? sessionWords(before) : null,
    after: sessionWords(after),
    allowedEntrypoints: entrypointsOf(after),
  },
});

export const sessionWords = ({ data }: SessionState): string[] =>
  [data.validUntilSeconds, data.maxCalls, data.callsUsed, data.allowedEntrypointsLen].map(String);

export const entrypointsOf = (session: SessionState): FactValue =>
  allowedEntrypointsOf(session)?.map(feltToHex) ?? null;

/** Derived from the state diff: what a policy was and is: both caps, window, spent, window start. */
export const policyFact = (before: PolicyState | undefined, after: PolicyState): AccountFact => ({
  origin: { type: 'DERIVED' },
  kind: 'SpendingPolicyStateChanged',
  sessionKey: after.sessionKey,
  token: after.token,
  payload: { before: before ? policyWords(before) : null, after: policyWords(after) },
});

export const policyWords = ({ policy }: PolicyState): string[] =>
  [
    policy.maxPerCall,
    policy.maxPerWindow,
    policy.windowSeconds,
    policy.spentInWindow,
    policy.windowStartSeconds,
  ].map(String);

/** Derived from the state diff: the account was deployed or its class replaced. */
export const classFact = (before: ClassHash | undefined, after: ClassHash): AccountFact => ({
  origin: { type: 'DERIVED' },
  kind: before === undefined ? 'AccountDeployed' : 'AccountClassChanged',
  ...NO_SUBJECT,
  payload: { before: before === undefined ? null : feltToHex(before), after: feltToHex(after) },
});
