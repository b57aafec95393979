import type { ProjectedRow } from '#libs/facts';

/** Versions of the entries of one account: each ends where the next of its entry begins, the last one with the stretch. */
export class VersionChain {
  readonly #open = new Map<string, Record<string, unknown>>();
  readonly #end: number | null;
  #finished: ProjectedRow[] = [];

  /** The first block after the stretch; null where it has no end. */
  constructor(end: number | null) {
    this.#end = end;
  }

  /** Takes the row over, and writes into it from where to where it holds. */
  add(entry: string, blockNumber: number, row: Record<string, unknown>): void {
    const before = this.#open.get(entry);
    if (before !== undefined) {
      before['valid_to_block'] = blockNumber;
      this.#finished.push(before);
    }
    row['valid_from_block'] = blockNumber;
    row['valid_to_block'] = this.#end;
    this.#open.set(entry, row);
  }

  take(end: boolean): readonly ProjectedRow[] {
    const rows = end ? [...this.#finished, ...this.#open.values()] : this.#finished;
    this.#finished = [];
    if (end) this.#open.clear();
    return rows;
  }
}
