import {
  AccountError,
  type Call,
  decodeExecuteCalldata,
  decodeOutsideExecution,
  decodeOwnerCall,
  SESSION_EVENT_SELECTORS,
} from '#libs/account';
import type { TransactionReceipt } from '#libs/chain';
import { type Address, type ClassHash, type Felt, selectorOf } from '#libs/felt';
import type { LocatedEvent, OwnerGrant } from '#libs/sessions';
import { concernedTransactions } from './concerned-transactions.ts';
import type { IndexedBlock } from './indexed-block.ts';

const NOTHING: ReadonlyMap<bigint, Felt> = new Map();
const SESSION_EVENTS: ReadonlySet<bigint> = new Set(SESSION_EVENT_SELECTORS);
const EXECUTE_FROM_OUTSIDE_V2 = selectorOf('execute_from_outside_v2');
const GRANT = selectorOf('add_or_update_session_key');

/** What a block did, by account. */
export interface AccountSlice {
  readonly events: readonly LocatedEvent[];
  readonly storage: ReadonlyMap<bigint, Felt>;
  readonly classHash: ClassHash | undefined;
  /** Those that may have used one of its session keys, in the order of the block. */
  readonly transactions: readonly TransactionReceipt[];
}

/** All events of a block with their place, by the contract that emitted them. */
const eventsByContract = (block: IndexedBlock): Map<bigint, LocatedEvent[]> => {
  const byContract = new Map<bigint, LocatedEvent[]>();
  for (const transaction of block.transactions) {
    const { transactionIndex, transactionHash } = transaction;
    transaction.events.forEach((event, eventIndex) => {
      const located = { ...event, transactionIndex, transactionHash, eventIndex };
      const list = byContract.get(event.fromAddress);
      if (list) list.push(located);
      else byContract.set(event.fromAddress, [located]);
    });
  }
  return byContract;
};

/** Contracts, not in `known`, that emitted an event with the selector of a session or policy event. */
export const sessionContracts = (block: IndexedBlock, known: (address: bigint) => boolean): Address[] => {
  const found = new Set<Address>();
  for (const { events } of block.transactions) {
    for (const { fromAddress, keys } of events) {
      if (keys[0] !== undefined && SESSION_EVENTS.has(keys[0]) && !known(fromAddress)) found.add(fromAddress);
    }
  }
  return [...found];
};

/** The followed accounts that the block touched, each with what touched it. */
export const slicesOf = (block: IndexedBlock, followed: ReadonlySet<bigint>): Map<Address, AccountSlice> => {
  const events = eventsByContract(block);
  const concerned = concernedTransactions(block, followed);
  const { storageDiffs, deployedContracts, replacedClasses } = block.stateUpdate;
  const touched = new Set<bigint>();
  for (const source of [events, storageDiffs, deployedContracts, replacedClasses, concerned]) {
    for (const address of source.keys()) if (followed.has(address)) touched.add(address);
  }
  return new Map(
    [...touched].map((address) => [
      address as Address,
      {
        events: events.get(address) ?? [],
        storage: storageDiffs.get(address) ?? NOTHING,
        classHash: replacedClasses.get(address) ?? deployedContracts.get(address),
        transactions: concerned.get(address) ?? [],
      },
    ]),
  );
};

/** The grants that the calldata of a block's transactions shows, by account: sent by itself or from outside. */
export const ownerGrantsByAccount = (
  block: Pick<IndexedBlock, 'transactions'>,
): Map<bigint, OwnerGrant[]> => {
  const byAccount = new Map<bigint, OwnerGrant[]>();
  for (const transaction of block.transactions) {
    for (const call of grantCallsOf(transaction)) {
      const action = readable(() => decodeOwnerCall(call));
      if (action?.kind !== 'AddOrUpdateSessionKey') continue;
      const { sessionKey, allowedEntrypoints } = action;
      const grant = { transactionIndex: transaction.transactionIndex, sessionKey, allowedEntrypoints };
      byAccount.set(call.to, [...(byAccount.get(call.to) ?? []), grant]);
    }
  }
  return byAccount;
};

/** Few transactions grant, and decoding is slow: the selector stands in the calldata as it is, however deep. */
export const mayGrant = ({ type, calldata }: TransactionReceipt): boolean =>
  type === 'INVOKE' && calldata?.includes(GRANT) === true;

const grantCallsOf = (transaction: TransactionReceipt): readonly Call[] => {
  if (!mayGrant(transaction)) return [];
  const calls = readable(() => decodeExecuteCalldata(transaction.calldata ?? [])) ?? [];
  const all = calls.flatMap((call) => [call, ...callsFromOutside(call)]);
  return all.filter(({ selector }) => selector === GRANT);
};

/** The calls that an account is given from outside to make to itself. */
const callsFromOutside = ({ to, selector, calldata }: Call): readonly Call[] => {
  if (selector !== EXECUTE_FROM_OUTSIDE_V2) return [];
  const inner = readable(() => decodeOutsideExecution(calldata))?.outsideExecution.calls ?? [];
  return inner.filter((call) => call.to === to);
};

/** Calldata is the sender's own affair: what is not in the standard form only means that no list is known from it. */
const readable = <T>(read: () => T): T | undefined => {
  try {
    return read();
  } catch (error) {
    if (error instanceof AccountError) return undefined;
    throw error;
  }
};
