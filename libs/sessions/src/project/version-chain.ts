import type { ProjectedRow } from '#libs/facts';

/** Versions of the entries of one account: each ends where the next of its entry begins, the last one with the stretch. */
export class VersionChain {
  readonly #open = new Map<string, ProjectedRow>();
  readonly #end: number | null;
  #finished: ProjectedRow[] = [];

  /** The first block after the stretch; null where it has no end. */
  constructor(end: number | null) {
    this.#end = end;
  }

  add(entry: string, blockNumber: number, columns: ProjectedRow): void {
    const before = this.#open.get(entry);
    if (before !== undefined) this.#finished.push({ ...before, valid_to_block: blockNumber });
    this.#open.set(entry, { ...columns, valid_from_block: blockNumber, valid_to_block: this.#end });
  }

  take(end: boolean): readonly ProjectedRow[] {
    const rows = end ? [...this.#finished, ...this.#open.values()] : this.#finished;
    this.#finished = [];
    if (end) this.#open.clear();
    return rows;
  }
}
