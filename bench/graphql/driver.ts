import { nextMessage, startChild, stopChild } from '../ingest/child.ts';
import type { Drive, Driven } from './drive.process.ts';

/** Asks from a process of its own, so that it takes nothing of the core of the service. */
export interface Driver {
  drive(job: Drive): Promise<Driven>;
  stop(): Promise<void>;
}

export const startDriver = (core: number | undefined): Driver => {
  const child = startChild('../graphql/drive.process.ts', { argument: {}, core });
  return {
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
