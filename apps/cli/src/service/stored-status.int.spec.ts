import { beforeAll, describe, expect, it } from '@jest/globals';
import { encodeShortString } from '#libs/felt';
import { ChainError } from '#libs/chain';
import { createScriptedChain, headerOf, indexRowsOf, type ScriptedChain, withDatabase } from '#libs/testing';
import { notReadyReasons } from '../../../server/src/health/readiness.ts';
import { readsOfApi } from './stored-reads.ts';
import { createStoredStatus } from './stored-status.ts';

const INDEXED = headerOf(100, 1_000n);
const LIMITS = { maxLagBlocks: 20, maxStalledSeconds: 120 };

describe('the state of a network that another process indexes', () => {
  const database = withDatabase();
  let networkId: number;
  let chain: ScriptedChain;
  let startMs: number;

  beforeAll(async () => {
    const rows = indexRowsOf(database.db);
    networkId = await rows.network('spec');
    await rows.head(networkId, INDEXED);
    startMs = Date.now();
  });

  /** Sees the head at each of the times, in seconds from the start; undefined: no node answers. */
  const after = async (...seen: readonly (readonly [seconds: number, head: number | undefined])[]) => {
    let nowMs = startMs;
    chain = createScriptedChain(INDEXED);
    const network = {
      networkId,
      chainId: encodeShortString('SN_SEPOLIA'),
      label: 'spec',
      sandbox: false,
      source: chain.source,
    };
    const stored = createStoredStatus(readsOfApi(database.api), () => nowMs);
    await stored.refresh();
    stored.of(network);
    for (const [seconds, head] of seen) {
      nowMs = startMs + seconds * 1000;
      chain.failure = head === undefined ? new ChainError('RPC_TIMEOUT', 'no answer') : undefined;
      if (head !== undefined) chain.head = headerOf(head, 1_000n + BigInt(head - 100) * 5n);
      await stored.seeHead(network).catch(() => undefined);
      stored.of(network);
    }
    const status = stored.of(network);
    return { status, codes: notReadyReasons(status, LIMITS).map(({ code }) => code) };
  };

  it('is not ready before a node says where the head is', async () => {
    expect((await after()).codes).toEqual(['HEAD_UNKNOWN']);
    expect((await after([1, undefined])).codes).toEqual(['HEAD_UNKNOWN']);
  });

  it('is ready at the head, and says how far it is behind', async () => {
    expect(await after([1, 100])).toMatchObject({ codes: [], status: { lagBlocks: 0, stalledSeconds: 0 } });
    expect(await after([1, 110])).toMatchObject({ codes: [], status: { lagBlocks: 10, lagSeconds: 50 } });
    expect((await after([1, 121])).codes).toEqual(['LAGGING']);
  });

  it('is stalled where nothing was committed since a block came, and not while none comes', async () => {
    expect((await after([1, 100], [500, 100])).codes).toEqual([]);
    expect((await after([1, 100], [500, 101])).codes).toEqual([]);
    expect((await after([1, 101], [122, 101])).codes).toEqual(['STALLED']);
  });

  it('does not go on with a head that no node told of for a minute', async () => {
    expect((await after([1, 100], [61, undefined])).codes).toEqual([]);
    expect((await after([1, 100], [62, undefined])).codes).toEqual(['HEAD_UNKNOWN']);
  });
});
