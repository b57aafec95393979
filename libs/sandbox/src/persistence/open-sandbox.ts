import { feltToHex } from '#libs/felt';
import type { Chain } from '../chain/chain.ts';
import type { ChainNotice } from '../chain/types.ts';
import { SandboxError } from '../sandbox.error.ts';
import { createSandbox, type Sandbox, type SandboxOptions } from '../sandbox.ts';
import { ChainLog } from './chain-log.ts';
import type { LogEntry, LogHeader } from './log-entry.ts';

/**
 * A sandbox whose chain outlives the process: every block is in the log before anybody hears of it. Transactions
 * that wait for a block are not.
 * @throws SandboxError SNAPSHOT_INVALID for a damaged log, or one of another seed, chain id or block 0.
 */
export const openSandbox = (options: SandboxOptions & { readonly logPath: string }): Sandbox => {
  const { log, entries } = ChainLog.open(options.logPath);
  const [first, ...rest] = entries;
  const header = first?.kind === 'HEADER' ? first : undefined;
  if (first && !header)
    throw new SandboxError('SNAPSHOT_INVALID', "the chain's log does not start with its header");
  const sandbox = createSandbox(header ? { ...options, startSeconds: header.genesisSeconds } : options);
  if (header) replay(sandbox.chain, header, rest);
  else log.append(headerOf(sandbox.chain));
  const stop = sandbox.onNotice((notice) => {
    for (const entry of entriesOf(sandbox.chain, notice)) log.append(entry);
  });
  return withClose(sandbox, async () => {
    stop();
    await sandbox.close();
    log.close();
  });
};

/** Spread would read `latest` once and for all. */
const withClose = (sandbox: Sandbox, close: () => Promise<void>): Sandbox =>
  Object.create(sandbox, { close: { value: close } }) as Sandbox;

const headerOf = (chain: Chain): LogHeader => ({
  kind: 'HEADER',
  version: 1,
  chainId: feltToHex(chain.options.chainId),
  seed: chain.options.seed,
  genesisSeconds: chain.latest.timestampSeconds,
  genesisHash: chain.latest.hash,
});

const replay = (chain: Chain, header: LogHeader, entries: readonly LogEntry[]): void => {
  const own = headerOf(chain);
  if (JSON.stringify(own) !== JSON.stringify(header)) {
    throw new SandboxError(
      'SNAPSHOT_INVALID',
      "the chain's log belongs to another seed, chain id or block 0",
    );
  }
  for (const entry of entries) {
    switch (entry.kind) {
      case 'HEADER':
        throw new SandboxError('SNAPSHOT_INVALID', "the chain's log has a second header");
      case 'BLOCK':
        chain.restoreBlock(entry.block, entry.branch);
        chain.options.time.restore(entry.time);
        break;
      case 'ABORT':
        chain.abortFrom(entry.fromBlock);
        break;
      case 'L1_ACCEPT':
        chain.acceptOnL1(entry.blockNumber);
        break;
    }
  }
};

const entriesOf = (chain: Chain, notice: ChainNotice): LogEntry[] => {
  switch (notice.kind) {
    case 'PRE_CONFIRMED':
      return [];
    case 'BLOCK':
      return [{ kind: 'BLOCK', block: notice.block, branch: chain.branch, time: chain.options.time.state }];
    case 'REORG': {
      const first = notice.aborted.at(-1);
      return first ? [{ kind: 'ABORT', fromBlock: first.number }] : [];
    }
    case 'ACCEPTED_ON_L1':
      return [{ kind: 'L1_ACCEPT', blockNumber: notice.blockNumber }];
  }
};
