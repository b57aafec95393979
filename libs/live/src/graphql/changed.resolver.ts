import {
  CurrentScope,
  type CursorScope,
  decodeCursor,
  encodeCursor,
  INDEXER_STATUS,
  type IndexerStatus,
  pickNetwork,
} from '#libs/api';
import type { RequestScope } from '#libs/database';
import { Inject } from '@nestjs/common';
import { Args, Resolver, Subscription } from '@nestjs/graphql';
import { ChangeHub } from '../change-hub.ts';
import { LIVE_PORTS, type LivePorts } from '../ports.ts';
import {
  CURSOR_LENGTHS,
  type Position,
  positionFromValues,
  positionOfBlock,
  positionToValues,
} from '../position.ts';
import { acceptsOf, ChangedArgs, type ChangeFilter, parseFilter } from './changed.args.ts';
import { ChangedEvent } from './changed.models.ts';
import { changedView } from './changed.views.ts';

@Resolver()
export class ChangedResolver {
  constructor(
    @Inject(ChangeHub) private readonly hub: ChangeHub,
    @Inject(LIVE_PORTS) private readonly ports: LivePorts,
    @Inject(INDEXER_STATUS) private readonly status: IndexerStatus,
  ) {}

  @Subscription(() => ChangedEvent, {
    name: 'changed',
    description:
      'What changes of session keys, their budgets, and of what somebody should look at, on accounts that you follow, block by block as it is indexed. Events that a reorganisation undoes are retracted, the last first, before those of the new branch come; FINALIZED says up to which block none is any more. Go on where you were with `after`.',
  })
  async changed(
    @Args() args: ChangedArgs,
    @CurrentScope() asker: RequestScope,
  ): Promise<AsyncIterable<{ readonly changed: ChangedEvent }>> {
    const network = pickNetwork(this.ports.networks, args);
    const filter = parseFilter(args);
    const cursors = cursorScope(asker, network.networkId, filter);
    const cursorOf = (position: Position): string => encodeCursor(cursors, positionToValues(position));
    const context = { network, profiles: this.ports.profiles, status: this.status };
    return this.hub.subscribe(
      { networkId: network.networkId, scope: asker, after: positionOf(args.after, cursors) },
      {
        ...{ accepts: acceptsOf(filter), finality: filter.finality },
        show: (change) => ({ changed: changedView(change, cursorOf(change.position), context) }),
        cursorOf,
      },
    );
  }
}

/** @throws PurserError BAD_CURSOR */
const positionOf = (after: string | null | undefined, cursors: CursorScope): Position | undefined => {
  if (after === null || after === undefined) return undefined;
  return positionOfBlock(after) ?? positionFromValues(decodeCursor(cursors, after, ...CURSOR_LENGTHS));
};

/** Without whether it is told what became final: what was told of that stands in each cursor. */
const cursorScope = (asker: RequestScope, networkId: number, filter: ChangeFilter): CursorScope => ({
  list: 'changed',
  asker,
  filter: { networkId, accounts: filter.accounts, sessionKey: filter.sessionKey, subjects: filter.subjects },
});
