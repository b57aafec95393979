import { FeltError, parseAddress, parseFelt, type SessionKey, U256_MAX, U64_MAX } from '#libs/felt';
import type { Address, Felt } from '#libs/felt';
import type { Authority } from '../movements/authority.ts';
import type { SessionUse, TokenMovement, TransactionPlace, UseDebit, UsedCall } from './ledger.types.ts';
import { SpendingError, type SpendingErrorCode } from '../spending.error.ts';

/** A fact of an account with the place of its event, live or read back. */
export interface PlacedFact extends TransactionPlace {
  readonly eventIndex: number;
  readonly kind: string;
  readonly sessionKey: SessionKey | undefined;
  readonly token: Address | undefined;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** @throws SpendingError MOVEMENT_FACT_MALFORMED */
export const parseMovement = (fact: PlacedFact, account: Address): TokenMovement =>
  strictly('MOVEMENT_FACT_MALFORMED', fact, () => {
    const { payload, token } = fact;
    const from = parseFelt(payload['from']);
    const to = parseFelt(payload['to']);
    if (token === undefined || (from !== account && to !== account))
      throw fault('neither end is the account');
    return {
      ...placeOf(fact),
      eventIndex: fact.eventIndex,
      token,
      direction: directionOf(from, to),
      counterparty: from === account ? to : from,
      amount: integer(payload['amount'], U256_MAX),
      authorities: list(payload['authorities']).map(authority),
      sender: payload['sender'] === null ? undefined : parseFelt(payload['sender']),
      relays: list(payload['relays']).map(parseFelt),
    };

    function directionOf(source: Felt, target: Felt): TokenMovement['direction'] {
      if (source === target) return 'SELF';
      return source === account ? 'OUT' : 'IN';
    }
  });

/** @throws SpendingError USE_FACT_MALFORMED */
export const parseUse = (fact: PlacedFact): SessionUse =>
  strictly('USE_FACT_MALFORMED', fact, () => {
    const { payload, sessionKey } = fact;
    if (sessionKey === undefined) throw fault('no session key');
    const calls = payload['calls'] === null ? undefined : list(payload['calls']).map(parseCall);
    const debits = payload['debits'] === null ? undefined : list(payload['debits']).map(parseDebit);
    const isReverted = payload['outcome'] === 'REVERTED';
    if (isReverted && debits !== undefined && debits.length > 0)
      throw fault('a reverted transaction debits nothing');
    for (const { callIndex, token } of debits ?? []) {
      if (calls?.[callIndex]?.to !== token) throw fault('a debit of a call that is not there');
    }
    return { ...placeOf(fact), useIndex: fact.eventIndex, sessionKey, isReverted, calls, debits };
  });

const placeOf = ({ transactionIndex, transactionHash }: TransactionPlace): TransactionPlace => ({
  transactionIndex,
  transactionHash,
});

const parseCall = (value: unknown): UsedCall => {
  const { to, selector, calldata, failed } = object(value);
  if (failed !== null && typeof failed !== 'boolean') throw fault('failed is no boolean');
  return {
    // Calls to nobody are legal calldata.
    to: parseFelt(to) as bigint as Address,
    selector: parseFelt(selector),
    calldata: list(calldata).map(parseFelt),
    failed: failed ?? undefined,
  };
};

const parseDebit = (value: unknown): UseDebit => {
  const debit = object(value);
  if (typeof debit['windowStarted'] !== 'boolean') throw fault('windowStarted is no boolean');
  return {
    callIndex: Number(integer(debit['callIndex'], BigInt(Number.MAX_SAFE_INTEGER))),
    token: parseAddress(debit['token']),
    selector: parseFelt(debit['selector']),
    amount: integer(debit['amount'], U256_MAX),
    spentBefore: integer(debit['spentBefore'], U256_MAX),
    spentAfter: integer(debit['spentAfter'], U256_MAX),
    windowStartSeconds: integer(debit['windowStartSeconds'], U64_MAX),
    windowStarted: debit['windowStarted'],
  };
};

const DECIMAL = /^(0|[1-9][0-9]{0,77})$/;

/** Decimal text, or a small number. */
const integer = (value: unknown, max: bigint): bigint => {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return BigInt(value);
  if (typeof value !== 'string' || !DECIMAL.test(value)) throw fault('not an integer');
  const parsed = BigInt(value);
  if (parsed > max) throw fault('an integer beyond its type');
  return parsed;
};

const authority = (value: unknown): Authority => {
  if (value === 'OWNER' || value === 'SESSION' || value === 'UNCLEAR') return value;
  throw fault('an authority that is none');
};

const list = (value: unknown): readonly unknown[] => {
  if (!Array.isArray(value)) throw fault('not a list');
  return value;
};

const object = (value: unknown): Readonly<Record<string, unknown>> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw fault('not an object');
  return value as Readonly<Record<string, unknown>>;
};

class ShapeFault extends Error {}
const fault = (message: string): ShapeFault => new ShapeFault(message);

const strictly = <T>(code: SpendingErrorCode, { kind, eventIndex }: PlacedFact, read: () => T): T => {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof ShapeFault) && !(cause instanceof FeltError)) throw cause;
    throw new SpendingError(code, `${kind} at ${eventIndex}: ${cause.message}`, { cause });
  }
};
