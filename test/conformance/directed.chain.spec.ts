import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningNode, startDevnet } from '#libs/testing';
import { printDifferences } from './compare/differences.ts';
import { START_SECONDS } from './play/set-up.ts';
import { type Conformance, createConformance, describeDifference } from './run-conformance.ts';
import { directedSequence } from './sequence/directed-sequence.ts';
import { startSandbox } from './start-sandbox.ts';

const SETTINGS = { seed: 11, startSeconds: START_SECONDS, blocks: 'ON_DEMAND' } as const;

const TEXTS = [
  ...['Spending: exceeds per-call', 'Spending: exceeds window limit', 'Spending: calldata too short'],
  ...['Spending: invalid amount', 'u64_add Overflow', 'u256_add Overflow'],
  ...['Session: unauthorized selector', 'Session: valid_until exceeded', 'SRC9: invalid signature'],
  ...[
    'SRC9: invalid caller',
    'SRC9: duplicated nonce',
    'SRC9: now <= execute_after',
    'SRC9: now >= execute_before',
  ],
  ...['Account: unauthorized', 'Invalid argument', 'ERC20: insufficient allowance'],
  ...['is not deployed', 'is not declared'],
];

const revertReasons = async ({ rpc }: RunningNode): Promise<string> => {
  const head = await rpc.request<number>('starknet_blockNumber');
  const questions = Array.from({ length: head + 1 }, (_, block_number) => ({
    method: 'starknet_getBlockWithReceipts',
    params: { block_id: { block_number } },
  }));
  return JSON.stringify(await rpc.askAll(questions));
};

describe('the sandbox and the Cairo contracts on devnet', () => {
  const nodes: RunningNode[] = [];
  let conformance: Conformance;

  beforeAll(async () => {
    nodes.push(await startDevnet(SETTINGS), await startSandbox(SETTINGS));
    conformance = await createConformance([nodes[0]!, nodes[1]!]);
  });

  afterAll(() => Promise.all(nodes.map((node) => node.stop())));

  it('answer the same about declaring, deploying and funding', async () => {
    const found = await conformance.compareSetUp();
    expect(printDifferences(found, ['devnet', 'sandbox'])).toBe('');
  });

  it.each(['SETTING', 'SPEND'] as const)('keep the same rules at every edge: %s', async (account) => {
    const difference = await conformance.firstDifference(directedSequence(account));
    expect(describeDifference(difference, 'directed sequence')).toBe('none');
  });

  // What is never met is never compared.
  it('met every text that the contracts refuse with', async () => {
    const said = await revertReasons(nodes[0]!);
    expect(TEXTS.filter((text) => !said.includes(text))).toEqual([]);
  });
});
