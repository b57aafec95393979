import { afterEach } from '@jest/globals';
import type { HttpChainSource } from '../src/rpc/block-questions.ts';
import { createHttpChainSource } from '../src/rpc/http-chain-source.ts';
import type { HttpChainSourceOptions, ProviderIncident } from '../src/rpc/options.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { type ScriptedNode, startScriptedNode } from './scripted-node.ts';

/** Longer than any wait in these specs, so that deadlines only end when a spec says so. */
export const CALL_DEADLINE_MS = 10_000_000;

export interface HttpHarness {
  readonly nodes: readonly ScriptedNode[];
  readonly source: HttpChainSource;
  readonly clock: FakeClock;
  readonly incidents: ProviderIncident[];
  close(): Promise<void>;
}

/** A source over scripted nodes, with time that waits jump over. */
export const startHttpHarness = async (
  nodeCount = 1,
  options: Partial<HttpChainSourceOptions> = {},
): Promise<HttpHarness> => {
  const nodes = await Promise.all(Array.from({ length: nodeCount }, () => startScriptedNode()));
  const clock = createFakeClock({ jumpBelowMs: CALL_DEADLINE_MS });
  const incidents: ProviderIncident[] = [];
  const source = createHttpChainSource({
    providers: nodes.map(({ url }, index) => ({ url, label: `node ${index}` })),
    callDeadlineMs: CALL_DEADLINE_MS,
    questionDeadlineMs: 120_000,
    clock,
    random: () => 0.5,
    onIncident: (incident) => incidents.push(incident),
    ...options,
  });
  return {
    nodes,
    source,
    clock,
    incidents,
    close: async () => {
      await source.close();
      await Promise.all(nodes.map((node) => node.close()));
    },
  };
};

/** Starts them for the specs of a file, and closes them after each. */
export const withHttpHarness = (): typeof startHttpHarness => {
  const open: HttpHarness[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((harness) => harness.close()));
  });
  return async (...setup) => {
    const harness = await startHttpHarness(...setup);
    open.push(harness);
    return harness;
  };
};
