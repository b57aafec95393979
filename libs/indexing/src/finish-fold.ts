import { type ChainSource, systemClock } from '#libs/chain';
import { fetchTraces, type Pace, type TraceAnswers } from './fetch-traces.ts';
import type { RunFold } from './fold-run.ts';

/** Between so many blocks the commit of the run before gets its turn: it awaits each of its statements. */
const BLOCKS_AT_ONCE = 1;

/** Folds to the end, reading the traces that a block turns out to need. Each is asked for once, so this ends. */
export const finishFold = async (
  source: Pick<ChainSource, 'header' | 'traceTransaction'>,
  fold: RunFold,
  pace: Pace = { clock: systemClock },
): Promise<void> => {
  const { clock } = pace;
  let traces: TraceAnswers = new Map();
  for (;;) {
    const progress = fold.advance(traces, BLOCKS_AT_ONCE);
    if (progress.type === 'DONE') return;
    if (progress.type === 'MORE') {
      await clock.turn();
      continue;
    }
    const read = await fetchTraces(source, progress.block, progress.transactionHashes, pace);
    traces = new Map([...traces, ...read]);
  }
};
