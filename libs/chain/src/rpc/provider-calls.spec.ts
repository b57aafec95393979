import { afterEach, describe, expect, it } from '@jest/globals';
import { toAddress, toFelt } from '#libs/felt';
import { until } from '../../testing/fake-clock.ts';
import { type HttpHarness, startHttpHarness } from '../../testing/http-harness.ts';
import type { NodeAnswer } from '../../testing/scripted-node.ts';
import type { ProviderCall } from './options.ts';

const METHOD = 'starknet_getStorageAt';

describe('what is told of calls', () => {
  let harness: HttpHarness;
  afterEach(() => harness.close());

  /** Each list: what one node answers about storage, in order. */
  const start = async (...answers: readonly (readonly NodeAnswer[])[]) => {
    const calls: ProviderCall[] = [];
    harness = await startHttpHarness(answers.length, { onCall: (call) => calls.push(call) });
    harness.nodes.forEach((node, index) => {
      const left = [...(answers[index] ?? [])];
      node.script = ({ method }) => (method === METHOD ? left.shift() : undefined);
    });
    return { calls, asked: () => calls.filter(({ method }) => method === METHOD) };
  };
  const readStorage = (options?: { readonly signal: AbortSignal }) =>
    harness.source.storageAt(toAddress(1n), toFelt(2n), 'latest', options);

  it('is each one, with the place of the provider and no URL', async () => {
    const { calls, asked } = await start([{ status: 500, body: 'oops' }], [{ result: '0x5' }]);
    expect(await readStorage()).toBe(5n);
    expect(asked()).toEqual([
      { provider: 0, method: METHOD, outcome: 'error' },
      { provider: 1, method: METHOD, outcome: 'ok' },
    ]);
    expect(calls).toContainEqual({ provider: 0, method: 'starknet_chainId', outcome: 'ok' });
    expect(JSON.stringify(calls)).not.toContain('SECRETKEY');
  });

  it('is no error where the node answers that there is nothing', async () => {
    const { asked } = await start([{ error: { code: 20, message: 'Contract not found' } }]);
    await expect(readStorage()).rejects.toMatchObject({ code: 'CONTRACT_NOT_FOUND' });
    expect(asked()).toEqual([{ provider: 0, method: METHOD, outcome: 'ok' }]);
  });

  it('leaves out those that nobody waits for any more', async () => {
    const { asked } = await start(['silence']);
    const stopping = new AbortController();
    const reading = readStorage({ signal: stopping.signal });
    const refused = expect(reading).rejects.toMatchObject({ code: 'ABORTED' });
    await until('the call', () => harness.nodes[0]?.count(METHOD) === 1);
    stopping.abort();
    await refused;
    expect(asked()).toEqual([]);
  });
});
