import type { BlockHeader, ChainSource, Clock } from '#libs/chain';
import { isAborted } from './trouble.ts';

interface HeadWatch {
  readonly source: ChainSource;
  readonly clock: Clock;
  readonly intervalMs: number;
  seen(head: BlockHeader): void;
  failed(error: unknown): void;
}

/** Looks how far the chain has got, told apart from how far it is read, until the signal aborts. */
export const watchHead = async (watch: HeadWatch, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) {
    await lookAtHead(watch, signal);
    await watch.clock.sleep(watch.intervalMs, signal);
  }
};

const lookAtHead = async (watch: HeadWatch, signal: AbortSignal): Promise<void> => {
  try {
    watch.seen(await watch.source.head({ signal }));
  } catch (error) {
    if (!isAborted(signal)) watch.failed(error);
  }
};
