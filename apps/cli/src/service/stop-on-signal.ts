import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
export type StopSignal = (typeof SIGNALS)[number];

/** npm passes Ctrl-C on to us, who had it from the terminal already: what follows so soon is the same wish. */
const ECHO_MS = 300;

export interface StopSignals {
  /** Resolves at the first signal. */
  readonly first: Promise<StopSignal>;
  dispose(): void;
}

export interface StopOptions {
  /** What is left to do in an instant, before the process exits without waiting. */
  readonly abandon: () => void;
  readonly exit?: (code: number) => void;
  readonly nowMs?: () => number;
  /** Default: this process. */
  readonly source?: Pick<NodeJS.EventEmitter, 'on' | 'off'>;
}

/** 128 + the number of the signal, as a shell says it. */
export const exitCodeOfSignal = (signal: StopSignal): number => 128 + constants.signals[signal];

/** The first SIGINT, SIGTERM or SIGHUP asks for an orderly end, the second ends at once. */
export const listenForStop = (options: StopOptions): StopSignals => {
  const {
    abandon,
    exit = (code) => process.exit(code),
    nowMs = () => performance.now(),
    source = process,
  } = options;
  const { promise, resolve } = Promise.withResolvers<StopSignal>();
  let firstMs: number | undefined;
  const onSignal = (signal: StopSignal): void => {
    if (firstMs === undefined) {
      firstMs = nowMs();
      resolve(signal);
    } else if (nowMs() - firstMs > ECHO_MS) {
      abandon();
      exit(exitCodeOfSignal(signal));
    }
  };
  for (const signal of SIGNALS) source.on(signal, onSignal);
  return {
    first: promise,
    dispose: () => {
      for (const signal of SIGNALS) source.off(signal, onSignal);
    },
  };
};
