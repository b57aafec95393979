import type { ClassProfile } from '#libs/account';
import { parseAddress, parseFelt } from '#libs/felt';
import {
  type AnswerBlock,
  type Finding,
  findingsOfKey,
  policyChangeKinds,
  type PolicyPoint,
  sessionChangeKinds,
  type SessionPoint,
  watchedRules,
} from '#libs/sessions';
import { type Change, OVERHEAD, type Subject, type Told } from './change.ts';
import type { MadeRow, PolicyJson, SessionJson, TouchedRow } from './feed.statement.ts';
import { comparePlaces, type Place } from './position.ts';

/** What is known of the class with a hash, as printed. */
export type ProfileOf = (classHash: string | null) => ClassProfile | undefined;

/** The changes that a row of a canonical block stands for, in order. */
export const changesOfRow = (row: MadeRow, profileOf: ProfileOf): readonly Change[] => {
  const told: (readonly [Place, Told])[] = [];
  if (row.session) told.push([placeOf(row, '', 'SESSION'), sessionTold(row)]);
  for (const token of row.tokens ?? []) told.push([placeOf(row, token, 'POLICY'), policyTold(row, token)]);
  const findings = row.session_key === '' ? accountFindings(row) : keyFindings(row, profileOf);
  if (findings !== undefined) told.push([placeOf(row, '', 'FINDING'), findings]);
  return told
    .toSorted(([a], [b]) => comparePlaces(a, b))
    .map(([place, one]) => changeOf(row, place, one, true));
};

/**
 * What is to be taken back where a reorganisation left the block of a row: the last first. Of a session key a finding may have been
 * told or not: which, is not known any more, so it is taken back in any case.
 */
export const retractionsOfRow = (row: TouchedRow): readonly Change[] => {
  const places: Place[] = (row.tokens ?? []).map((token) => placeOf(row, token, 'POLICY'));
  if (row.session) places.push(placeOf(row, '', 'SESSION'));
  if (row.session_key !== '' || row.class_changed || row.owner_changed)
    places.push(placeOf(row, '', 'FINDING'));
  return places
    .toSorted((a, b) => comparePlaces(b, a))
    .map((place) => changeOf(row, place, { kind: 'RETRACTED' }, false));
};

const placeOf = ({ account, session_key }: TouchedRow, token: string, subject: Subject): Place => [
  account,
  session_key,
  token,
  subject,
];

const changeOf = (row: TouchedRow, place: Place, told: Told, inclusive: boolean): Change => ({
  block: blockOf(row),
  ...{ place, told },
  position: { blockNumber: row.block_number, blockHash: row.block_hash, upTo: place, inclusive },
  size: OVERHEAD + sizeOf(told),
});

const FELT_SIZE = 70;
const FINDING_SIZE = 300;

const sizeOf = (told: Told): number => {
  switch (told.kind) {
    case 'SESSION':
      return (told.after?.allowedEntrypoints?.length ?? 0) * FELT_SIZE;
    case 'FINDING':
      return (told.appeared.length + told.ended.length) * FINDING_SIZE;
    case 'POLICY':
    case 'RETRACTED':
    case 'FINALIZED':
      return 0;
  }
};

const blockOf = (row: TouchedRow): AnswerBlock => ({
  blockNumber: row.block_number,
  blockHash: parseFelt(row.block_hash),
  timestampSeconds: BigInt(row.timestamp_seconds),
  finality: row.finality,
});

const sessionTold = ({ unread, before, after }: MadeRow): Told => {
  const [from, to] = unread ? [undefined, undefined] : [sessionPoint(before), sessionPoint(after)];
  return { kind: 'SESSION', changes: sessionChangeKinds(from, to), after: to };
};

const sessionPoint = (json: SessionJson | null): SessionPoint | undefined =>
  json === null
    ? undefined
    : {
        data: {
          validUntilSeconds: BigInt(json.validUntil),
          maxCalls: BigInt(json.maxCalls),
          callsUsed: BigInt(json.callsUsed),
          allowedEntrypointsLen: BigInt(json.listLength),
        },
        allowedEntrypoints: json.list?.map(parseFelt),
        lifecycle: json.lifecycle,
        lifecycleBlock: Number(json.lifecycleBlock),
        lifecycleTransaction: json.lifecycleTx === null ? undefined : parseFelt(json.lifecycleTx),
        policies: [],
      };

const policyTold = (row: MadeRow, token: string): Told => {
  const find = (policies: readonly PolicyJson[]) =>
    row.unread ? undefined : policyPoint(policies.find((policy) => policy.token === token));
  const [before, after] = [find(row.policies_before), find(row.policies_after)];
  return {
    kind: 'POLICY',
    changes: policyChangeKinds(before, after, spentIn(before, after)),
    after,
    classHash: row.class_hash ?? undefined,
    decimals: row.decimals?.[token] ?? null,
  };
};

const policyPoint = (json: PolicyJson | undefined): PolicyPoint | undefined =>
  json && {
    policy: {
      maxPerCall: BigInt(json.maxPerCall),
      maxPerWindow: BigInt(json.maxPerWindow),
      windowSeconds: BigInt(json.windowSeconds),
      spentInWindow: BigInt(json.spentInWindow),
      windowStartSeconds: BigInt(json.windowStartSeconds),
    },
    lifecycle: json.lifecycle,
    lifecycleBlock: Number(json.lifecycleBlock),
  };

/** Above 0 where storage shows that something was spent; how much, nobody can tell where the owner set the policy in the same block. */
const spentIn = (before: PolicyPoint | undefined, after: PolicyPoint | undefined): bigint | undefined => {
  if (after === undefined) return undefined;
  const { spentInWindow, windowStartSeconds } = after.policy;
  const goesOn =
    before !== undefined &&
    before.lifecycleBlock === after.lifecycleBlock &&
    before.policy.windowStartSeconds === windowStartSeconds;
  return goesOn ? spentInWindow - before.policy.spentInWindow : spentInWindow;
};

/** Only what the words of the block made: both sides are judged at its time, so that a key which merely ran out is no change. */
const keyFindings = (row: MadeRow, profileOf: ProfileOf): Told | undefined => {
  if (row.unread) return undefined;
  const rules = watchedRules(profileOf(row.class_hash));
  const nowSeconds = BigInt(row.timestamp_seconds);
  const find = (session: SessionJson | null, policies: readonly PolicyJson[]): readonly Finding[] => {
    const point = sessionPoint(session);
    if (session === null || point === undefined) return [];
    const revokedBefore = session.revokedBefore;
    const watched = {
      session: point,
      revokedBeforeInBlock: revokedBefore === null ? undefined : Number(revokedBefore),
      policies: policies
        .filter(isInForce)
        .map((policy) => ({ token: parseAddress(policy.token), ...required(policy) })),
    };
    return findingsOfKey(watched, rules, nowSeconds);
  };
  const [before, after] = [find(row.before, row.policies_before), find(row.after, row.policies_after)];
  const [appeared, ended] = [without(after, before), without(before, after)];
  return appeared.length + ended.length === 0 ? undefined : { kind: 'FINDING', appeared, ended };
};

/** Storage decides: a policy that limits is in force whatever the last event said. */
const isInForce = ({ lifecycle, maxPerWindow }: PolicyJson): boolean =>
  lifecycle === 'SET' || BigInt(maxPerWindow) !== 0n;

const required = (json: PolicyJson): PolicyPoint => {
  const point = policyPoint(json);
  if (point === undefined) throw new Error('there is a policy');
  return point;
};

const without = (found: readonly Finding[], others: readonly Finding[]): readonly Finding[] => {
  const names = new Set(others.map(nameOfFinding));
  return found.filter((finding) => !names.has(nameOfFinding(finding)));
};

const nameOfFinding = ({ code, token, selector }: Finding): string => `${code} ${token} ${selector}`;

/** Of the account as a whole; undefined: nothing that its facts say. */
const accountFindings = ({ class_changed, owner_changed, block_number }: MadeRow): Told | undefined => {
  const appeared: Finding[] = [];
  if (class_changed) appeared.push({ code: 'CLASS_UPGRADED', sinceBlock: block_number });
  if (owner_changed) appeared.push({ code: 'OWNER_CHANGED', sinceBlock: block_number });
  return appeared.length === 0 ? undefined : { kind: 'FINDING', appeared, ended: [] };
};
