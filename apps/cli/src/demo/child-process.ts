import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { extname, join } from 'node:path';
import { CliError } from '../cli.error.ts';

/** Commands that a child takes: each one argument, one result, both plain data. */
type Commands<C> = { [Name in keyof C]: (input: never) => Promise<unknown> };
type InputOf<C, Name extends keyof C> = C[Name] extends (input: infer Input) => unknown ? Input : never;
type ResultOf<C, Name extends keyof C> = C[Name] extends (input: never) => Promise<infer Result>
  ? Result
  : never;

/** A process of its own, with a key of its own that never leaves it. */
export interface Child<C> {
  readonly pid: number;
  ask<Name extends keyof C & string>(command: Name, input: InputOf<C, Name>): Promise<ResultOf<C, Name>>;
  stop(): Promise<void>;
}

interface Question {
  readonly command: string;
  readonly input: unknown;
}

type Reply = { readonly result: unknown } | { readonly error: string };

/** Starts `name.process` beside this file, compiled or not. One question at a time. */
export const startChild = <C extends Commands<C>>(name: string): Child<C> => {
  const script = join(import.meta.dirname, `${name}.process${extname(import.meta.filename)}`);
  const child = fork(script, [], {
    serialization: 'advanced',
    // Nothing of our environment: what the child knows it was told, or made itself.
    env: {},
    execArgv:
      extname(script) === '.ts'
        ? ['--conditions=purser-source', '--disable-warning=ExperimentalWarning']
        : [],
  });
  return {
    pid: child.pid ?? 0,
    ask: async (command, input) => (await ask(child, name, { command, input })) as never,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
};

const ask = async (child: ChildProcess, name: string, question: Question): Promise<unknown> => {
  const ended = new AbortController();
  child.once('exit', () => ended.abort());
  try {
    const answered = once(child, 'message', { signal: ended.signal });
    child.send(question);
    const [reply] = (await answered) as [Reply];
    if ('result' in reply) return reply.result;
    throw new CliError('DEMO_FAILED', `the ${name} process: ${question.command}: ${reply.error}`);
  } catch (cause) {
    if (!ended.signal.aborted) throw cause;
    throw new CliError('DEMO_FAILED', `the ${name} process ended during ${question.command}`, { cause });
  }
};

/** The other side: answers the parent until it goes away. */
export const serveCommands = <C extends Commands<C>>(commands: C): void => {
  process.on('message', ({ command, input }: Question) => {
    const run = (commands as unknown as Record<string, ((input: unknown) => Promise<unknown>) | undefined>)[
      command
    ];
    const reply = (answer: Reply): void => void process.send?.(answer);
    if (run === undefined) reply({ error: 'no such command' });
    else {
      run(input).then(
        (result) => reply({ result }),
        (error: unknown) => reply({ error: error instanceof Error ? error.message : String(error) }),
      );
    }
  });
  process.on('disconnect', () => process.exit());
};
