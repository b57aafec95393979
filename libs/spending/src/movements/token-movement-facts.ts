import { decodeTransferEvent, type TransferEvent } from '#libs/account';
import type { ChainEvent, TransactionReceipt } from '#libs/chain';
import { type Address, feltToHex } from '#libs/felt';
import type { AccountFact } from '#libs/sessions';
import { type Mandate, mandateOf } from './authority.ts';
import { feeEventIndex } from './fee-transfer.ts';

export const TOKENS_MOVED = 'TokensMoved';

/**
 * The facts that a block's ERC-20 transfers out of followed accounts state, both layouts, each at the place of its
 * event. Recorded in every transaction, with a session's use or without. What came in is recorded where the same
 * transaction moved something out: only then does it show a refund. The transaction's own fee is left out.
 *
 * Any contract can emit a Transfer that names any account: the token says it, and its honesty is the token's own.
 */
export const tokenMovementFacts = (
  transactions: readonly TransactionReceipt[],
  followed: ReadonlySet<bigint>,
): Map<Address, AccountFact[]> => {
  const facts = new Map<Address, AccountFact[]>();
  for (const transaction of transactions) {
    for (const [account, moved] of movedIn(transaction, followed)) {
      if (!moved.some(({ transfer }) => transfer.from === account)) continue;
      const mandate = mandateOf(transaction, account);
      const list = facts.get(account) ?? [];
      list.push(...moved.map((item) => movementFact(transaction, mandate, item)));
      facts.set(account, list);
    }
  }
  return facts;
};

interface Moved {
  readonly event: ChainEvent;
  readonly eventIndex: number;
  readonly transfer: TransferEvent;
}

const movedIn = (
  transaction: TransactionReceipt,
  followed: ReadonlySet<bigint>,
): ReadonlyMap<Address, Moved[]> => {
  const byAccount = new Map<Address, Moved[]>();
  let feeIndex: number | undefined | 'NOT_ASKED' = 'NOT_ASKED';
  for (const [eventIndex, event] of transaction.events.entries()) {
    const transfer = decodeTransferEvent(event);
    if (transfer === undefined) continue;
    const { from, to } = transfer;
    if (!followed.has(from) && !followed.has(to)) continue;
    if (feeIndex === 'NOT_ASKED') feeIndex = feeEventIndex(transaction);
    if (eventIndex === feeIndex) continue;
    for (const party of from === to ? [from] : [from, to]) {
      if (followed.has(party)) add(byAccount, party as bigint as Address, { event, eventIndex, transfer });
    }
  }
  return byAccount;
};

const add = (byAccount: Map<Address, Moved[]>, account: Address, moved: Moved): void => {
  const list = byAccount.get(account);
  if (list) list.push(moved);
  else byAccount.set(account, [moved]);
};

const movementFact = (
  { transactionIndex, transactionHash, senderAddress }: TransactionReceipt,
  { authorities, relays }: Mandate,
  { event, eventIndex, transfer }: Moved,
): AccountFact => ({
  origin: { type: 'EVENT', transactionIndex, transactionHash, eventIndex },
  kind: TOKENS_MOVED,
  sessionKey: undefined,
  token: event.fromAddress,
  payload: {
    layout: transfer.layout,
    from: feltToHex(transfer.from),
    to: feltToHex(transfer.to),
    amount: transfer.amount.toString(),
    authorities,
    sender: senderAddress === undefined ? null : feltToHex(senderAddress),
    relays: relays.map(feltToHex),
  },
});
