/** Calls a second with bursts of one second, as the time at which the next call may go (GCRA). */
export interface CallBudget {
  readonly intervalMs: number;
  readonly burstMs: number;
  readonly nextMs: number;
}

export const newCallBudget = (callsPerSecond: number | undefined): CallBudget | undefined => {
  if (callsPerSecond === undefined) return undefined;
  const intervalMs = 1000 / callsPerSecond;
  return { intervalMs, burstMs: Math.max(0, 1000 - intervalMs), nextMs: Number.NEGATIVE_INFINITY };
};

/** How long a call made now would have to wait. */
export const budgetWaitMs = (budget: CallBudget | undefined, nowMs: number): number =>
  budget ? Math.max(0, budget.nextMs - budget.burstMs - nowMs) : 0;

/** The budget after a call that goes as soon as it may. */
export const spendCall = (budget: CallBudget, nowMs: number): CallBudget => ({
  ...budget,
  nextMs: Math.max(budget.nextMs, nowMs) + budget.intervalMs,
});
