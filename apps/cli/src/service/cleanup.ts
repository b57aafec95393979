/** What was opened, to be closed in reverse order. */
export class Cleanup {
  readonly #steps: { readonly name: string; readonly close: () => unknown }[] = [];
  readonly #onFailure: (name: string, error: unknown) => void;
  #running: Promise<void> | undefined;

  constructor(onFailure: (name: string, error: unknown) => void) {
    this.#onFailure = onFailure;
  }

  defer(name: string, close: () => unknown): void {
    this.#steps.push({ name, close });
  }

  /** Closes everything once, whatever fails on the way. */
  run(): Promise<void> {
    this.#running ??= this.#closeAll();
    return this.#running;
  }

  async #closeAll(): Promise<void> {
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step.close();
      } catch (error) {
        this.#onFailure(step.name, error);
      }
    }
  }
}
