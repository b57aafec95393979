import type { ChildProcess } from 'node:child_process';
import { nextMessage, startChild, stopChild } from '../ingest/child.ts';

/** Questions and answers between the benchmark and one of its processes. Each question is answered once. */
interface Envelope {
  readonly id: number;
  readonly body: unknown;
  readonly error?: string;
}

/** A process of the benchmark that is asked things. */
export interface Asked<Question, Answer> {
  readonly child: ChildProcess;
  ask(question: Question): Promise<Answer>;
  stop(): Promise<void>;
}

export const startAsked = <Question, Answer>(
  file: string,
  options: { readonly core?: number | undefined; readonly nodeFlags?: readonly string[] } = {},
): Asked<Question, Answer> => {
  const child = startChild(`../operate/${file}`, { argument: {}, ...options });
  let last = 0;
  return {
    child,
    ask: async (body) => {
      last += 1;
      const id = last;
      const answer = nextMessage(child, (message) => {
        const envelope = message as Envelope;
        return envelope.id === id ? envelope : undefined;
      });
      child.send({ id, body });
      const { body: said, error } = await answer;
      if (error !== undefined) throw new Error(`a process of the benchmark failed: ${error}`);
      return said as Answer;
    },
    stop: () => stopChild(child),
  };
};

/** Answers what the benchmark asks, one after the other, until it lets go. */
export const answerAll = (work: (question: never) => Promise<unknown>): void => {
  let turn: Promise<unknown> = Promise.resolve();
  process.on('message', ({ id, body }: Envelope) => {
    turn = turn.then(async () => {
      try {
        process.send?.({ id, body: await work(body as never) });
      } catch (error) {
        const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
        process.send?.({ id, body: undefined, error: said });
      }
    });
  });
  process.once('disconnect', () => process.exit(0));
};

/** The time of day to fractions of a millisecond: the same in all processes of a machine. */
export const timeOfDayMs = (): number => performance.timeOrigin + performance.now();
