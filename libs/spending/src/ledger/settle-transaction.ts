import { countedAmount, SELECTORS } from '#libs/account';
import type { Address, Felt } from '#libs/felt';
import type { DebitCause, MovementCause } from './causes.ts';
import type {
  ApprovalEntry,
  DebitEntry,
  LedgerEntries,
  MovementEntry,
  SessionUse,
  TokenMovement,
  UseDebit,
  UsedCall,
} from './ledger.types.ts';

/** What one transaction did in the name of one account. */
export interface AccountTransaction {
  readonly account: Address;
  /** In the order in which they ran. */
  readonly uses: readonly SessionUse[];
  /** In the order of their events, the transaction's own fee left out. */
  readonly movements: readonly TokenMovement[];
}

/** One call of one use, and what is found out about it. */
interface Step {
  readonly use: SessionUse;
  readonly callIndex: number;
  readonly call: UsedCall;
  readonly debit: UseDebit | undefined;
  readonly transfer: AskedTransfer | undefined;
  readonly moved: TokenMovement[];
}

interface AskedTransfer {
  readonly kind: 'TRANSFER' | 'TRANSFER_FROM';
  readonly recipient: Felt;
  readonly amount: bigint;
}

/** The part of a settlement that grows. Local to one call. */
interface Draft {
  readonly transaction: AccountTransaction;
  readonly steps: readonly Step[];
  readonly open: Set<TokenMovement>;
  readonly entries: Map<TokenMovement, MovementEntry>;
  /** Where in the transaction each party first got each token. */
  readonly firstGiven: ReadonlyMap<string, number>;
}

/**
 * Holds the two ledgers of one transaction against each other: each debit gets its movement or the cause that it has
 * none, each movement its debit or the cause that nothing counted it. Only what the transaction shows is said; the rest
 * is UNEXPLAINED or NO_TRANSFER_SEEN.
 */
export const settleTransaction = (transaction: AccountTransaction): LedgerEntries => {
  const steps = transaction.uses.flatMap((use) => stepsOf(use, transaction.account));
  const open = new Set(transaction.movements);
  const out = transaction.movements.filter(({ direction }) => direction === 'OUT');
  const firstGiven = new Map(out.toReversed().map((movement) => [partyOf(movement), movement.eventIndex]));
  const draft: Draft = { transaction, steps, open, entries: new Map(), firstGiven };
  for (const step of steps) matchExactly(draft, step);
  for (const step of steps) matchOtherAmounts(draft, step);
  for (const movement of [...open]) explain(draft, movement);
  return {
    debits: steps.flatMap((step) => (step.debit ? [debitEntry(step, step.debit)] : [])),
    movements: transaction.movements.flatMap((movement) => draft.entries.get(movement) ?? []),
    approvals: steps.flatMap(approvalEntry),
  };
};

const stepsOf = (use: SessionUse, account: Address): Step[] =>
  (use.calls ?? []).map((call, callIndex) => ({
    use,
    callIndex,
    call,
    debit: use.debits?.find((debit) => debit.callIndex === callIndex),
    transfer: askedTransfer(call, account),
    moved: [],
  }));

const TRANSFERS_FROM: ReadonlySet<bigint> = new Set([SELECTORS.transfer_from, SELECTORS.transferFrom]);
const APPROVALS: ReadonlySet<bigint> = new Set([
  SELECTORS.approve,
  SELECTORS.increase_allowance,
  SELECTORS.increaseAllowance,
]);

const askedTransfer = ({ selector, calldata }: UsedCall, account: Address): AskedTransfer | undefined => {
  const isFrom = TRANSFERS_FROM.has(selector) && calldata[0] === account;
  if (!isFrom && selector !== SELECTORS.transfer) return undefined;
  const [recipient, ...amount] = isFrom ? calldata.slice(1) : calldata;
  if (recipient === undefined) return undefined;
  const counted = countedAmount({ calldata: [recipient, ...amount] });
  if (typeof counted !== 'bigint') return undefined;
  return { kind: isFrom ? 'TRANSFER_FROM' : 'TRANSFER', recipient, amount: counted };
};

const matchExactly = (draft: Draft, step: Step): void => {
  const { transfer, call } = step;
  if (transfer === undefined || call.failed === true) return;
  for (const movement of draft.open) {
    const isIt =
      movement.direction !== 'IN' &&
      movement.token === call.to &&
      movement.counterparty === transfer.recipient &&
      movement.amount === transfer.amount;
    if (!isIt) continue;
    settle(draft, movement, causeOfTransfer(step, movement), step);
    return;
  }
};

const causeOfTransfer = ({ use, debit, transfer }: Step, movement: TokenMovement): MovementCause => {
  if (movement.direction === 'SELF') return 'SELF_TRANSFER';
  if (debit !== undefined) return 'MATCHED';
  if (isToRelay(movement)) return 'PAYMASTER_REPAYMENT';
  if (transfer?.kind === 'TRANSFER_FROM') return 'UNCOUNTED_SELECTOR';
  return use.debits === undefined ? 'DEBIT_UNKNOWN' : 'NO_POLICY';
};

/**
 * A debited transfer that moved another amount: to the same recipient, and what else left in that token for no more than
 * was counted. Said only where no other call of the transaction can have moved it.
 */
const matchOtherAmounts = (draft: Draft, step: Step): void => {
  const { debit, transfer, call, moved } = step;
  if (debit === undefined || transfer?.kind !== 'TRANSFER' || call.failed === true || moved.length > 0)
    return;
  if (movers(draft).length > 0) return;
  const candidates = [...draft.open].filter(
    (movement) => movement.direction === 'OUT' && movement.token === call.to,
  );
  const main = candidates.find(({ counterparty }) => counterparty === transfer.recipient);
  if (main === undefined) return;
  settle(draft, main, 'NOT_STANDARD_TRANSFER', step);
  let total = main.amount;
  for (const movement of candidates) {
    if (movement === main || total + movement.amount > debit.amount) continue;
    total += movement.amount;
    settle(draft, movement, 'NOT_STANDARD_TRANSFER', step);
  }
};

/** Calls that may move any token by ways that no budget counts. */
const movers = ({ steps }: Draft): readonly Step[] =>
  steps.filter(
    ({ call, transfer, moved }) =>
      call.failed !== true &&
      moved.length === 0 &&
      transfer?.kind !== 'TRANSFER' &&
      !APPROVALS.has(call.selector),
  );

const explain = (draft: Draft, movement: TokenMovement): void => {
  const { uses } = draft.transaction;
  if (movement.direction === 'SELF') settle(draft, movement, 'SELF_TRANSFER');
  else if (movement.direction === 'IN') settle(draft, movement, causeOfIncoming(draft, movement));
  else if (uses.length === 0) settle(draft, movement, causeWithoutUse(movement));
  else explainByUse(draft, movement);
};

const causeOfIncoming = ({ firstGiven }: Draft, movement: TokenMovement): MovementCause => {
  const given = firstGiven.get(partyOf(movement));
  const wentThere = given !== undefined && given < movement.eventIndex;
  return wentThere || isToRelay(movement) ? 'REFUND' : 'RECEIVED';
};

const partyOf = ({ token, counterparty }: TokenMovement): string => `${token}/${counterparty}`;

const causeWithoutUse = ({ authorities }: TokenMovement): MovementCause => {
  if (authorities.length === 0) return 'ALLOWANCE_DRAWN';
  return authorities.every((authority) => authority === 'OWNER') ? 'OWNER' : 'UNEXPLAINED';
};

const explainByUse = (draft: Draft, movement: TokenMovement): void => {
  const { uses } = draft.transaction;
  const [first] = uses;
  const only = uses.length === 1 ? first : undefined;
  const possible = movers(draft);
  if (isToRelay(movement)) settle(draft, movement, 'PAYMASTER_REPAYMENT', only && { use: only });
  else if (possible.length === 0 || movement.authorities.includes('OWNER') || uses.some(isUnread))
    settle(draft, movement, 'UNEXPLAINED');
  else settle(draft, movement, 'UNCOUNTED_SELECTOR', oneOf(possible));
};

const isUnread = ({ calls }: SessionUse): boolean => calls === undefined;

type Origin = Pick<Step, 'use'> & Partial<Pick<Step, 'callIndex' | 'moved'>>;

/** What all of them have in common: the step, the use, or nothing but the key. */
const oneOf = (
  steps: readonly Step[],
): Origin | { readonly sessionKey: SessionUse['sessionKey'] } | undefined => {
  const [first, ...rest] = steps;
  if (first === undefined || rest.length === 0)
    return first && { use: first.use, callIndex: first.callIndex };
  if (rest.every(({ use }) => use === first.use)) return { use: first.use };
  const { sessionKey } = first.use;
  return rest.every(({ use }) => use.sessionKey === sessionKey) ? { sessionKey } : undefined;
};

const isToRelay = ({ relays, counterparty }: TokenMovement): boolean => relays.includes(counterparty);

const settle = (
  draft: Draft,
  movement: TokenMovement,
  cause: MovementCause,
  origin?: Origin | { readonly sessionKey: SessionUse['sessionKey'] },
): void => {
  const use = origin !== undefined && 'use' in origin ? origin.use : undefined;
  const step = origin !== undefined && 'use' in origin ? origin : undefined;
  const { transactionIndex, transactionHash, eventIndex, token, direction, counterparty, amount, sender } =
    movement;
  draft.open.delete(movement);
  step?.moved?.push(movement);
  draft.entries.set(movement, {
    transactionIndex,
    transactionHash,
    eventIndex,
    token,
    direction,
    counterparty,
    amount,
    sender,
    cause,
    sessionKey:
      use?.sessionKey ?? (origin !== undefined && 'sessionKey' in origin ? origin.sessionKey : undefined),
    useIndex: use?.useIndex,
    callIndex: step?.callIndex,
  });
};

const debitEntry = (step: Step, debit: UseDebit): DebitEntry => {
  const { transactionIndex, transactionHash, useIndex, sessionKey } = step.use;
  return {
    ...debit,
    transactionIndex,
    transactionHash,
    useIndex,
    sessionKey,
    counterparty: step.call.calldata[0] ?? NOBODY,
    cause: debitCause(step, debit),
    movedAmount: step.moved.reduce((sum, { amount }) => sum + amount, 0n),
  };
};

const approvalEntry = ({ use, call, callIndex }: Step): ApprovalEntry[] => {
  const [spender] = call.calldata;
  if (!APPROVALS.has(call.selector) || call.failed === true || spender === undefined || call.to === 0n)
    return [];
  const { transactionIndex, transactionHash, useIndex, sessionKey } = use;
  return [{ transactionIndex, transactionHash, useIndex, callIndex, sessionKey, token: call.to, spender }];
};

const NOBODY = 0n as Felt;

const debitCause = ({ call, moved, transfer }: Step, { amount }: UseDebit): DebitCause => {
  if (call.failed === true) return 'FAILED_INNER_CALL';
  if (APPROVALS.has(call.selector)) return 'APPROVE_ONLY';
  const [first] = moved;
  if (first !== undefined) {
    if (first.direction === 'SELF') return 'SELF_TRANSFER';
    return moved.length === 1 && first.amount === transfer?.amount ? 'MATCHED' : 'NOT_STANDARD_TRANSFER';
  }
  if (amount === 0n) return 'ZERO_AMOUNT';
  return call.failed === false ? 'NOT_STANDARD_TRANSFER' : 'NO_TRANSFER_SEEN';
};
