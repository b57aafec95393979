import { CurrentScope, INDEXER_STATUS, type IndexerStatus, parsePoint } from '#libs/api';
import type { RequestScope } from '#libs/database';
import { Inject } from '@nestjs/common';
import { Args, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { pickNetwork } from '../pick-network.ts';
import { SESSION_READ_PORTS, type SessionReadPorts } from '../ports.ts';
import { type SessionAnswer, SessionReader } from '../session.reader.ts';
import { SessionArgs, SessionDataArgs } from './arguments.ts';
import { SpendingPolicy } from './policy.models.ts';
import { Session, SessionDataAnswer } from './session.models.ts';
import { BlockedBy } from './blocked-by.models.ts';
import { blockedByView, policyView, sessionView, type ViewContext } from './views.ts';

/** A session that knows how to read its policies at its own block. */
export type SessionParent = Session & { readonly answer: SessionAnswer };

@Resolver(() => Session)
export class SessionResolver {
  private readonly context: ViewContext;

  constructor(
    @Inject(SessionReader) private readonly sessions: SessionReader,
    @Inject(SESSION_READ_PORTS) private readonly ports: SessionReadPorts,
    @Inject(INDEXER_STATUS) status: IndexerStatus,
  ) {
    this.context = { profiles: ports.profiles, status };
  }

  @Query(() => Session, {
    nullable: true,
    description:
      'One session key of one account. Null only beside an error: SESSION_NOT_REGISTERED for a key that the account never had. Revoked, expired and exhausted keys are answers.',
  })
  async session(@Args() args: SessionArgs, @CurrentScope() scope: RequestScope): Promise<SessionParent> {
    const network = pickNetwork(this.ports.networks, args);
    const at = parsePoint(args.at);
    const answer = await this.sessions.read(scope, network, args.account, args.sessionKey, at);
    return { ...sessionView(answer.session, answer.origin, this.context), answer };
  }

  @Query(() => SessionDataAnswer, {
    nullable: true,
    description:
      'The vendor’s getSessionData, answered rightly: the same names, codes of its documents, and the block it speaks of. Null only beside an error.',
  })
  async getSessionData(
    @Args() args: SessionDataArgs,
    @CurrentScope() scope: RequestScope,
  ): Promise<SessionDataAnswer> {
    const network = pickNetwork(this.ports.networks, args);
    const answer = await this.sessions.read(
      scope,
      network,
      args.walletAddress,
      args.sessionPublicKey,
      parsePoint(args.at),
    );
    return sessionView(answer.session, answer.origin, this.context);
  }

  @ResolveField(() => [SpendingPolicy], {
    nullable: true,
    description:
      'The spending policies of the key, at the same block. A token without one is not limited. Null only beside an error.',
  })
  async policies(@Parent() { answer }: SessionParent): Promise<SpendingPolicy[]> {
    const rows = await answer.policies();
    return rows.map((row) => policyView(row, answer.origin, this.context));
  }

  @ResolveField(() => [BlockedBy], {
    nullable: true,
    description:
      'Every reason why the key is not usable at the block, in the order of the contract’s checks, the policies of its tokens last. Empty: nothing that is stored stands in the way. Null only beside an error.',
  })
  async blockedBy(@Parent() { answer }: SessionParent): Promise<BlockedBy[]> {
    return blockedByView(answer.session, await answer.policies(), answer.origin, this.context);
  }
}
