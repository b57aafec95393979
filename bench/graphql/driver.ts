import { nextMessage, NO_IDLE_COLLECTIONS, startChild, stopChild } from '../ingest/child.ts';
import type { Drive, Driven } from './drive.process.ts';

/** Whoever asks would count his own full collections as time of those who answer. */
const FEW_COLLECTIONS = '--heap-growing-percent=900';

/** Asks from a process of its own, whose time is not that of the service. */
export interface Driver {
  readonly pid: number;
  drive(job: Drive): Promise<Driven>;
  stop(): Promise<void>;
}

export const startDriver = (): Driver => {
  const child = startChild('../graphql/drive.process.ts', {
    argument: {},
    nodeFlags: [NO_IDLE_COLLECTIONS, FEW_COLLECTIONS],
  });
  return {
    pid: child.pid!,
    drive: async (job) => {
      child.send(job);
      return nextMessage(child, (message) => {
        const { driven, failed } = message as { driven?: Driven; failed?: string };
        if (failed !== undefined) throw new Error(failed);
        return driven;
      });
    },
    stop: () => stopChild(child),
  };
};

/** Something that answers always the same. */
export const startEcho = async (
  body: string,
): Promise<{ readonly url: string; readonly pid: number; stop(): Promise<void> }> => {
  const child = startChild('../graphql/echo.process.ts', {
    argument: { body },
    nodeFlags: [NO_IDLE_COLLECTIONS],
  });
  const url = await nextMessage(child, (message) => (message as { readonly url?: string }).url);
  return { url, pid: child.pid!, stop: () => stopChild(child) };
};
