import { type BenchServer, startBenchServer } from '../ingest/bench-database.ts';
import { readEnvironment } from '../ingest/environment.ts';
import type { PartResult } from './results.ts';

type Measure = (server: BenchServer) => Promise<Omit<PartResult, 'environment'>>;

/** The names in the text, separated by commas. @throws Error for one that there is no part of */
export const partsIn = <Part extends string>(text: string, parts: Readonly<Record<Part, unknown>>): Part[] =>
  text.split(',').map((name) => {
    if (Object.hasOwn(parts, name)) return name as Part;
    throw new Error(`no part ${name}: there are ${Object.keys(parts).join(', ')}`);
  });

/** Measures parts one after the other, on one server. One that fails makes the exit code 1; the others are worth having. */
export const measureParts = async <Part extends string>(
  names: readonly Part[],
  parts: Readonly<Record<Part, Measure>>,
): Promise<PartResult[]> => {
  const results: PartResult[] = [];
  const server = await startBenchServer();
  try {
    for (const name of names) {
      console.error(name);
      const environment = { ...readEnvironment(), postgres: server.version, settings: server.settings };
      const startedMs = performance.now();
      try {
        results.push({ ...(await parts[name](server)), environment });
        console.error(`${name} took ${Math.round((performance.now() - startedMs) / 1_000)} s`);
      } catch (error) {
        console.error(`${name} failed:`, error);
        process.exitCode = 1;
      }
    }
  } finally {
    await server.stop();
  }
  return results;
};
