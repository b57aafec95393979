/** A month in UTC whose sums belong to a part of the period. */
export interface SummedMonth {
  /** The number of the part, from 1. */
  readonly part: number;
  /** Its first day, as ISO 8601 writes it. */
  readonly month: string;
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

/** A stretch of time of which the rows themselves are read: added to the sums of a part, or taken off. */
export interface Edge {
  readonly part: number;
  readonly sign: 1 | -1;
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

/** Months and edges that come to exactly the parts of a period, each second of them once. */
export interface MonthPlan {
  /** Each month once at most. */
  readonly months: readonly SummedMonth[];
  readonly edges: readonly Edge[];
}

const SECONDS_A_DAY = 86_400;
/** What a month of sums costs, told in seconds of rows: one row for each account and token, about what a day leaves. */
const COST_OF_A_MONTH = SECONDS_A_DAY;

/**
 * How a period is put together of months in UTC and the edges by which local months differ from them, where that reads less
 * than all rows of the period. Undefined: it does not. Where nothing can have happened yet an edge costs nothing, so "this
 * month until today" is the whole month less what is still to come. Pure; a wrong clock makes it dearer and never wrong.
 * @param boundsSeconds where each part begins, and where the last one ends
 */
export const monthPlanOf = (boundsSeconds: readonly number[], nowSeconds: number): MonthPlan | undefined => {
  const parts = boundsSeconds
    .slice(1)
    .map((to, at) => cheapest({ part: at + 1, from: boundsSeconds[at] ?? to, to }, nowSeconds));
  const months = parts.flatMap((part) => part.months);
  return months.length === 0 ? undefined : { months, edges: parts.flatMap(({ edges }) => edges) };
};

interface Part {
  readonly part: number;
  readonly from: number;
  readonly to: number;
}

const cheapest = ({ part, from, to }: Part, nowSeconds: number): MonthPlan => {
  const plans: MonthPlan[] = [{ months: [], edges: edgeOf(part, from, to) }];
  for (const first of startsBeside(from)) {
    for (const end of startsBeside(to)) {
      if (first >= end) continue;
      const edges = [...edgeOf(part, from, first), ...edgeOf(part, end, to)];
      plans.push({ months: monthsOf(part, first, end), edges });
    }
  }
  return plans.reduce((best, plan) => (costOf(plan, nowSeconds) < costOf(best, nowSeconds) ? plan : best));
};

/** From one second to another, backwards too: then it is taken off. */
const edgeOf = (part: number, from: number, to: number): readonly Edge[] => {
  if (from === to) return [];
  return [
    from < to
      ? { part, sign: 1, fromSeconds: from, toSeconds: to }
      : { part, sign: -1, fromSeconds: to, toSeconds: from },
  ];
};

const costOf = ({ months, edges }: MonthPlan, nowSeconds: number): number =>
  edges.reduce(
    (cost, { fromSeconds, toSeconds }) => cost + Math.max(0, Math.min(toSeconds, nowSeconds) - fromSeconds),
    months.length * COST_OF_A_MONTH,
  );

/** Where the month in UTC begins that a second belongs to, or the one so many later. */
const monthStart = (seconds: number, later = 0): number => {
  const date = new Date(seconds * 1_000);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + later, 1) / 1_000;
};

/** The starts of months next to it: two, or itself. */
const startsBeside = (seconds: number): readonly number[] => {
  const start = monthStart(seconds);
  return start === seconds ? [start] : [start, monthStart(seconds, 1)];
};

const monthsOf = (part: number, first: number, end: number): readonly SummedMonth[] => {
  const months: SummedMonth[] = [];
  for (let from = first; from < end; ) {
    const to = monthStart(from, 1);
    months.push({
      part,
      month: new Date(from * 1_000).toISOString().slice(0, 10),
      fromSeconds: from,
      toSeconds: to,
    });
    from = to;
  }
  return months;
};
