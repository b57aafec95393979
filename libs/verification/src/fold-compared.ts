import type { Trx } from '#libs/database';
import type { FoldComplaint } from '#libs/facts';
import { foldFacts, type FoldOptions } from './fold-facts.ts';
import { LiveRows, type LiveScope } from './live-rows.ts';
import { type ComparisonSizes, RowComparison } from './row-comparison.ts';
import type { ShadowTables } from './shadow-tables.ts';

/** Two transactions that see the same moment: facts are read in one while live rows are read in the other. */
export interface ComparedFold extends Omit<FoldOptions, 'into' | 'accounts'> {
  readonly trx: Trx;
  readonly beside: Trx;
  /** Of the first of the two. */
  readonly shadows: ShadowTables;
  readonly scope: LiveScope;
  readonly sizes?: ComparisonSizes | undefined;
}

export interface Compared {
  /** Accounts in which folded and live rows are printed differently: all folded rows of them are in the shadow tables. */
  readonly differing: ReadonlySet<string>;
  readonly complaints: readonly FoldComplaint[];
}

/** Folds facts and holds the rows against the live ones on the way. Every other account is as its facts have it. */
export const foldCompared = async ({
  trx,
  beside,
  shadows,
  scope,
  sizes,
  ...options
}: ComparedFold): Promise<Compared> => {
  const { tables } = shadows;
  const live = await LiveRows.of(beside, scope, tables);
  const into = new RowComparison({ trx, tables, live, shadows, sizes });
  const { networkId, accounts } = scope;
  try {
    const filter = accounts === undefined ? {} : { accounts };
    const complaints = await foldFacts(trx, networkId, { ...options, ...filter, into });
    if (into.differing.size > 0) await shadows.analyze(trx);
    return { differing: into.differing, complaints };
  } finally {
    // What is still compared where the fold ended early must not go on when the transactions are gone.
    await into.idle();
  }
};
