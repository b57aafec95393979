import { SESSION_READ_PORTS, type SessionReadPorts } from '#libs/sessions';
import { type DynamicModule, Module } from '@nestjs/common';
import { BudgetsRepository } from '../budgets/budgets.repository.ts';
import { ExportReader } from '../export/export.reader.ts';
import { ExportsRepository } from '../export/exports.repository.ts';
import { FINANCE_RESOLVERS } from '../finance-resolvers.ts';
import { PeriodReader } from '../period/period.reader.ts';
import { ReviewsRepository } from '../reviews/reviews.repository.ts';
import { SpendingReportRepository } from '../report/spending-report.repository.ts';
import { ScaledAmounts } from '../tokens/scaled-amounts.ts';
import { TokenDecimalsRepository } from '../tokens/token-decimals.repository.ts';
import { TopKeysRepository } from '../top-keys/top-keys.repository.ts';
import { LedgerNodes } from './graphql/ledger-nodes.ts';
import { SpendingResolver } from './graphql/spending.resolver.ts';
import { LedgerReadRepository } from './ledger-read.repository.ts';
import { RiskStateRepository } from './risk-state.repository.ts';
import { RiskReader } from './risk.reader.ts';
import { TokenHoldingsReader } from './token-holdings.reader.ts';

/** The read side of both ledgers and of what is at risk. Needs INDEXER_STATUS of #libs/api from a global module. */
@Module({})
export class SpendingModule {
  static of(ports: SessionReadPorts): DynamicModule {
    const { db, profiles, nodeDeadlineMs } = ports;
    const risks = new RiskReader(
      new RiskStateRepository(db),
      new TokenHoldingsReader(nodeDeadlineMs),
      profiles,
    );
    const exports = new ExportsRepository(db);
    return {
      module: SpendingModule,
      exports: [ExportReader],
      providers: [
        { provide: SESSION_READ_PORTS, useValue: ports },
        { provide: LedgerReadRepository, useValue: new LedgerReadRepository(db) },
        { provide: RiskReader, useValue: risks },
        SpendingResolver,
        LedgerNodes,
        { provide: PeriodReader, useValue: new PeriodReader(db) },
        { provide: SpendingReportRepository, useValue: new SpendingReportRepository(db) },
        { provide: BudgetsRepository, useValue: new BudgetsRepository(db) },
        { provide: TopKeysRepository, useValue: new TopKeysRepository(db) },
        { provide: ReviewsRepository, useValue: new ReviewsRepository(db) },
        { provide: ExportsRepository, useValue: exports },
        { provide: ExportReader, useValue: new ExportReader(db, exports, ports.networks) },
        { provide: TokenDecimalsRepository, useValue: new TokenDecimalsRepository(db) },
        ScaledAmounts,
        ...FINANCE_RESOLVERS,
      ],
    };
  }
}
