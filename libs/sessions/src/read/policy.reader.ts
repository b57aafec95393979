import { classAbilities } from '#libs/account';
import { PurserError } from '#libs/api';
import type { RequestScope } from '#libs/database';
import { type Address, feltToHex, type SessionKey } from '#libs/felt';
import { indexUnavailable } from './failures.ts';
import { requireHistory } from './history.ts';
import { type Moment, nodeBlockOf, requireBlock } from './moment.ts';
import type { PolicyName } from './index-store/policy-list.statement.ts';
import type { PolicyListing, PolicyListRepository } from './index-store/policy-list.repository.ts';
import { noContract, type NodeSessionReader, withoutPolicies } from './node/node-session.reader.ts';
import type { FollowOnRead, ServedNetwork } from './ports.ts';
import {
  type AnswerBlock,
  type CoverageRecord,
  NO_COVERAGE,
  type Origin,
  type PolicyRecord,
} from './records.ts';

export interface PolicyQuestion {
  readonly at: Moment;
  readonly account: Address;
  readonly sessionKey: SessionKey | undefined;
  readonly token: Address | undefined;
  readonly after: readonly [sessionKey: string, token: string] | undefined;
  readonly limit: number;
}

export interface PolicyAnswer {
  readonly origin: Origin;
  readonly coverage: CoverageRecord;
  readonly rows: readonly PolicyRecord[];
}

/** Answers about the policies of an account: from the index, or for one key from a node. */
export class PolicyReader {
  readonly #policies: PolicyListRepository;
  readonly #node: NodeSessionReader;
  readonly #followOnRead: FollowOnRead | undefined;

  constructor(
    policies: PolicyListRepository,
    node: NodeSessionReader,
    followOnRead: FollowOnRead | undefined,
  ) {
    this.#policies = policies;
    this.#node = node;
    this.#followOnRead = followOnRead;
  }

  /** @throws PurserError ACCOUNT_NOT_FOLLOWED without a session key, and those of the index and the node */
  async read(scope: RequestScope, network: ServedNetwork, question: PolicyQuestion): Promise<PolicyAnswer> {
    const listing = await this.#policies.list(scope, network.networkId, question);
    return await this.#answer(network, question, listing);
  }

  /** Several at the newest block, in order, by one statement. @throws PurserError as `read` does of one of them */
  async readAll(
    scope: RequestScope,
    network: ServedNetwork,
    names: readonly PolicyName[],
  ): Promise<PolicyAnswer[]> {
    const listings = await this.#policies.findAll(scope, network.networkId, names);
    const rest = { at: undefined, after: undefined, limit: 1 };
    return await Promise.all(
      names.map((name, at) => this.#answer(network, { ...name, ...rest }, listings[at])),
    );
  }

  async #answer(
    network: ServedNetwork,
    question: PolicyQuestion,
    listing: PolicyListing | undefined,
  ): Promise<PolicyAnswer> {
    if (listing?.accountStatus === 'FOLLOWED' && !listing.isUnread) {
      const block = requireBlock(listing.place, question.at);
      requireHistory(question.account, listing.accountCoverage, block, question.at);
      if (listing.isClassKnown) refuseOtherClasses(question.account, listing, block);
      const origin: Origin = { network, block, source: 'INDEX' };
      return { origin, coverage: listing.accountCoverage, rows: listing.rows };
    }
    const { account, sessionKey } = question;
    if (sessionKey === undefined) throw notFollowed(account, listing?.accountStatus);
    const ref = nodeBlockOf(question.at, listing?.place.block);
    const { block, policies } = await this.#node.readPolicies(
      network,
      account,
      sessionKey,
      question.token,
      ref,
    );
    if (listing?.accountStatus === undefined) this.#followOnRead?.(network, account);
    return {
      origin: { network, block, source: 'NODE' },
      coverage: NO_COVERAGE,
      rows: behind(policies, question),
    };
  }
}

const refuseOtherClasses = (
  account: Address,
  { classHash, capabilities }: PolicyListing,
  block: AnswerBlock,
): void => {
  if (classHash === undefined) throw noContract(account, block);
  if (capabilities !== undefined && !classAbilities(capabilities).policies) throw withoutPolicies(classHash);
};

/** A node gives all policies of a key at once, ordered as the index orders them: by the printed form. */
const behind = (
  policies: readonly PolicyRecord[],
  { after, limit }: PolicyQuestion,
): readonly PolicyRecord[] => {
  const printed = (row: PolicyRecord): string => feltToHex(row.token);
  const sorted = [...policies].sort((a, b) => (printed(a) < printed(b) ? -1 : 1));
  return sorted.filter((row) => after === undefined || printed(row) > after[1]).slice(0, limit);
};

/** Lists need the index. @throws PurserError INDEX_UNAVAILABLE */
export const requireListing = <T>(listing: T | undefined): T => {
  if (listing === undefined) throw indexUnavailable('NOTHING_INDEXED');
  return listing;
};

export const notFollowed = (account: Address, status: string | undefined): PurserError =>
  new PurserError('ACCOUNT_NOT_FOLLOWED', 'The index does not have this account (yet), so it cannot list.', {
    details: { account: feltToHex(account), status: status ?? null },
    retryable: status === 'PENDING',
  });
