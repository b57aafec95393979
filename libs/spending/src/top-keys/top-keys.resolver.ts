import {
  CurrentRequest,
  type CursorScope,
  INDEXER_STATUS,
  type IndexerStatus,
  parsePageSize,
  PurserError,
  type RequestContext,
  toPage,
} from '#libs/api';
import type { RequestScope } from '#libs/database';
import { type Address, parseAddress, parseSessionKey } from '#libs/felt';
import { asOfView, pickNetwork, SESSION_READ_PORTS, type SessionReadPorts } from '#libs/sessions';
import { Inject } from '@nestjs/common';
import { Args, Query, Resolver } from '@nestjs/graphql';
import { PeriodReader } from '../period/period.reader.ts';
import type { AskedPeriod, Period } from '../period/period.ts';
import { filterFrom } from '../report/finance.arguments.ts';
import { decodeFinanceCursor, encodeFinanceCursor } from '../report/finance-page.ts';
import { type FinanceFilter, printedFilter } from '../report/ledger-scope.ts';
import { standingView } from '../report/spending-report.views.ts';
import { scaled } from '../tokens/scaled.ts';
import { type TopKey, TopKeyConnection, TopKeysArgs } from './top-keys.models.ts';
import { TopKeysRepository } from './top-keys.repository.ts';
import type { TopKeyJson, TopKeysBy, TopKeysQuery } from './top-keys.statement.ts';

@Resolver()
export class TopKeysResolver {
  constructor(
    @Inject(TopKeysRepository) private readonly repository: TopKeysRepository,
    @Inject(PeriodReader) private readonly periods: PeriodReader,
    @Inject(SESSION_READ_PORTS) private readonly ports: SessionReadPorts,
    @Inject(INDEXER_STATUS) private readonly status: IndexerStatus,
  ) {}

  @Query(() => TopKeyConnection, {
    nullable: true,
    description:
      'The session keys that spent most, may still spend most, or used up most calls. Null only beside an error.',
  })
  async topKeys(
    @Args() args: TopKeysArgs,
    @CurrentRequest() request: RequestContext,
  ): Promise<TopKeyConnection> {
    const { scope: asker } = request;
    const network = pickNetwork(this.ports.networks, args);
    const filter = filterFrom(args.filter);
    const asked = periodFor(args, filter);
    const period = asked && (await this.periods.read(request, asked));
    const size = parsePageSize(args.first);
    const scope = scopeOf(asker, network.networkId, args.by, filter, period);
    const after = decodeFinanceCursor(scope, args.after, 3);
    const answer = await this.repository.list(asker, network.networkId, {
      by: args.by,
      filter,
      boundsSeconds: period?.boundsSeconds ?? [],
      // What a key may do is told of now: older versions have no index for it.
      pin: args.by === 'EXPOSURE' ? undefined : after?.pin,
      after: keysetOf(after?.keyset),
      limit: size + 1,
    });
    const page = toPage(answer.keys, size, {
      hasPrevious: after !== undefined,
      cursorOf: ({ value, account, sessionKey }) =>
        encodeFinanceCursor(scope, [value, account, sessionKey], answer.block),
      nodeOf: (key) => topKeyView(key, args.by, filter.token),
    });
    const asOf = asOfView({ network, block: answer.block, source: 'INDEX' }, this.status);
    return { ...page, ...standingView(answer), asOf };
  }
}

/** @throws PurserError BAD_INPUT where something is missing without which there is no order */
const periodFor = (
  { by, period }: TopKeysArgs,
  { token, recipient }: FinanceFilter,
): AskedPeriod | undefined => {
  if (by !== 'BURNED_CALLS' && token === undefined)
    throw new PurserError('BAD_INPUT', `${by} needs a token: amounts of different tokens have no order.`);
  if (by !== 'SPEND' && recipient !== undefined)
    throw new PurserError('BAD_INPUT', 'Only what was spent has a recipient.');
  if (by === 'BURNED_CALLS' && token !== undefined)
    throw new PurserError('BAD_INPUT', 'A call has no token.');
  if (by === 'EXPOSURE') return undefined;
  if (!period) throw new PurserError('BAD_INPUT', `${by} needs a period.`);
  return period;
};

const keysetOf = (keyset: readonly string[] | undefined): TopKeysQuery['after'] => {
  if (keyset === undefined) return undefined;
  const [value = '0', account = '', sessionKey = ''] = keyset;
  return [value, account, sessionKey];
};

const topKeyView = (key: TopKeyJson, by: TopKeysBy, token: Address | undefined): TopKey => {
  const unbounded = key.value === 'Infinity';
  const amount = by === 'BURNED_CALLS' || unbounded ? null : BigInt(key.value);
  const { symbol, name, decimals } = key;
  return {
    account: parseAddress(key.account),
    sessionKey: parseSessionKey(key.sessionKey),
    label: key.label,
    team: key.team,
    costCentre: key.costCentre,
    token: token === undefined ? null : { address: token, symbol, name, decimals },
    amount,
    amountScaled: amount === null ? null : scaled(amount, decimals),
    unbounded: by === 'EXPOSURE' ? unbounded : null,
    callsBurned: by === 'BURNED_CALLS' ? Number(key.value) : null,
    callsReverted: key.reverted,
  };
};

const scopeOf = (
  asker: RequestScope,
  networkId: number,
  by: TopKeysBy,
  filter: FinanceFilter,
  period: Period | undefined,
): CursorScope => ({
  list: 'topKeys',
  asker,
  filter: {
    networkId,
    by,
    period: period && `${period.from} ${period.to} ${period.timeZone}`,
    ...printedFilter(filter),
  },
});
