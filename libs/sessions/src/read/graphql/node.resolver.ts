import {
  CurrentScope,
  decodeNodeId,
  INDEXER_STATUS,
  type IndexerStatus,
  isOnNetwork,
  Node,
  noId,
  PurserError,
  type TypedNode,
} from '#libs/api';
import type { RequestScope } from '#libs/database';
import { type Address, parseAddress, parseFelt, parseSessionKey } from '#libs/felt';
import { Inject } from '@nestjs/common';
import { Args, ID, Query, Resolver } from '@nestjs/graphql';
import { useView } from '../../uses/read/use-view.ts';
import { UseListRepository } from '../../uses/read/uses.list.repository.ts';
import type { UseName } from '../../uses/read/uses.statement.ts';
import { AccountListRepository } from '../index-store/account-list.repository.ts';
import { PolicyReader } from '../policy.reader.ts';
import { SESSION_READ_PORTS, type ServedNetwork, type SessionReadPorts } from '../ports.ts';
import { SessionReader } from '../session.reader.ts';
import { accountView, policyView, sessionView, type ViewContext } from './views.ts';

/** Each is a question of its own. */
const MOST_NODES = 50;

interface Asked {
  readonly asker: RequestScope;
  readonly network: ServedNetwork;
  readonly parts: readonly string[];
}

type FindNode = (asked: Asked) => Promise<object | undefined>;

@Resolver(() => Node)
export class NodeResolver {
  private readonly context: ViewContext;
  private readonly finders: Readonly<Record<string, FindNode>> = {
    Account: (asked) => this.account(asked),
    Session: (asked) => this.session(asked),
    SpendingPolicy: (asked) => this.policy(asked),
    Use: (asked) => this.use(asked),
  };

  constructor(
    @Inject(SessionReader) private readonly sessions: SessionReader,
    @Inject(PolicyReader) private readonly policies: PolicyReader,
    @Inject(AccountListRepository) private readonly accounts: AccountListRepository,
    @Inject(UseListRepository) private readonly uses: UseListRepository,
    @Inject(SESSION_READ_PORTS) private readonly ports: SessionReadPorts,
    @Inject(INDEXER_STATUS) status: IndexerStatus,
  ) {
    this.context = { profiles: ports.profiles, status };
  }

  @Query(() => Node, {
    nullable: true,
    description:
      'What an id names, as it stands at the newest block. Null where that is nothing, is on a network that is not served, or is of an account that is not followed and is not told of by a node.',
  })
  async node(
    @Args('id', { type: () => ID, description: 'As `id` of some answer gave it.' }) id: string,
    @CurrentScope() asker: RequestScope,
  ): Promise<TypedNode | null> {
    const { kind, parts, ...place } = decodeNodeId(id);
    const network = this.ports.networks.find((served) => isOnNetwork({ kind, parts, ...place }, served));
    const find = this.finders[kind];
    if (find === undefined) throw noId();
    if (network === undefined) return null;
    const found = await find({ asker, network, parts });
    return found === undefined ? null : { ...found, __typename: kind };
  }

  @Query(() => [Node], {
    nullable: 'itemsAndList',
    description:
      'What ids name, in their order, null where `node` would give null. At most 50 at once. Null only beside an error.',
  })
  async nodes(
    @Args('ids', { type: () => [ID], description: 'As `id` of some answer gave them.' }) ids: string[],
    @CurrentScope() asker: RequestScope,
  ): Promise<(TypedNode | null)[]> {
    if (ids.length > MOST_NODES) throw new PurserError('BAD_INPUT', `ids takes at most ${MOST_NODES}.`);
    return await Promise.all(ids.map((id) => this.node(id, asker)));
  }

  private async account({ asker, network, parts }: Asked): Promise<object | undefined> {
    const [address] = named(parts, 1);
    const query = { at: undefined, statuses: undefined, after: undefined, limit: 1, address };
    const listing = await this.accounts.list(asker, network.networkId, query);
    const [row] = listing?.rows ?? [];
    if (listing === undefined || row === undefined) return undefined;
    return accountView(row, { network, block: listing.block, source: 'INDEX' }, this.context);
  }

  private async session({ asker, network, parts }: Asked): Promise<object | undefined> {
    const [account, key] = named(parts, 2);
    const answer = await this.sessions.read(asker, network, account, parseSessionKey(key));
    return { ...sessionView(answer.session, answer.origin, this.context), answer };
  }

  private async policy({ asker, network, parts }: Asked): Promise<object | undefined> {
    const [account, key, token] = named(parts, 3);
    const { origin, rows } = await this.policies.read(asker, network, {
      ...{ at: undefined, account, sessionKey: parseSessionKey(key), token: parseAddress(token) },
      ...{ after: undefined, limit: 1 },
    });
    const [row] = rows;
    return row && policyView(row, origin, this.context);
  }

  private async use({ asker, network, parts }: Asked): Promise<object | undefined> {
    const row = await this.uses.find(asker, network.networkId, useName(parts));
    return row && useView(row, network);
  }
}

/** The account and what follows it in an id. @throws PurserError BAD_INPUT */
const named = (parts: readonly string[], length: number): readonly [Address, string, string] => {
  const [account = '', second = '', third = ''] = parts;
  if (parts.length !== length) throw noId();
  try {
    for (const part of [second, third].filter((_part, at) => at + 1 < length)) parseFelt(part);
    return [parseAddress(account), second, third];
  } catch {
    throw noId();
  }
};

const useName = ([account = '', reference = '', eventIndex = '', ...more]: readonly string[]): UseName => {
  if (more.length > 0 || !/^\d{1,9}$/.test(eventIndex)) throw noId();
  const block = /^block:(\d{1,15}):(0x[0-9a-f]{1,64})$/.exec(reference);
  try {
    const within =
      block === null
        ? { transactionHash: parseFelt(reference) }
        : { blockNumber: Number(block[1]), blockHash: parseFelt(block[2]) };
    return { account: parseAddress(account), within, eventIndex: Number(eventIndex) };
  } catch {
    throw noId();
  }
};
