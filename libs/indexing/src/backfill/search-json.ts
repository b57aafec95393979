import { type Felt, feltToHex, parseFelt } from '#libs/felt';
import type { JsonObject, JsonValue } from '#libs/facts';
import type { Search } from './search.ts';
import type { BisectTask, SearchTask } from './search-task.ts';

/** A search as it is kept, with the block that its range ends with: for another end it is void. */
export const searchToJson = (search: Search, end: Felt): JsonObject => ({
  end: feltToHex(end),
  tasks: search.tasks.map(taskToJson),
  found: [...search.found],
  scans: search.scans.map(({ from, to }) => ({ from, to })),
});

/** Nothing where the search was for another end. */
export const searchFromJson = (json: JsonObject, end: Felt): Search | undefined => {
  if (json['end'] !== feltToHex(end)) return undefined;
  const stored = json as unknown as {
    readonly tasks: readonly StoredTask[];
    readonly found: readonly number[];
    readonly scans: Search['scans'];
  };
  return { tasks: stored.tasks.map(taskFromJson), found: new Set(stored.found), scans: stored.scans };
};

type StoredTask = JsonObject & { readonly method: SearchTask['method'] };

const hexOrNull = (value: bigint | undefined): string | null =>
  value === undefined ? null : `0x${value.toString(16)}`;
const valueOrNone = (value: JsonValue | undefined): bigint | undefined =>
  typeof value === 'string' ? BigInt(value) : undefined;

const taskToJson = (task: SearchTask): JsonObject => {
  switch (task.method) {
    case 'SCAN':
      return { ...task };
    case 'WALK':
      return { ...task, slot: feltToHex(task.slot) };
    case 'BISECT': {
      const { reading, lowValue, highValue } = task;
      return {
        ...task,
        reading: reading.of === 'SLOT' ? feltToHex(reading.slot) : null,
        lowValue: hexOrNull(lowValue),
        highValue: hexOrNull(highValue),
      };
    }
  }
};

const taskFromJson = (stored: StoredTask): SearchTask => {
  const task = stored as unknown as SearchTask;
  switch (task.method) {
    case 'SCAN':
      return task;
    case 'WALK':
      return { ...task, slot: parseFelt(stored['slot']) };
    case 'BISECT':
      return {
        ...task,
        reading: readingOf(stored['reading']),
        lowValue: valueOrNone(stored['lowValue']),
        highValue: valueOrNone(stored['highValue']),
      };
  }
};

const readingOf = (slot: JsonValue | undefined): BisectTask['reading'] =>
  typeof slot === 'string' ? { of: 'SLOT', slot: parseFelt(slot) } : { of: 'CLASS' };
