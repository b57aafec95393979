import { type ChainErrorCode, type ChainSource, type Clock, isChainError } from '#libs/chain';
import type { Db } from '#libs/database';
import { type Address, type Felt, selectorOf } from '#libs/felt';
import type { IndexingLog } from '../indexing.context.ts';
import { keepToken, listUnreadTokens, type TokenSaying } from './tokens.repository.ts';
import { tokenDecimals, tokenText } from './token-text.ts';

export interface TokenCatalogueOptions {
  readonly db: Db;
  readonly networkId: number;
  readonly label: string;
  readonly source: Pick<ChainSource, 'call'>;
  readonly clock: Clock;
  readonly log: IndexingLog;
  /** How long to wait when there is nothing to ask. */
  readonly pollIntervalMs: number;
  /** Between two tokens, three calls each. */
  readonly pauseMs?: number;
  /** Any contract can emit a Transfer: only so many are asked for a network. */
  readonly mostTokens?: number;
}

const PAUSE_MS = 600;
const MOST_TOKENS = 10_000;
const AT_ONCE = 50;
/** What a back-fill found below the blocks that were looked at is met again that often. */
const WHOLE_AGAIN_MS = 3_600_000;

/** The contract answered, and not with what was asked: it stays so, and is kept so. */
const NO_ANSWER: ReadonlySet<ChainErrorCode> = new Set([
  'CONTRACT_NOT_FOUND',
  'ENTRYPOINT_NOT_FOUND',
  'CONTRACT_ERROR',
]);

/** Asks tokens what they are called and how many decimals they have, until the signal aborts. Never rejects. */
export const catalogueTokens = async (options: TokenCatalogueOptions, signal: AbortSignal): Promise<void> => {
  const { clock, log, label, pollIntervalMs } = options;
  let [lookedTo, wholeAtMs] = [0, clock.nowMs()];
  while (!signal.aborted) {
    if (clock.nowMs() - wholeAtMs > WHOLE_AGAIN_MS) [lookedTo, wholeAtMs] = [0, clock.nowMs()];
    try {
      const { left, toBlock } = await readSome(options, lookedTo, signal);
      if (left) continue;
      lookedTo = toBlock ?? lookedTo;
    } catch (error) {
      const code = isChainError(error) ? error.code : 'INTERNAL';
      if (!isEnded(signal)) log.warn({ network: label, code }, 'what tokens are called could not be read');
    }
    await clock.sleep(Math.max(pollIntervalMs, 1_000), signal);
  }
};

/** Asked anew: it may have aborted while something was awaited. */
const isEnded = (signal: AbortSignal): boolean => signal.aborted;

const readSome = async (
  options: TokenCatalogueOptions,
  fromBlock: number,
  signal: AbortSignal,
): Promise<{ readonly left: boolean; readonly toBlock: number | undefined }> => {
  const { db, networkId, clock, pauseMs = PAUSE_MS, mostTokens = MOST_TOKENS } = options;
  const { tokens, toBlock, read } = await listUnreadTokens(db, networkId, fromBlock, AT_ONCE);
  const room = Math.max(0, mostTokens - read);
  for (const address of tokens.slice(0, room)) {
    await keepToken(db, networkId, toBlock ?? 0, await askToken(options.source, address, signal));
    await clock.sleep(pauseMs, signal);
    signal.throwIfAborted();
  }
  return { left: tokens.length === AT_ONCE && room > AT_ONCE, toBlock };
};

const askToken = async (
  source: Pick<ChainSource, 'call'>,
  address: Address,
  signal: AbortSignal,
): Promise<TokenSaying> => {
  const ask = async <T>(
    name: string,
    read: (felts: readonly Felt[]) => T | undefined,
  ): Promise<T | undefined> => {
    try {
      return read(await source.call(address, selectorOf(name), [], 'latest', { signal }));
    } catch (error) {
      if (isChainError(error) && NO_ANSWER.has(error.code)) return undefined;
      throw error;
    }
  };
  const [decimals, symbol, name] = [
    await ask('decimals', tokenDecimals),
    await ask('symbol', (felts) => fitting(tokenText(felts), 100)),
    await ask('name', (felts) => fitting(tokenText(felts), 200)),
  ];
  return { address, symbol, name, decimals };
};

/** As the database counts: characters, not halves of them. */
const fitting = (text: string | undefined, most: number): string | undefined =>
  text !== undefined && [...text].length <= most ? text : undefined;
