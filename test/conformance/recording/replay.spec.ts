import { describe, expect, it } from '@jest/globals';
import { createChainDriver, type Json } from '#libs/testing';
import { differences, printDifferences } from '../compare/differences.ts';
import { START_SECONDS } from '../play/set-up.ts';
import { ACCOUNT_NAMES } from '../play/world.ts';
import type { AccountName } from '../sequence/command.ts';
import { startSandbox } from '../start-sandbox.ts';
import { record, type Recording } from './record.ts';
import { recordedSequence } from './recorded-sequence.ts';
import { readRecording } from './recording-file.ts';

const REPLAY_DEADLINE_MS = 120_000;

const recordSandbox = async (account: AccountName): Promise<Recording> => {
  const node = await startSandbox({ seed: 16, startSeconds: START_SECONDS, blocks: 'ON_DEMAND' });
  try {
    return await record(createChainDriver(node.rpc), account, recordedSequence(account));
  } finally {
    await node.stop();
  }
};

describe('the sandbox answers what devnet answered', () => {
  it.each(ACCOUNT_NAMES)(
    'to the recorded sequence: %s',
    async (account) => {
      const recorded = readRecording(account) as unknown as Json;
      const replayed = (await recordSandbox(account)) as unknown as Json;
      expect(printDifferences(differences(recorded, replayed), ['devnet', 'sandbox'])).toBe('');
    },
    REPLAY_DEADLINE_MS,
  );
});

/** What a sequence never meets is not compared: these are all refusals that the contracts can tell. */
const REFUSALS = [
  'Spending: exceeds per-call',
  'Spending: exceeds window limit',
  'Session: valid_until exceeded',
  'SRC9: duplicated nonce',
  'is not deployed',
  'is not declared',
  'should return `VALID`',
  'Duplicate transaction',
];

it.each(ACCOUNT_NAMES)('the recording meets each kind of refusal: %s', (account) => {
  const text = JSON.stringify(readRecording(account));
  expect(REFUSALS.filter((refusal) => !text.includes(refusal))).toEqual([]);
});
