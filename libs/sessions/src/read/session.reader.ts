import { classAbilities } from '#libs/account';
import type { RequestScope } from '#libs/database';
import type { Address, SessionKey } from '#libs/felt';
import type {
  SessionLookup,
  SessionLookupRepository,
  SessionName,
} from './index-store/session-lookup.repository.ts';
import { knowsEveryKey, requireHistory } from './history.ts';
import { type Moment, nodeBlockOf, requireBlock } from './moment.ts';
import { withoutSessions } from './node/node-at-block.ts';
import { neverRegistered, noContract, type NodeSessionReader } from './node/node-session.reader.ts';
import type { FollowOnRead, ServedNetwork } from './ports.ts';
import type { AnswerBlock, Origin, PolicyRecord, SessionRecord } from './records.ts';

/** One session key as it stood at one block of one chain. */
export interface SessionAnswer {
  readonly origin: Origin;
  readonly session: SessionRecord;
  /** At the same block. @throws PurserError */
  readonly policies: () => Promise<readonly PolicyRecord[]>;
}

/** Answers about one key: from the index where it can, else from a node at once. */
export class SessionReader {
  readonly #lookups: SessionLookupRepository;
  readonly #node: NodeSessionReader;
  readonly #followOnRead: FollowOnRead | undefined;

  constructor(
    lookups: SessionLookupRepository,
    node: NodeSessionReader,
    followOnRead: FollowOnRead | undefined,
  ) {
    this.#lookups = lookups;
    this.#node = node;
    this.#followOnRead = followOnRead;
  }

  /** @throws PurserError with a code of its own for everything that keeps an answer from being given */
  async read(
    scope: RequestScope,
    network: ServedNetwork,
    account: Address,
    key: SessionKey,
    at?: Moment,
  ): Promise<SessionAnswer> {
    const lookup = await this.#lookups.find(scope, network.networkId, account, key, at);
    return await this.#answer(network, account, key, lookup, at);
  }

  /** Several at the newest block, in order, by one statement. @throws PurserError as `read` does of one of them */
  async readAll(
    scope: RequestScope,
    network: ServedNetwork,
    names: readonly SessionName[],
  ): Promise<SessionAnswer[]> {
    const lookups = await this.#lookups.findAll(scope, network.networkId, names);
    return await Promise.all(
      names.map(({ account, sessionKey }, at) =>
        this.#answer(network, account, sessionKey, lookups[at], undefined),
      ),
    );
  }

  async #answer(
    network: ServedNetwork,
    account: Address,
    key: SessionKey,
    lookup: SessionLookup | undefined,
    at: Moment,
  ): Promise<SessionAnswer> {
    if (lookup?.account.status === 'FOLLOWED') {
      const block = requireBlock(lookup.place, at);
      requireHistory(account, lookup.account.coverage, block, at);
      if (!lookup.account.isClassKnown) return this.#readFromNode(network, account, key, lookup, at);
      refuseOtherContracts(account, lookup.account, block);
      if (lookup.session !== undefined) {
        const origin: Origin = { network, block, source: 'INDEX' };
        return { origin, session: lookup.session, policies: () => Promise.resolve(lookup.policies) };
      }
      if (
        knowsEveryKey(lookup.account.coverage) &&
        !(await this.#isMissed(network, account, key, lookup, block))
      ) {
        throw neverRegistered(account, key, block, lookup.account.hasSessions);
      }
    }
    return this.#readFromNode(network, account, key, lookup, at);
  }

  /** A node's event filter says nothing of what it leaves out; the storage of the same block does. */
  async #isMissed(
    network: ServedNetwork,
    account: Address,
    key: SessionKey,
    lookup: SessionLookup,
    block: AnswerBlock,
  ): Promise<boolean> {
    return lookup.account.adopted && (await this.#node.holdsSession(network, account, key, block));
  }

  async #readFromNode(
    network: ServedNetwork,
    account: Address,
    key: SessionKey,
    lookup: SessionLookup | undefined,
    at: Moment,
  ): Promise<SessionAnswer> {
    const ref = nodeBlockOf(at, lookup?.place.block);
    const { block, session, policies } = await this.#node.readSession(network, account, key, ref);
    if (lookup?.account.status === undefined) this.#followOnRead?.(network, account);
    return { origin: { network, block, source: 'NODE' }, session, policies };
  }
}

/** The class at the block decides: an account that is not deployed, or was replaced by something else, has no keys. */
const refuseOtherContracts = (
  account: Address,
  known: SessionLookup['account'],
  block: AnswerBlock,
): void => {
  if (known.classHash === undefined) throw noContract(account, block);
  if (known.capabilities === undefined) return;
  const { sessions, missing } = classAbilities(known.capabilities);
  if (!sessions) throw withoutSessions(known.classHash, missing);
};
