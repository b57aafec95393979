import { pickNetwork } from '#libs/api';
import type { Address } from '#libs/felt';
import { Inject } from '@nestjs/common';
import { Args, Mutation, Resolver } from '@nestjs/graphql';
import { followAccounts, requireFew } from '../follows/follow-accounts.ts';
import { checkRows } from '../import/check-rows.ts';
import { dryRunOf, standingsOf } from '../import/dry-run.ts';
import { inOrder, type RowFault, wrongLines } from '../import/row-fault.ts';
import { type Asker, CurrentAsker } from './asker.ts';
import { change } from './change-as.ts';
import { ImportArgs, type ImportFault, ImportReport, type ImportStandings } from './import.models.ts';
import { PORTFOLIO_PORTS, type PortfolioNetwork, type PortfolioPorts } from './portfolio.ports.ts';

/** Before the answer as a whole is due. */
const NODE_WITHIN_MS = 8_000;

@Resolver(() => ImportReport)
export class ImportResolver {
  constructor(@Inject(PORTFOLIO_PORTS) private readonly ports: PortfolioPorts) {}

  @Mutation(() => ImportReport, {
    nullable: true,
    description:
      'Follows the accounts of a list, every wrong row named with its line. A longer list comes in parts: what was taken already ' +
      'is not written again. Blank cells leave what is there.',
  })
  async importAccounts(@Args() args: ImportArgs, @CurrentAsker() asker: Asker): Promise<ImportReport> {
    const network = pickNetwork(this.ports.networks, args);
    requireFew(args.rows.length);
    const { wishes, faults } = checkRows(args.rows);
    const report = {
      ...{ good: wishes.length, wrong: wrongLines(faults), faults: inOrder(faults).map(faultView) },
      ...{ result: null, standings: null },
    };
    if (args.dryRun) {
      const { outcome, unknown } = await change(this.ports, asker, (work) =>
        dryRunOf(work, network.networkId, wishes),
      );
      const standings = args.checkNode ? await standingsAt(network, unknown) : null;
      return { ...report, result: outcome, standings };
    }
    if (faults.length > 0 && !args.skipInvalid) return report;
    const result = await change(this.ports, asker, (work) =>
      followAccounts(work, network.networkId, wishes, 'IMPORT'),
    );
    return { ...report, result };
  }
}

const standingsAt = async (
  { source }: PortfolioNetwork,
  accounts: readonly Address[],
): Promise<ImportStandings> => {
  const counts = await standingsOf(source, accounts, AbortSignal.timeout(NODE_WITHIN_MS));
  return {
    undeployed: counts.UNDEPLOYED,
    withoutSessions: counts.WITHOUT_SESSIONS,
    withSessions: counts.WITH_SESSIONS,
    unreadable: counts.UNREADABLE,
  };
};

const faultView = ({ line, code, column, firstLine }: RowFault): ImportFault => ({
  ...{ line, code, column: column ?? null, firstLine: firstLine ?? null },
});
