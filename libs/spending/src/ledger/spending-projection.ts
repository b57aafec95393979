import { parseAddress, parseFelt, parseSessionKey } from '#libs/felt';
import { foldSpending, SPENDING_FACT_KINDS } from './fold-spending.ts';
import type { PlacedFact } from './parse-facts.ts';
import { approvalRow, debitRow, movementRow, type PlacedEntries } from './spending.repository.ts';

/** A fact as it is stored: everything in its printed form. */
interface StoredSpendingFact {
  readonly transactionIndex: number;
  readonly eventIndex: number;
  readonly transactionHash: string | null;
  readonly kind: string;
  readonly sessionKey: string | null;
  readonly token: string | null;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** The facts of one account in one block. */
export interface SpendingFactBlock {
  readonly blockNumber: number;
  readonly blockHash: string;
  readonly facts: readonly StoredSpendingFact[];
}

type Rows = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;

const PLACE = ['account', 'block_number', 'transaction_index'];

/** Tables of the ledgers: the primary key without `network_id`, and the other columns. */
const TABLES = [
  {
    name: 'debits',
    key: [...PLACE, 'use_index', 'call_index'],
    columns: [
      ...['block_hash', 'transaction_hash', 'session_key', 'token', 'selector', 'counterparty', 'amount'],
      ...['spent_before', 'spent_after', 'window_start_seconds', 'window_started', 'cause', 'moved_amount'],
    ],
  },
  {
    name: 'movements',
    key: [...PLACE, 'event_index'],
    columns: [
      ...[
        'block_hash',
        'transaction_hash',
        'token',
        'direction',
        'counterparty',
        'amount',
        'sender',
        'cause',
      ],
      ...['session_key', 'use_index', 'call_index'],
    ],
  },
  {
    name: 'approvals',
    key: [...PLACE, 'use_index', 'call_index'],
    columns: ['session_key', 'token', 'spender'],
  },
] as const;

/**
 * Both ledgers as a fold over stored facts: what the index writes block by block, said once more from the facts alone.
 * A block needs nothing of the blocks before it.
 */
export const spendingProjection = {
  name: 'spending',
  tables: TABLES,
  begin: ({ address }: { readonly address: string }) => {
    const account = parseAddress(address);
    let waiting: PlacedEntries[] = [];
    return {
      block: ({ blockNumber, blockHash, facts }: SpendingFactBlock): void => {
        const ours = facts.flatMap(placed);
        if (ours.length === 0) return;
        const entries = foldSpending(account, ours);
        waiting.push({ account, block: { blockNumber, blockHash: parseFelt(blockHash) }, entries });
      },
      take: (): Rows => {
        const blocks = waiting;
        waiting = [];
        return {
          debits: blocks.flatMap((block) => block.entries.debits.map((entry) => debitRow(block, entry))),
          movements: blocks.flatMap((block) =>
            block.entries.movements.map((entry) => movementRow(block, entry)),
          ),
          approvals: blocks.flatMap((block) =>
            block.entries.approvals.map((entry) => approvalRow(block, entry)),
          ),
        };
      },
    };
  },
};

const KINDS: ReadonlySet<string> = new Set(SPENDING_FACT_KINDS);
const NONE: readonly PlacedFact[] = [];

const placed = (fact: StoredSpendingFact): readonly PlacedFact[] => {
  const { kind, transactionIndex, eventIndex, transactionHash, sessionKey, token, payload } = fact;
  if (transactionHash === null || !KINDS.has(kind)) return NONE;
  return [
    {
      ...{ kind, transactionIndex, eventIndex, payload },
      transactionHash: parseFelt(transactionHash),
      sessionKey: sessionKey === null ? undefined : parseSessionKey(sessionKey),
      token: token === null ? undefined : parseAddress(token),
    },
  ];
};
