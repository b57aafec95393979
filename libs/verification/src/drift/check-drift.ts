import { type ChainSource, type Clock, isChainError, systemClock } from '#libs/chain';
import type { Db } from '#libs/database';
import { headerByNumber } from '#libs/facts';
import { type Address, feltToHex } from '#libs/felt';
import type { Finding } from '../verify/finding.ts';
import { type EntryPage, type EntryPosition, type IndexedEntry, readEntries } from './indexed-entries.ts';
import { type Ask, type NodeRef, policyWordsAt, sessionWordsAt } from './node-words.ts';

export interface DriftNetwork {
  readonly networkId: number;
  readonly source: ChainSource;
}

export interface DriftOptions {
  readonly account?: string;
  /** Session keys looked at. */
  readonly keys: number;
  readonly after?: EntryPosition | undefined;
  /** Default: as the source itself is limited. */
  readonly callsPerSecond?: number;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

export interface DriftReport {
  readonly block: EntryPage['block'] | undefined;
  /** Things compared: classes, sessions, policies and a block. */
  readonly checked: number;
  /** What no node would say: neither equal nor different. */
  readonly unknown: number;
  readonly findings: readonly Finding[];
  readonly next: EntryPosition | undefined;
}

/**
 * Compares what the index says of some session keys at its cursor with what a node says of them at that very block.
 * A node that does not answer makes nothing different: what it was asked counts as unknown.
 */
export const checkDrift = async (
  db: Db,
  network: DriftNetwork,
  options: DriftOptions,
): Promise<DriftReport> => {
  const { account, keys: limit, after } = options;
  const page = await readEntries(db, network.networkId, {
    ...(account !== undefined && { account }),
    after,
    limit,
  });
  if (page === undefined) return { block: undefined, checked: 0, unknown: 0, findings: [], next: undefined };
  const check = new DriftCheck(network.source, page.block, options);
  await check.block(db, network.networkId);
  const seen = new Set<Address>();
  for (const entry of page.entries) {
    if (!seen.has(entry.account)) await check.classOf(entry);
    seen.add(entry.account);
    await check.session(entry);
    for (const policy of entry.policies) await check.policy(entry, policy);
  }
  const { checked, unknown, findings } = check;
  return { block: page.block, checked, unknown: unknown + page.unreadable, findings, next: page.next };
};

class DriftCheck {
  readonly #ref: NodeRef;
  readonly #block: EntryPage['block'];
  readonly #signal: AbortSignal | undefined;
  readonly findings: Finding[] = [];
  checked = 0;
  unknown = 0;

  constructor(source: ChainSource, block: EntryPage['block'], options: DriftOptions) {
    this.#block = block;
    this.#signal = options.signal;
    this.#ref = { source, ask: pacedAsk(options), pin: { blockHash: block.blockHash } };
  }

  /** The block itself, and one of those below it. */
  block(db: Db, networkId: number): Promise<void> {
    return this.#compare(async () => {
      const height = Math.floor(Math.random() * (this.#block.blockNumber + 1));
      const ours =
        (await headerByNumber(db, networkId, height)) ??
        (await headerByNumber(db, networkId, this.#block.blockNumber));
      if (ours === undefined) return undefined;
      const { source, ask } = this.#ref;
      const theirs = await ask(() => source.header({ blockHash: ours.blockHash }));
      const isSame =
        ours.blockNumber === theirs.blockNumber &&
        ours.parentHash === theirs.parentHash &&
        ours.timestampSeconds === theirs.timestampSeconds;
      if (isSame) return undefined;
      const details = {
        blockHash: feltToHex(ours.blockHash),
        indexed: printBlock(ours),
        node: printBlock(theirs),
      };
      return { code: 'BLOCK_DRIFT', subject: 'blocks', blockNumber: ours.blockNumber, details };
    });
  }

  classOf({ account, classHash }: IndexedEntry): Promise<void> {
    return this.#compare(async () => {
      const { source, ask, pin } = this.#ref;
      const node = await ask(() => source.classHashAt(account, pin));
      if (node === classHash) return undefined;
      const details = { indexed: hexOrNull(classHash), node: hexOrNull(node) };
      return { code: 'CLASS_DRIFT', subject: 'account_versions', ...this.#at(account), details };
    });
  }

  session({ account, sessionKey, words }: IndexedEntry): Promise<void> {
    return this.#compare(async () => {
      const node = await sessionWordsAt(this.#ref, account, sessionKey);
      if (isEqual(words, node)) return undefined;
      const details = {
        sessionKey: feltToHex(sessionKey),
        indexed: words.map(String),
        node: node.map(String),
      };
      return { code: 'SESSION_DRIFT', subject: 'session_versions', ...this.#at(account), details };
    });
  }

  policy(
    { account, sessionKey }: IndexedEntry,
    { token, words }: IndexedEntry['policies'][number],
  ): Promise<void> {
    return this.#compare(async () => {
      const node = await policyWordsAt(this.#ref, account, sessionKey, token);
      if (node !== undefined && isEqual(words, node)) return undefined;
      const details = {
        sessionKey: feltToHex(sessionKey),
        token: feltToHex(token),
        indexed: words.map(String),
        node: node?.map(String) ?? null,
      };
      return { code: 'POLICY_DRIFT', subject: 'policy_versions', ...this.#at(account), details };
    });
  }

  #at(account: Address) {
    return { account: feltToHex(account), blockNumber: this.#block.blockNumber };
  }

  async #compare(look: () => Promise<Finding | undefined>): Promise<void> {
    this.#signal?.throwIfAborted();
    try {
      const finding = await look();
      this.checked += 1;
      if (finding !== undefined) this.findings.push(finding);
    } catch (error) {
      this.#signal?.throwIfAborted();
      if (!isChainError(error)) throw error;
      this.unknown += 1;
    }
  }
}

const pacedAsk = ({ callsPerSecond, clock = systemClock, signal }: DriftOptions): Ask => {
  let nextMs = 0;
  return async (question) => {
    if (callsPerSecond !== undefined) {
      const waitMs = nextMs - clock.nowMs();
      if (waitMs > 0) await clock.sleep(waitMs, signal);
      nextMs = Math.max(nextMs, clock.nowMs()) + 1000 / callsPerSecond;
    }
    signal?.throwIfAborted();
    return await question();
  };
};

const isEqual = (a: readonly bigint[], b: readonly bigint[]): boolean =>
  a.length === b.length && a.every((word, at) => word === b[at]);

const hexOrNull = (felt: bigint | undefined): string | null => (felt === undefined ? null : feltToHex(felt));

const printBlock = (block: {
  readonly blockNumber: number;
  readonly parentHash: bigint;
  readonly timestampSeconds: bigint;
}) => ({
  blockNumber: block.blockNumber,
  parentHash: feltToHex(block.parentHash),
  timestamp: block.timestampSeconds.toString(),
});
