import { nextMessage, startChild, stopChild } from '../ingest/child.ts';
import type { Drive, Driven } from './drive.process.ts';

/** Asks from a process of its own, so that it takes nothing of the core of the service. */
export interface Driver {
  readonly pid: number;
  drive(job: Drive): Promise<Driven>;
  stop(): Promise<void>;
}

export const startDriver = (core: number | undefined): Driver => {
  const child = startChild('../graphql/drive.process.ts', { argument: {}, core });
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

/** Something that answers always the same, on the core of the service. */
export const startEcho = async (
  body: string,
  core: number | undefined,
): Promise<{ readonly url: string; readonly pid: number; stop(): Promise<void> }> => {
  const child = startChild('../graphql/echo.process.ts', { argument: { body }, core });
  const url = await nextMessage(child, (message) => (message as { readonly url?: string }).url);
  return { url, pid: child.pid!, stop: () => stopChild(child) };
};
