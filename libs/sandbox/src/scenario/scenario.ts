import { setTimeout as sleep } from 'node:timers/promises';
import type { SandboxClass } from '../classes/class-registry.ts';
import { isTestClassName, type TestClassName } from '../classes/artifact-classes.ts';
import { SandboxError } from '../sandbox.error.ts';
import { type Cast, createCast } from './cast.ts';
import { playOpening, type ScenarioStep } from './opening.ts';
import type { ScenarioRpc } from './scenario-rpc.ts';
import { Stage } from './stage.ts';
import { playNextScene } from './trickle.ts';

export interface ScenarioOptions {
  readonly rpc: ScenarioRpc;
  readonly seed: number;
  /** Pays for deployments and sponsors: a predeployed account. */
  readonly deployer: { readonly address: bigint; readonly privateKey: bigint };
  readonly classes: readonly SandboxClass[];
  /** Told of every step, for those who watch. */
  readonly onStep?: (step: ScenarioStep) => void;
}

/** Life on a sandbox: accounts, owners who grant, keys that spend. */
export interface Scenario {
  readonly cast: Cast;
  /** Deploys and grants, unless the chain has it already: a resumed chain is left as it is. */
  open(): Promise<void>;
  /** One transaction each interval, until the signal says stop. */
  keepGoing(options: { readonly signal: AbortSignal; readonly intervalMs: number }): Promise<void>;
  /** One transaction now. */
  next(): Promise<ScenarioStep>;
}

export const createScenario = async (options: ScenarioOptions): Promise<Scenario> => {
  const { rpc, seed, deployer, onStep = () => undefined } = options;
  const classHashes = classHashesOf(options.classes);
  const cast = createCast({ seed, deployer, classHashes });
  const chainId = await rpc.request('starknet_chainId', {});
  const stage = new Stage(rpc, cast, BigInt(chainId as string));
  const next = async (): Promise<ScenarioStep> => {
    const step = await playNextScene(stage);
    onStep(step);
    return step;
  };
  return {
    cast,
    open: async () => {
      if (await stage.isDeployed(cast.forwarder)) return;
      for await (const step of playOpening(stage, classHashes.forwarder)) onStep(step);
    },
    next,
    keepGoing: async ({ signal, intervalMs }) => {
      while (!signal.aborted) {
        await next();
        await pause(intervalMs, signal);
      }
    },
  };
};

/** Ends early, and without an error, when the signal comes. */
const pause = async (intervalMs: number, signal: AbortSignal): Promise<void> => {
  try {
    await sleep(intervalMs, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
};

const classHashesOf = (classes: readonly SandboxClass[]): Readonly<Record<TestClassName, bigint>> => {
  const found = new Map(classes.map(({ name, classHash }) => [name, classHash]));
  const missing = NAMES.find((name) => !found.has(name));
  if (missing !== undefined)
    throw new SandboxError('CLASSES_INVALID', `the scenario needs the class ${missing}`);
  return Object.fromEntries([...found].filter(([name]) => isTestClassName(name))) as Record<
    TestClassName,
    bigint
  >;
};

const NAMES: readonly TestClassName[] = [
  'session_account_setting',
  'session_account_spend',
  'forwarder',
  'token_keyed',
  'token_legacy',
];
