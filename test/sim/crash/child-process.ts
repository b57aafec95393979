import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { ChildMessage, ChildTask } from './child.ts';

const FLAGS = ['--conditions=purser-source', '--import', './scripts/run-typescript.js'];

/** The indexer as a process of its own. */
export class CrashChild {
  readonly points: string[] = [];
  status: Extract<ChildMessage, { type: 'STATUS' }> | undefined;
  readonly #process: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #up = Promise.withResolvers<undefined>();
  #stands = false;

  constructor(task: ChildTask) {
    this.#process = fork(new URL('child.ts', import.meta.url), [JSON.stringify(task)], {
      execArgv: FLAGS,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#ended = once(this.#process, 'exit');
    this.#process.on('message', (message) => this.#hear(message as ChildMessage, task.stopAt));
    void this.#ended.then(() => this.#up.reject(new Error('the process ended before it was up')));
    this.#up.promise.catch(() => undefined);
  }

  /** Since it said that it works. */
  untilUp(): Promise<unknown> {
    return this.#up.promise;
  }

  /** Whether it waits at its commit point to be killed. */
  get stands(): boolean {
    return this.#stands;
  }

  get isRunning(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#ended;
  }

  #hear(message: ChildMessage, stopAt: string | undefined): void {
    switch (message.type) {
      case 'UP':
        this.#up.resolve(undefined);
        break;
      case 'POINT':
        this.points.push(message.point);
        if (message.point === stopAt) this.#stands = true;
        break;
      case 'STATUS':
        this.status = message;
        break;
    }
  }
}
