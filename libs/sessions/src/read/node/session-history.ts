import {
  AccountError,
  type AccountEvent,
  type AccountEventKind,
  decodeByShapes,
  eventSelectors,
  type EventShapes,
  sessionSlotBase,
  slotAt,
  STANDARD_EVENT_SHAPES,
} from '#libs/account';
import { PurserError } from '#libs/api';
import { type EmittedEvent, isChainError } from '#libs/chain';
import { type Address, type Felt, feltToHex, type SessionKey } from '#libs/felt';
import type { NodeAccount } from './node-at-block.ts';

/** What an account's events tell of a key that storage holds nothing of. */
export type KeyHistory =
  | { readonly kind: 'REVOKED'; readonly blockNumber: number; readonly transactionHash: Felt }
  /** Registered last, though storage holds no expiry: some classes let an owner register with an expiry of 0. */
  | { readonly kind: 'REGISTERED'; readonly blockNumber: number; readonly transactionHash: Felt }
  | { readonly kind: 'NEVER'; readonly accountHasSessions: boolean };

/** Of storage that one session takes. */
const SESSION_WORDS = 4;

const LIFECYCLE_KINDS: readonly AccountEventKind[] = ['SessionKeyAdded', 'SessionKeyRevoked'];
const POLICY_KINDS: readonly AccountEventKind[] = ['SpendingPolicySet'];

/** How long all events of an account are searched before somebody who waits hears what is known without them. */
const SEARCH_MS = 400;

/**
 * Reads all session events of the account up to the block. On a long chain a node takes longer for that than anybody
 * waits: then only the block in which storage of the key changed last is read, where the node tells which that is.
 * @throws PurserError HISTORY_INCOMPLETE when neither settles it, or an event cannot be read: then nobody can say
 * "never".
 */
export const readKeyHistory = async (at: NodeAccount, key: SessionKey): Promise<KeyHistory> => {
  const signal = AbortSignal.any([at.signal, AbortSignal.timeout(SEARCH_MS)]);
  try {
    return historyFrom(await readEvents({ ...at, signal }, LIFECYCLE_KINDS), key);
  } catch (error) {
    const tookLong = error instanceof PurserError && isChainError(error.cause, 'ABORTED', 'RPC_TIMEOUT');
    const known = tookLong && !at.signal.aborted ? await readLastChange(at, key) : undefined;
    if (known === undefined) throw error;
    return known;
  }
};

/** What the block says that wrote the words of the key last. Nothing where none did: its layout may be another one. */
const readLastChange = async (at: NodeAccount, key: SessionKey): Promise<KeyHistory | undefined> => {
  const { network, account, block, signal } = at;
  const base = sessionSlotBase(key);
  const words = await Promise.all(
    Array.from({ length: SESSION_WORDS }, (_, word) =>
      network.source.storageWithUpdateBlock(
        account,
        slotAt(base, word),
        { blockHash: block.blockHash },
        { signal },
      ),
    ),
  );
  const fromBlock = Math.max(...words.map(({ lastUpdateBlock }) => lastUpdateBlock ?? 0));
  if (fromBlock === 0) return undefined;
  const found = historyFrom(await readEvents(at, LIFECYCLE_KINDS, { fromBlock, toBlock: fromBlock }), key);
  return found.kind === 'NEVER' ? undefined : found;
};

const historyFrom = (events: readonly DecodedEvent[], key: SessionKey): KeyHistory => {
  const last = events.filter(({ decoded }) => 'sessionKey' in decoded && decoded.sessionKey === key).at(-1);
  if (last === undefined) return { kind: 'NEVER', accountHasSessions: events.length > 0 };
  const { blockNumber, transactionHash } = last.event;
  const kind = last.decoded.kind === 'SessionKeyRevoked' ? 'REVOKED' : 'REGISTERED';
  return { kind, blockNumber, transactionHash };
};

/** Tokens that ever had a policy under the key. @throws PurserError HISTORY_INCOMPLETE */
export const readPolicyTokens = async (at: NodeAccount, key: SessionKey): Promise<readonly Address[]> => {
  const events = await readEvents(at, POLICY_KINDS);
  const tokens = events.flatMap(({ decoded }) =>
    decoded.kind === 'SpendingPolicySet' && decoded.sessionKey === key ? [decoded.token] : [],
  );
  return [...new Set(tokens)].sort((a, b) => (a < b ? -1 : 1));
};

interface DecodedEvent {
  readonly event: EmittedEvent;
  readonly decoded: AccountEvent;
}

const readEvents = async (
  at: NodeAccount,
  kinds: readonly AccountEventKind[],
  range = { fromBlock: 0, toBlock: at.block.blockNumber },
): Promise<readonly DecodedEvent[]> => {
  const { network, account, signal } = at;
  const shapes = shapesOf(at);
  const keys = [eventSelectors(kinds, shapes)];
  const query = { ...range, address: account, keys };
  const found: EmittedEvent[] = [];
  try {
    for await (const page of network.source.events(query, { signal })) found.push(...page);
    return found.sort(byPosition).flatMap((event) => decodeEvent(event, shapes, kinds));
  } catch (error) {
    if (error instanceof AccountError)
      throw historyIncomplete(at, 'an event of the account cannot be read', error);
    if (isChainError(error, 'ABORTED', 'RPC_TIMEOUT'))
      throw historyIncomplete(at, 'reading it took too long', error);
    throw error;
  }
};

const byPosition = (a: EmittedEvent, b: EmittedEvent): number =>
  a.blockNumber - b.blockNumber ||
  (a.transactionIndex ?? 0) - (b.transactionIndex ?? 0) ||
  (a.eventIndex ?? 0) - (b.eventIndex ?? 0);

/** The class may have been another one then; an older class most likely had the shapes of the standard. */
const shapesOf = ({ capabilities }: NodeAccount): readonly EventShapes[] =>
  capabilities === undefined ? [STANDARD_EVENT_SHAPES] : [capabilities.eventShapes, STANDARD_EVENT_SHAPES];

const decodeEvent = (
  event: EmittedEvent,
  shapes: readonly EventShapes[],
  kinds: readonly AccountEventKind[],
): DecodedEvent[] => {
  const decoded = decodeByShapes(event, shapes);
  return decoded !== undefined && kinds.includes(decoded.kind) ? [{ event, decoded }] : [];
};

const historyIncomplete = ({ block, account }: NodeAccount, why: string, cause: unknown): PurserError =>
  new PurserError('HISTORY_INCOMPLETE', `The history of the account is not known: ${why}.`, {
    details: {
      account: feltToHex(account),
      blockNumber: block.blockNumber,
      blockHash: feltToHex(block.blockHash),
    },
    cause,
  });
