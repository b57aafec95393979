import type { ProjectedRow } from '#libs/facts';

/** Versions of the entries of one account: each ends where the next of its entry begins, the last one has no end. */
export class VersionChain {
  readonly #open = new Map<string, ProjectedRow>();
  #finished: ProjectedRow[] = [];

  add(entry: string, blockNumber: number, columns: ProjectedRow): void {
    const before = this.#open.get(entry);
    if (before !== undefined) this.#finished.push({ ...before, valid_to_block: blockNumber });
    this.#open.set(entry, { ...columns, valid_from_block: blockNumber, valid_to_block: null });
  }

  take(end: boolean): readonly ProjectedRow[] {
    const rows = end ? [...this.#finished, ...this.#open.values()] : this.#finished;
    this.#finished = [];
    if (end) this.#open.clear();
    return rows;
  }
}
