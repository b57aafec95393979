import { capabilitiesFromJson } from '#libs/account';
import type { Address, SessionKey } from '#libs/felt';
import type { SessionLookup, SessionLookupRepository } from './index-store/session-lookup.repository.ts';
import { knowsEveryKey } from './history.ts';
import { withoutSessions } from './node/node-at-block.ts';
import { neverRegistered, noContract, type NodeSessionReader } from './node/node-session.reader.ts';
import type { FollowOnRead, ServedNetwork } from './ports.ts';
import type { Origin, PolicyRecord, SessionRecord } from './records.ts';

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
  async read(network: ServedNetwork, account: Address, key: SessionKey): Promise<SessionAnswer> {
    const lookup = await this.#lookups.find(network.networkId, account, key);
    if (lookup?.account.status === 'FOLLOWED') {
      const { block } = lookup;
      refuseOtherContracts(account, lookup);
      if (lookup.session !== undefined) {
        const origin: Origin = { network, block, source: 'INDEX' };
        return { origin, session: lookup.session, policies: () => Promise.resolve(lookup.policies) };
      }
      if (knowsEveryKey(lookup.account.coverage) && !(await this.#isMissed(network, account, key, lookup))) {
        throw neverRegistered(account, key, block, lookup.account.hasSessions);
      }
    }
    return this.#readFromNode(network, account, key, lookup);
  }

  /** A node's event filter says nothing of what it leaves out; the storage of the same block does. */
  async #isMissed(
    network: ServedNetwork,
    account: Address,
    key: SessionKey,
    lookup: SessionLookup,
  ): Promise<boolean> {
    return lookup.account.adopted && (await this.#node.holdsSession(network, account, key, lookup.block));
  }

  async #readFromNode(
    network: ServedNetwork,
    account: Address,
    key: SessionKey,
    lookup: SessionLookup | undefined,
  ): Promise<SessionAnswer> {
    const { block, session, policies } = await this.#node.readSession(network, account, key);
    if (lookup?.account.status === undefined) this.#followOnRead?.(network, account);
    return { origin: { network, block, source: 'NODE' }, session, policies };
  }
}

/** The class at the block decides: an account that is not deployed, or was replaced by something else, has no keys. */
const refuseOtherContracts = (account: Address, { block, account: known }: SessionLookup): void => {
  if (known.classHash === undefined) throw noContract(account, block);
  if (known.capabilities === undefined) return;
  const { sessions, missing } = capabilitiesFromJson(known.capabilities);
  if (!sessions) throw withoutSessions(known.classHash, missing);
};
