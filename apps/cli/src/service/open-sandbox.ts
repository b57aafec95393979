import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate, setTimeout as delay } from 'node:timers/promises';
import type { NetworkSettings } from '#libs/config';
import {
  createScenario,
  loadArtifactClasses,
  openSandbox as openChain,
  type Sandbox,
  SandboxError,
  type SandboxOptions,
  type Scenario,
  type ScenarioStep,
} from '#libs/sandbox';
import type { Logger } from 'pino';
import { CliError } from '../cli.error.ts';
import type { Cleanup } from './cleanup.ts';
import { packageRoot } from './package-root.ts';

export interface OpenSandboxOptions {
  readonly seed: number;
  readonly rpcPort: number;
  readonly dataDir: string;
  /** Whether accounts of the sandbox grant and spend by themselves. */
  readonly living: boolean;
  /** Between two of their transactions. */
  readonly intervalSeconds: number;
  readonly logger: Logger;
}

export interface OpenedSandbox {
  readonly rpcUrl: string;
  readonly network: NetworkSettings;
  /** Absent where the sandbox stands still. */
  readonly life?: SandboxLife;
}

/** Made-up owners who grant and made-up keys that spend. */
interface SandboxLife {
  readonly scenario: Scenario;
  /** Deploys and grants, unless that was done at an earlier start; to be awaited before `live`. Never rejects. */
  readonly open: () => Promise<void>;
  /** A transaction every few seconds, until the signal. */
  readonly live: (signal: AbortSignal) => Promise<void>;
}

const RETRY_MS = 5_000;
/** How far behind the head the sandbox calls blocks final. */
const FINAL_AFTER_BLOCKS = 10;

/** The chain inside the process, where it stood when it was left, behind a JSON-RPC port like any other node. */
export const openSandbox = async (options: OpenSandboxOptions, cleanup: Cleanup): Promise<OpenedSandbox> => {
  const chain = await openLoggedChain(options);
  cleanup.defer('sandbox', () => chain.close());
  const { url, webSocketUrl } = await listen(chain, options.rpcPort);
  const life = options.living ? await createLife(chain, options) : undefined;
  return {
    rpcUrl: url,
    network: { label: 'sandbox', rpcUrls: [url], wsUrl: webSocketUrl },
    ...(life && { life }),
  };
};

const sandboxClasses = () => loadArtifactClasses(join(packageRoot(), 'contracts', 'artifacts'));

const logPathOf = ({ dataDir, seed }: OpenSandboxOptions): string => join(dataDir, `sandbox-${seed}.log`);
/** Beside the log once the opening is whole: a process killed before that leaves half of it. */
const markerOf = (options: OpenSandboxOptions): string => `${logPathOf(options)}.opened`;

/** Each seed has a chain of its own. A log that cannot be used is put aside, and the chain begins anew beside it. */
const openLoggedChain = async (sandbox: OpenSandboxOptions): Promise<Sandbox> => {
  const { seed, dataDir, logger } = sandbox;
  await mkdir(dataDir, { recursive: true });
  const logPath = logPathOf(sandbox);
  if (sandbox.living && existsSync(logPath) && !existsSync(markerOf(sandbox))) await putAside(logPath);
  const options: SandboxOptions & { readonly logPath: string } = { seed, classes: sandboxClasses(), logPath };
  try {
    return openChain(options);
  } catch (error) {
    if (!(error instanceof SandboxError) || error.code !== 'SNAPSHOT_INVALID') throw error;
    const aside = await putAside(logPath);
    await rm(markerOf(sandbox), { force: true });
    logger.warn(
      { code: error.code, aside },
      `${error.message}; it was put aside and the sandbox begins anew`,
    );
    return openChain(options);
  }
};

const putAside = async (logPath: string): Promise<string> => {
  const aside = `${logPath}.${Date.now()}`;
  await rename(logPath, aside);
  return aside;
};

const listen = async (chain: Sandbox, port: number) => {
  try {
    return await chain.listen({ port });
  } catch (cause) {
    if (!(cause instanceof SandboxError) || cause.code !== 'LISTEN_FAILED') throw cause;
    throw new CliError('PORT_TAKEN', `port ${port} for the JSON-RPC of the sandbox is taken`, {
      cause,
      hint: 'set SANDBOX_RPC_PORT to another port, or to 0 for any free one; to use the node that is there, set STARKNET_RPC_URL',
    });
  }
};

const createLife = async (chain: Sandbox, options: OpenSandboxOptions): Promise<SandboxLife> => {
  const { seed, logger } = options;
  const [deployer] = chain.accounts;
  if (deployer === undefined) throw new Error('the sandbox has no account to deploy with');
  const onStep = ({ title, outcome }: ScenarioStep): void => {
    logger.debug({ outcome }, `sandbox: ${title}`);
    chain.acceptOnL1(Math.max(0, chain.latest.number - FINAL_AFTER_BLOCKS));
  };
  const rpc = {
    request: async (method: string, params: Parameters<Sandbox['request']>[1]) => {
      // The chain answers at once: without this the opening would keep everything else waiting for seconds.
      await setImmediate();
      return chain.request(method, params);
    },
  };
  const scenario = await createScenario({ rpc, seed, deployer, classes: sandboxClasses(), onStep });
  return {
    scenario,
    open: () =>
      scenario
        .open()
        .then(() => writeFile(markerOf(options), ''))
        .catch((err: unknown) =>
          logger.warn({ err }, 'the scenario of the sandbox could not be set up whole'),
        ),
    live: (signal) => keepLiving(scenario, options, signal),
  };
};

// People may do with the sandbox what they like; what the scenario cannot do then, it tries again later.
const keepLiving = async (
  scenario: Scenario,
  { logger, intervalSeconds }: OpenSandboxOptions,
  signal: AbortSignal,
): Promise<void> => {
  while (!signal.aborted) {
    try {
      await scenario.keepGoing({ signal, intervalMs: intervalSeconds * 1_000 });
    } catch (err) {
      logger.warn({ err }, 'the scenario of the sandbox cannot go on, tried again');
      await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
};
