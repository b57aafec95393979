import { sessionSlotBase, slotAt } from '#libs/account';
import { PurserError } from '#libs/api';
import { type BlockHeader, type BlockRef, isChainError } from '#libs/chain';
import { type Address, feltToHex, type SessionKey } from '#libs/felt';
import { askNode } from '../failures.ts';
import type { ServedNetwork } from '../ports.ts';
import { type AnswerBlock, NO_COVERAGE, type PolicyRecord, type SessionRecord } from '../records.ts';
import { ClassShapes } from './class-shapes.ts';
import {
  type NodeAccount,
  readEntrypoints,
  readPolicies,
  readSessionData,
  withoutSessions,
} from './node-at-block.ts';
import { QuestionGate } from './question-gate.ts';
import { readKeyHistory, readPolicyTokens } from './session-history.ts';

const DEFAULT_DEADLINE_MS = 10_000;
/** The head may be reorganised away between two reads: then all is read again from the new head. */
const TRIES = 3;
/** Of storage that one session takes. */
const SESSION_WORDS = 4;

export interface NodeSession {
  readonly block: AnswerBlock;
  readonly session: SessionRecord;
  /** Read only when asked for: their tokens have to be found first. @throws PurserError */
  readonly policies: () => Promise<readonly PolicyRecord[]>;
}

export interface NodePolicies {
  readonly block: AnswerBlock;
  readonly policies: readonly PolicyRecord[];
}

/** Answers from a node at one block, its newest where none is named, for accounts that the index does not have. Writes nothing. */
export class NodeSessionReader {
  readonly #classes = new ClassShapes();
  readonly #gate = new QuestionGate();
  readonly #deadlineMs: number;

  constructor(deadlineMs: number = DEFAULT_DEADLINE_MS) {
    this.#deadlineMs = deadlineMs;
  }

  /**
   * @throws PurserError CONTRACT_NOT_FOUND, INVALID_WALLET_TYPE_FOR_SESSION, SESSION_NOT_REGISTERED,
   * ACCOUNT_HAS_NO_SESSIONS, HISTORY_INCOMPLETE, SESSION_INVALID_RESPONSE, NODE_UNAVAILABLE, BLOCK_NOT_INDEXED
   */
  readSession(
    network: ServedNetwork,
    account: Address,
    key: SessionKey,
    ref?: BlockRef,
  ): Promise<NodeSession> {
    return this.#atBlock(network, account, ref, async (at) => {
      const session = await sessionAt(at, key);
      return { block: at.block, session, policies: () => this.#policiesAt(at, key, undefined) };
    });
  }

  /** Whether any word of the key's session is set at the block. @throws PurserError NODE_UNAVAILABLE */
  holdsSession(
    { source }: ServedNetwork,
    account: Address,
    key: SessionKey,
    { blockHash }: AnswerBlock,
  ): Promise<boolean> {
    const signal = this.#deadline();
    const question = async (): Promise<boolean> => {
      const base = sessionSlotBase(key);
      const slots = Array.from({ length: SESSION_WORDS }, (_, at) => slotAt(base, at));
      const words = await Promise.all(
        slots.map((slot) => source.storageAt(account, slot, { blockHash }, { signal })),
      );
      return words.some((word) => word !== 0n);
    };
    return this.#gate.run(() => askNode(question));
  }

  /** The policies of a key; with a token only that one. @throws PurserError as readSession, POLICY_UNSUPPORTED */
  readPolicies(
    network: ServedNetwork,
    account: Address,
    key: SessionKey,
    token: Address | undefined,
    ref?: BlockRef,
  ): Promise<NodePolicies> {
    return this.#atBlock(network, account, ref, async (at) => {
      if (at.capabilities?.policies === false) throw withoutPolicies(at.classHash);
      return { block: at.block, policies: await policiesAt(at, key, token) };
    });
  }

  #policiesAt(
    at: NodeAccount,
    key: SessionKey,
    token: Address | undefined,
  ): Promise<readonly PolicyRecord[]> {
    const signal = this.#deadline();
    return this.#gate.run(() => askNode(() => policiesAt({ ...at, signal }, key, token)));
  }

  #deadline(): AbortSignal {
    return AbortSignal.timeout(this.#deadlineMs);
  }

  async #atBlock<T>(
    network: ServedNetwork,
    account: Address,
    at: BlockRef | undefined,
    read: (at: NodeAccount) => Promise<T>,
  ): Promise<T> {
    const signal = this.#deadline();
    for (let attempt = 1; ; attempt += 1) {
      try {
        const question = async () => read(await this.#pin(network, account, at, signal));
        return await this.#gate.run(() => askNode(question));
      } catch (error) {
        const moved =
          error instanceof PurserError && isChainError(error.cause, 'BLOCK_NOT_FOUND', 'CHAIN_MOVED');
        if (!moved || attempt === TRIES) throw error;
      }
    }
  }

  async #pin(
    network: ServedNetwork,
    account: Address,
    at: BlockRef | undefined,
    signal: AbortSignal,
  ): Promise<NodeAccount> {
    const block = await (at === undefined ? network.source.head({ signal }) : headerAt(network, at, signal));
    const ref = { blockHash: block.blockHash };
    const classHash = await network.source.classHashAt(account, ref, { signal });
    if (classHash === undefined) throw noContract(account, block);
    const capabilities = await this.#classes.find(network, classHash, ref, signal);
    if (capabilities?.sessions === false) throw withoutSessions(classHash, capabilities.missing);
    return { network, account, block, classHash, capabilities, signal };
  }
}

const headerAt = async (
  { source }: ServedNetwork,
  at: BlockRef,
  signal: AbortSignal,
): Promise<BlockHeader> => {
  try {
    return await source.header(at, { signal });
  } catch (error) {
    if (!isChainError(error, 'BLOCK_NOT_FOUND')) throw error;
    throw new PurserError('BLOCK_NOT_INDEXED', 'The node has no block at this point.');
  }
};

export const noContract = (account: Address, block: AnswerBlock): PurserError =>
  new PurserError('CONTRACT_NOT_FOUND', 'There is no contract at this address.', {
    details: {
      account: feltToHex(account),
      blockNumber: block.blockNumber,
      blockHash: feltToHex(block.blockHash),
    },
  });

export const withoutPolicies = (classHash: bigint | undefined): PurserError =>
  new PurserError('POLICY_UNSUPPORTED', 'The class of this account has no spending policies.', {
    details: { classHash: classHash === undefined ? null : feltToHex(classHash) },
  });

export const neverRegistered = (
  account: Address,
  sessionKey: SessionKey,
  block: AnswerBlock,
  accountHasSessions: boolean,
): PurserError => {
  const details = {
    account: feltToHex(account),
    sessionKey: feltToHex(sessionKey),
    blockNumber: block.blockNumber,
    blockHash: feltToHex(block.blockHash),
  };
  return accountHasSessions
    ? new PurserError('SESSION_NOT_REGISTERED', 'The account never registered this session key.', { details })
    : new PurserError('ACCOUNT_HAS_NO_SESSIONS', 'The account never registered a session key.', { details });
};

const sessionAt = async (at: NodeAccount, key: SessionKey): Promise<SessionRecord> => {
  const data = await readSessionData(at, key);
  const history = data.validUntilSeconds === 0n ? await readKeyHistory(at, key) : undefined;
  if (history?.kind === 'NEVER') throw neverRegistered(at.account, key, at.block, history.accountHasSessions);
  return {
    account: at.account,
    sessionKey: key,
    data,
    allowedEntrypoints: await readEntrypoints(at, key, data.allowedEntrypointsLen),
    lifecycle: history?.kind ?? 'REGISTERED',
    lifecycleBlock: history?.blockNumber,
    lifecycleTransaction: history?.transactionHash,
    classHash: at.classHash,
    coverage: NO_COVERAGE,
  };
};

const policiesAt = async (
  at: NodeAccount,
  key: SessionKey,
  token: Address | undefined,
): Promise<readonly PolicyRecord[]> => {
  if (at.capabilities?.policies === false) return [];
  const tokens = token === undefined ? await readPolicyTokens(at, key) : [token];
  const { account, classHash } = at;
  const found = await readPolicies(at, key, tokens);
  return found
    .filter(
      ({ policy }) => policy.maxPerWindow !== 0n || policy.maxPerCall !== 0n || policy.windowSeconds !== 0n,
    )
    .map(({ token: of, policy }) => ({
      account,
      sessionKey: key,
      token: of,
      policy,
      classHash,
      coverage: NO_COVERAGE,
    }));
};
