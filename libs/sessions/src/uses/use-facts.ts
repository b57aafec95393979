import type { Debit } from '#libs/account';
import { feltToHex } from '#libs/felt';
import type { AccountFact, FactValue } from '../fold/account-block.ts';
import type { SessionUse, UnexplainedChange, UseRefusal } from './use.ts';

/** Uses stand after the events of their transaction. */
const FIRST_USE_EVENT_INDEX = 1_000_000;

/** One fact a use; the first of a transaction carries its fee. */
export const useFact = (use: SessionUse): AccountFact => {
  const { transactionHash, transactionIndex, revertReason, executionStatus } = use.transaction;
  return {
    origin: {
      type: 'EVENT',
      transactionHash,
      transactionIndex,
      eventIndex: FIRST_USE_EVENT_INDEX + use.ordinal,
    },
    kind: use.burned ? 'SessionCallConsumed' : 'SessionCallDenied',
    sessionKey: use.sessionKey,
    token: undefined,
    payload: {
      path: use.path,
      outcome: use.outcome,
      attribution: use.attribution,
      sender: hexOrNull(use.transaction.senderAddress),
      topLevel: use.topLevel,
      signatureValidUntilSeconds: use.signatureValidUntilSeconds.toString(),
      outsideNonce: hexOrNull(use.outside?.nonce),
      outsideCaller: hexOrNull(use.outside?.caller),
      calls: callsValue(use),
      callsUsedBefore: textOrNull(use.callsUsedBefore),
      callsUsedAfter: textOrNull(use.callsUsedAfter),
      maxCalls: use.maxCalls.toString(),
      debits: use.debits?.map(debitValue) ?? null,
      refusal: use.refusal ? refusalValue(use.refusal) : null,
      revertReason: revertReason ?? null,
      fee: feeValue(use),
      feeShared: use.ordinal > 0,
      executionStatus,
    },
  };
};

const hexOrNull = (felt: bigint | undefined): string | null => (felt === undefined ? null : feltToHex(felt));
const textOrNull = (value: bigint | undefined): string | null => value?.toString() ?? null;

const feeValue = ({ transaction: { actualFee, senderAddress } }: SessionUse): FactValue => ({
  amount: actualFee.amount.toString(),
  unit: actualFee.unit,
  payer: hexOrNull(senderAddress),
});

const callsValue = ({ calls }: SessionUse): FactValue =>
  calls?.map(({ to, selector, calldata, failed }) => ({
    to: feltToHex(to),
    selector: feltToHex(selector),
    calldata: calldata.map(feltToHex),
    failed: failed ?? null,
  })) ?? null;

const debitValue = (debit: Debit): FactValue => ({
  callIndex: debit.callIndex.toString(),
  token: feltToHex(debit.token),
  selector: feltToHex(debit.selector),
  amount: debit.amount.toString(),
  spentBefore: debit.spentBefore.toString(),
  spentAfter: debit.spentAfter.toString(),
  windowStartSeconds: debit.windowStartSeconds.toString(),
  windowStarted: debit.windowStarted,
});

/** Details that are felts; the others are quantities. */
const FELT_DETAILS: ReadonlySet<string> = new Set([
  'to',
  'selector',
  'caller',
  'allowedCaller',
  'nonce',
  'messageHash',
  'sessionKey',
]);

const refusalValue = (given: UseRefusal): FactValue => {
  if (given.kind === 'UNKNOWN') {
    const details = { reasons: given.reasons.join(',') };
    return { code: 'UNKNOWN', rule: null, details, callIndex: null, panicText: null, confirmed: false };
  }
  const { code, rule, details, callIndex, panicText } = given.refusal;
  return {
    code,
    rule,
    details: Object.fromEntries(
      Object.entries(details).map(([name, value]) => [
        name,
        FELT_DETAILS.has(name) ? feltToHex(value) : value.toString(),
      ]),
    ),
    callIndex: callIndex?.toString() ?? null,
    panicText: panicText ?? null,
    confirmed: given.confirmed,
  };
};

/** What no transaction explains, at the end of the block. */
export const unattributedFact = (change: UnexplainedChange): AccountFact => ({
  origin: { type: 'DERIVED' },
  kind: 'SessionCallUnattributed',
  sessionKey: change.sessionKey,
  token: undefined,
  payload: {
    delta: change.delta.toString(),
    reason: change.reason,
    callsUsedAfter: change.callsUsedAfter.toString(),
    tokens: change.tokens.map(feltToHex),
    transactionHashes: change.transactionHashes.map(feltToHex),
  },
});
