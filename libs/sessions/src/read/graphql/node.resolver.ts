import {
  CurrentPrincipal,
  CurrentScope,
  decodeNodeId,
  INDEXER_STATUS,
  type IndexerStatus,
  isOnNetwork,
  Node,
  noId,
  type Principal,
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
import { SESSION_READ_PORTS, type SessionReadPorts } from '../ports.ts';
import type { Origin } from '../records.ts';
import { SessionReader } from '../session.reader.ts';
import { type FindNodes, NodeFinders } from './node-finders.ts';
import { accountView, policyView, sessionView, type ViewContext } from './views.ts';

/** Of several kinds; each kind is one question. */
const MOST_NODES = 50;

@Resolver(() => Node)
export class NodeResolver {
  private readonly context: ViewContext;

  constructor(
    @Inject(SessionReader) private readonly sessions: SessionReader,
    @Inject(PolicyReader) private readonly policies: PolicyReader,
    @Inject(AccountListRepository) private readonly accounts: AccountListRepository,
    @Inject(UseListRepository) private readonly uses: UseListRepository,
    @Inject(SESSION_READ_PORTS) private readonly ports: SessionReadPorts,
    @Inject(INDEXER_STATUS) status: IndexerStatus,
    @Inject(NodeFinders) private readonly finders: NodeFinders,
  ) {
    this.context = { profiles: ports.profiles, status };
    finders.add('Account', this.findAccounts);
    finders.add('Session', this.findSessions);
    finders.add('SpendingPolicy', this.findPolicies);
    finders.add('Use', this.findUses);
  }

  @Query(() => Node, {
    nullable: true,
    description:
      'What an id names, as it stands at the newest block. Null where that is nothing, is on a network that is not served, or is of an account that is not followed and is not told of by a node.',
  })
  async node(
    @Args('id', { type: () => ID, description: 'As `id` of some answer gave it.' }) id: string,
    @CurrentScope() asker: RequestScope,
    @CurrentPrincipal() principal: Principal,
  ): Promise<TypedNode | null> {
    const [found] = await this.find([id], asker, principal);
    return found ?? null;
  }

  @Query(() => [Node], {
    nullable: 'itemsAndList',
    description:
      'What ids name, in their order, null where `node` would give null. At most 50 at once. Null only beside an error.',
  })
  async nodes(
    @Args('ids', { type: () => [ID], description: 'As `id` of some answer gave them.' }) ids: string[],
    @CurrentScope() asker: RequestScope,
    @CurrentPrincipal() principal: Principal,
  ): Promise<(TypedNode | null)[]> {
    if (ids.length > MOST_NODES) throw new PurserError('BAD_INPUT', `ids takes at most ${MOST_NODES}.`);
    return await this.find(ids, asker, principal);
  }

  private async find(
    ids: readonly string[],
    asker: RequestScope,
    principal: Principal,
  ): Promise<(TypedNode | null)[]> {
    const asked = ids.map((id, place) => {
      const name = decodeNodeId(id);
      const find = this.finders.get(name.kind);
      if (find === undefined) throw noId();
      const network = this.ports.networks.find((served) => isOnNetwork(name, served));
      return { ...name, place, find, network };
    });
    const answer = new Array<TypedNode | null>(ids.length).fill(null);
    const groups = Map.groupBy(asked, ({ kind, network }) => `${kind} ${network?.networkId ?? ''}`);
    await Promise.all(
      [...groups.values()].map(async (group) => {
        const [first] = group;
        if (first?.network === undefined) return;
        const { kind, network, find } = first;
        const names = group.map(({ parts }) => parts);
        const found = await find({ asker, principal, network }, names);
        for (const [at, { place }] of group.entries()) {
          const node = found[at];
          if (node !== undefined) answer[place] = Object.assign(node, { __typename: kind });
        }
      }),
    );
    return answer;
  }

  private readonly findAccounts: FindNodes = async ({ asker, network }, names) => {
    const addresses = names.map((parts) => named(parts, 1)[0]);
    const query = { at: undefined, statuses: undefined, after: undefined, limit: names.length, addresses };
    const listing = await this.accounts.list(asker, network.networkId, query);
    if (listing === undefined) return [];
    const origin: Origin = { network, block: listing.block, source: 'INDEX' };
    const byAddress = new Map(listing.rows.map((row) => [row.address, row]));
    return addresses.map((address) => {
      const row = byAddress.get(address);
      return row && accountView(row, origin, this.context);
    });
  };

  private readonly findSessions: FindNodes = async ({ asker, network }, names) => {
    const keys = names.map((parts) => {
      const [account, key] = named(parts, 2);
      return { account, sessionKey: parseSessionKey(key) };
    });
    const answers = await this.sessions.readAll(asker, network, keys);
    return answers.map((answer) => ({
      ...sessionView(answer.session, answer.origin, this.context),
      answer,
    }));
  };

  private readonly findPolicies: FindNodes = async ({ asker, network }, names) => {
    const policies = names.map((parts) => {
      const [account, key, token] = named(parts, 3);
      return { account, sessionKey: parseSessionKey(key), token: parseAddress(token) };
    });
    const answers = await this.policies.readAll(asker, network, policies);
    return answers.map(({ origin, rows: [row] }) => row && policyView(row, origin, this.context));
  };

  private readonly findUses: FindNodes = async ({ asker, network }, names) => {
    const rows = await this.uses.findAll(asker, network.networkId, names.map(useName));
    return rows.map((row) => row && useView(row, network));
  };
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
