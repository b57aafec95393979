import { beforeAll, describe, expect, it } from '@jest/globals';
import { toAddress } from '#libs/felt';
import { testClassAbi, testClassHash, withDatabase } from '#libs/testing';
import { runPurser } from '../../apps/cli/spec/run-purser.ts';
import { HEAD, withServer } from './with-server.ts';

const CLASS = 'session_account_setting';

describe('a command with a key that has nothing left', () => {
  const database = withDatabase();
  const spec = withServer(database, { unitsPerMinute: 1_200, settings: { port: 0 } });
  let url = '';
  let key = '';

  beforeAll(async () => {
    const { networkId, rows } = spec;
    await rows.head(networkId, HEAD);
    await rows.account(networkId, toAddress(0xa1n), {
      classHash: testClassHash(CLASS),
      abi: testClassAbi(CLASS),
    });
    url = (await spec.server.listen()).url;
    key = await spec.access.keyOf('ADMIN');
  });

  it('waits as long as the service says, tells so beside the answer, and goes on', async () => {
    let code: string | undefined;
    while (code === undefined) [code] = (await spec.ask('{ viewer { name } }')).codes;
    expect(code).toBe('RATE_LIMITED');
    const args = ['sessions', 'list', '--limit', '1', '--json', '--url', url, '--key', key];
    const { exitCode, out, err } = await runPurser(args, database.environment);
    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ sessions: [], hasMore: false });
    expect(err).toMatch(/used up what it may ask in a minute: going on in \d+ s/);
  });
});
