/** The values of one slot over time: ascending block numbers, each with the value from there on. */
export class History {
  readonly #blocks: number[] = [];
  readonly #values: bigint[] = [];

  at(blockNumber: number): bigint {
    const index = this.#indexAt(blockNumber);
    return index < 0 ? 0n : (this.#values[index] ?? 0n);
  }

  /** The block that wrote last, up to the given one; nothing when it was never written. */
  lastWriteAt(blockNumber: number): number | undefined {
    const index = this.#indexAt(blockNumber);
    return index < 0 ? undefined : this.#blocks[index];
  }

  write(blockNumber: number, value: bigint): void {
    this.dropFrom(blockNumber);
    this.#blocks.push(blockNumber);
    this.#values.push(value);
  }

  dropFrom(blockNumber: number): void {
    while ((this.#blocks.at(-1) ?? -1) >= blockNumber) {
      this.#blocks.pop();
      this.#values.pop();
    }
  }

  #indexAt(blockNumber: number): number {
    let low = 0;
    let high = this.#blocks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#blocks[middle] ?? 0) <= blockNumber) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
