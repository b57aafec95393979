import { DatabaseError } from '#libs/database';
import type { JsonObject, JsonValue, NewFact } from './fact.ts';
import { feltToHex } from '#libs/felt';
import type { StoredFact } from './projection.ts';

/**
 * A fact that says what stands in place of others of its account and block, which stay as they are: facts are never
 * changed. Payload: { replaces: [kind...], facts: [{ transactionIndex, eventIndex, transactionHash, kind, sessionKey,
 * token, payload }...] }. Of several in a block the last one counts.
 */
export const FACTS_CORRECTED = 'FactsCorrected';

/** Corrections stand behind everything else that is derived of a block. */
export const CORRECTION_ORDINAL = 2_100_000_000;

/** What of a block's facts has to be read in place of what. */
export interface Correction {
  readonly replaces: readonly string[];
  readonly facts: readonly NewFact[];
}

export const correctionPayload = ({ replaces, facts }: Correction): JsonObject => ({
  replaces,
  facts: facts.map((fact) => ({
    transactionIndex: fact.transactionIndex,
    eventIndex: fact.eventIndex,
    transactionHash: fact.transactionHash === undefined ? null : feltToHex(fact.transactionHash),
    kind: fact.kind,
    sessionKey: fact.sessionKey === undefined ? null : feltToHex(fact.sessionKey),
    token: fact.token === undefined ? null : feltToHex(fact.token),
    payload: fact.payload,
  })),
});

/** The facts of an account in a block as they count, in order. @throws DatabaseError FACT_MALFORMED */
export const withCorrections = (facts: readonly StoredFact[]): readonly StoredFact[] => {
  const correction = facts.findLast(({ kind }) => kind === FACTS_CORRECTED);
  if (correction === undefined) return facts;
  const { replaces, facts: instead } = readCorrection(correction);
  return [...facts.filter(({ kind }) => !replaces.has(kind)), ...instead].sort(
    (a, b) => a.transactionIndex - b.transactionIndex || a.eventIndex - b.eventIndex,
  );
};

const readCorrection = (
  fact: StoredFact,
): { replaces: ReadonlySet<string>; facts: readonly StoredFact[] } => {
  const { replaces, facts } = fact.payload;
  if (!Array.isArray(replaces) || !Array.isArray(facts)) throw malformed(fact);
  return {
    replaces: new Set(replaces.map((kind) => textOf(kind, fact))),
    facts: facts.map((value) => correctedFact(value as JsonValue, fact)),
  };
};

const correctedFact = (value: JsonValue, correction: StoredFact): StoredFact => {
  const { account, blockNumber, blockHash } = correction;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed(correction);
  const { transactionIndex, eventIndex, payload, ...rest } = value as JsonObject;
  if (typeof transactionIndex !== 'number' || typeof eventIndex !== 'number') throw malformed(correction);
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) throw malformed(correction);
  const orNull = (text: JsonValue | undefined): string | null =>
    text === null ? null : textOf(text, correction);
  return {
    account,
    blockNumber,
    blockHash,
    transactionIndex,
    eventIndex,
    transactionHash: orNull(rest['transactionHash']),
    kind: textOf(rest['kind'], correction),
    sessionKey: orNull(rest['sessionKey']),
    token: orNull(rest['token']),
    payload: payload as JsonObject,
  };
};

const textOf = (value: unknown, fact: StoredFact): string => {
  if (typeof value !== 'string') throw malformed(fact);
  return value;
};

const malformed = ({ account, blockNumber }: StoredFact): DatabaseError =>
  new DatabaseError('FACT_MALFORMED', `a correction of ${account} in block ${blockNumber} cannot be read`);
