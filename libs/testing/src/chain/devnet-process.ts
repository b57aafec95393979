import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { requireDevnet } from './devnet-binary.ts';
import { createNodeRpc, type NodeRpc } from './node-rpc.ts';

export interface NodeSettings {
  /** Equal seeds give equal predeployed accounts, on devnet and in the sandbox. */
  readonly seed: number;
  /** Time of block 0, unix seconds. */
  readonly startSeconds: number;
  /** Whether each transaction closes a block, or only `createBlock`. */
  readonly blocks: 'PER_TRANSACTION' | 'ON_DEMAND';
  readonly accounts?: number;
}

/** A chain that a spec started and stops. */
export interface RunningNode {
  readonly rpc: NodeRpc;
  readonly webSocketUrl: string;
  stop(): Promise<void>;
}

const START_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 5_000;
const KEPT_OUTPUT = 8_000;

/** Starts starknet-devnet with the state of all blocks kept, on a port that it picks itself. */
export const startDevnet = async (settings: NodeSettings): Promise<RunningNode> => {
  const child = spawn(requireDevnet(), flagsOf(settings), { stdio: ['ignore', 'pipe', 'pipe'] });
  const kill = (): void => void child.kill('SIGKILL');
  // A run that is interrupted must not leave the process behind.
  process.once('exit', kill);
  try {
    const address = await listeningAddress(child);
    const rpc = createNodeRpc('devnet', `http://${address}/rpc`);
    await rpc.request('starknet_blockNumber');
    return { rpc, webSocketUrl: `ws://${address}/ws`, stop: () => stop(child, kill) };
  } catch (error) {
    kill();
    throw error;
  }
};

const flagsOf = ({ seed, startSeconds, blocks, accounts = 3 }: NodeSettings): string[] => [
  ...['--host', '127.0.0.1', '--port', '0', '--seed', String(seed), '--accounts', String(accounts)],
  ...['--start-time', String(startSeconds), '--state-archive-capacity', 'full'],
  ...['--block-generation-on', blocks === 'ON_DEMAND' ? 'demand' : 'transaction'],
];

/** Waits for the line that names the port. The pipes are drained for as long as the process lives. */
const listeningAddress = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    let output = '';
    const fail = (reason: string): void =>
      reject(new Error(`starknet-devnet ${reason}; its output ends with:\n${output}`));
    const timer = setTimeout(() => fail(`did not listen within ${START_DEADLINE_MS} ms`), START_DEADLINE_MS);
    const hear = (chunk: Buffer): void => {
      output = (output + chunk.toString('utf8')).slice(-KEPT_OUTPUT);
      const address = /listening on ([\d.]+:\d+)/.exec(output)?.[1];
      if (address === undefined) return;
      clearTimeout(timer);
      resolve(address);
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('error', (error) => fail(`did not start (${error.message})`));
    child.once('exit', (code) => fail(`ended with code ${code ?? 'none'}`));
  });

const stop = async (child: ChildProcess, kill: () => void): Promise<void> => {
  process.off('exit', kill);
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  const timer = setTimeout(kill, STOP_DEADLINE_MS);
  child.kill('SIGTERM');
  await gone;
  clearTimeout(timer);
};
