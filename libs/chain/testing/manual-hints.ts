import type { HeadHint, HeadHints } from '../src/heads/head-hints.ts';

/** Hints given by hand. */
export interface ManualHints extends HeadHints {
  readonly listeners: ReadonlySet<(hint: HeadHint) => void>;
  hint(hint: HeadHint): void;
}

export const createManualHints = (): ManualHints => {
  const listeners = new Set<(hint: HeadHint) => void>();
  return {
    listeners,
    hint: (hint) => {
      for (const listener of listeners) listener(hint);
    },
    listen: (onHint) => {
      listeners.add(onHint);
      return () => listeners.delete(onHint);
    },
    close: () => Promise.resolve(),
  };
};
