import { describe, expect, it } from '@jest/globals';
import { createChainDriver, type Json, startDevnet } from '#libs/testing';
import { differences, printDifferences } from '../compare/differences.ts';
import { START_SECONDS } from '../play/set-up.ts';
import { ACCOUNT_NAMES } from '../play/world.ts';
import type { AccountName } from '../sequence/command.ts';
import { record, type Recording } from './record.ts';
import { recordedSequence } from './recorded-sequence.ts';
import { readRecording, writeRecording } from './recording-file.ts';

const recordDevnet = async (account: AccountName): Promise<Recording> => {
  const node = await startDevnet({ seed: 16, startSeconds: START_SECONDS, blocks: 'ON_DEMAND' });
  try {
    return await record(createChainDriver(node.rpc), account, recordedSequence(account));
  } finally {
    await node.stop();
  }
};

describe('the recordings that `npm test` replays', () => {
  // `UPDATE_RECORDINGS=1 npm run test:chain` writes them anew.
  it.each(ACCOUNT_NAMES)('are what devnet answers: %s', async (account) => {
    const recording = await recordDevnet(account);
    if (process.env['UPDATE_RECORDINGS'] === '1') writeRecording(account, recording);
    const found = differences(recording as unknown as Json, readRecording(account) as unknown as Json);
    expect(printDifferences(found, ['devnet', 'recording'])).toBe('');
  });
});
