import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface ChildOptions {
  /** Given to the program as JSON. */
  readonly argument: object;
  /** Keeps the process on this core where `taskset` is there. */
  readonly core?: number | undefined;
  readonly nodeFlags?: readonly string[];
}

/**
 * For processes that wait while others are measured: some seconds later V8 would look through all their objects, to give memory back,
 * for some 100 ms of both cores.
 */
export const NO_IDLE_COLLECTIONS = '--no-memory-reducer';

const TASKSET = '/usr/bin/taskset';

/** Whether processes can be kept on a core here. */
export const canPin = existsSync(TASKSET);

/** Starts a program of this folder under the same Node, with a channel for messages. */
export const startChild = (file: string, options: ChildOptions): ChildProcess => {
  const program = fileURLToPath(new URL(file, import.meta.url));
  const argument = JSON.stringify(options.argument);
  const node = [process.execPath, ...(options.nodeFlags ?? []), program, argument];
  const command =
    options.core !== undefined && canPin ? [TASKSET, '-c', String(options.core), ...node] : node;
  const [first = process.execPath, ...rest] = command;
  const child = spawn(first, rest, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  return child;
};

/** The next message that `pick` takes. @throws Error when the process ends before. */
export const nextMessage = <Wanted>(
  child: ChildProcess,
  pick: (message: unknown) => Wanted | undefined,
): Promise<Wanted> =>
  new Promise((resolve, reject) => {
    const hear = (message: unknown): void => {
      try {
        const wanted = pick(message);
        if (wanted === undefined) return;
        stop();
        resolve(wanted);
      } catch (error) {
        stop();
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    };
    const end = (code: number | null): void => {
      stop();
      reject(new Error(`a process of the benchmark ended with code ${code ?? 'none'}`));
    };
    const stop = (): void => {
      child.off('message', hear);
      child.off('exit', end);
    };
    child.on('message', hear);
    child.once('exit', end);
  });

export const stopChild = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  if (child.connected) child.disconnect();
  const timer = setTimeout(() => child.kill('SIGKILL'), 3_000);
  await gone;
  clearTimeout(timer);
};
