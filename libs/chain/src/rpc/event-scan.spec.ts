import { afterEach, describe, expect, it } from '@jest/globals';
import { toAddress, toFelt } from '#libs/felt';
import { eventAnswer } from '../../testing/answers.ts';
import { type HttpHarness, startHttpHarness } from '../../testing/http-harness.ts';
import type { NodeAnswer, NodeRequest, ScriptedNode } from '../../testing/scripted-node.ts';
import type { EventQuery } from '../types.ts';

let harness: HttpHarness;
const start = async (...setup: Parameters<typeof startHttpHarness>): Promise<HttpHarness> => {
  harness = await startHttpHarness(...setup);
  return harness;
};
afterEach(() => harness.close());

interface Filter {
  readonly from_block: { readonly block_number: number };
  readonly to_block: { readonly block_number: number; readonly block_hash?: string };
  readonly chunk_size: number;
  readonly keys: readonly (readonly string[])[];
  readonly address?: string | readonly string[];
  readonly continuation_token?: string;
}

const filterIn = ({ params }: NodeRequest): Filter => params['filter'] as Filter;
const asked = (node: ScriptedNode): Filter[] =>
  node.requests.filter(({ method }) => method === 'starknet_getEvents').map(filterIn);
const rangesOf = (node: ScriptedNode): string[] =>
  asked(node).map(
    ({ from_block, to_block, continuation_token }) =>
      `${from_block.block_number}-${to_block.block_number}${continuation_token ? ` ${continuation_token}` : ''}`,
  );

const page = (blocks: readonly number[], token?: string): NodeAnswer => ({
  result: {
    events: blocks.map((block) => eventAnswer(block)),
    ...(token ? { continuation_token: token } : {}),
  },
});
const refuse = (code: number): NodeAnswer => ({ error: { code } });

const scriptEvents = (node: ScriptedNode, answer: (filter: Filter, round: number) => NodeAnswer): void => {
  let round = 0;
  node.script = (request) => {
    if (request.method !== 'starknet_getEvents') return undefined;
    round += 1;
    return answer(filterIn(request), round);
  };
};

const query = (overrides: Partial<EventQuery> = {}): EventQuery => ({
  fromBlock: 0,
  toBlock: 99,
  keys: [[toFelt(1)]],
  ...overrides,
});

const readAll = async (asking: EventQuery): Promise<number[]> => {
  const blocks: number[] = [];
  for await (const events of harness.source.events(asking))
    blocks.push(...events.map((event) => event.blockNumber));
  return blocks;
};

describe('reading events page by page', () => {
  it('goes on over empty pages and passes on whole blocks only', async () => {
    const { nodes, source } = await start();
    const pages = [page([3, 4], 'a'), page([], 'b'), page([4, 4, 5], 'c'), page([])];
    scriptEvents(nodes[0]!, (_, round) => pages[round - 1]!);
    const got: number[][] = [];
    for await (const events of source.events(query())) got.push(events.map((event) => event.blockNumber));
    expect(got).toEqual([[3], [4, 4, 4], [5]]);
    expect(rangesOf(nodes[0]!)).toEqual(['0-99', '0-99 a', '0-99 b', '0-99 c']);
  });

  it('asks nothing for no addresses or no blocks', async () => {
    const { nodes } = await start();
    expect(await readAll(query({ address: [] }))).toEqual([]);
    expect(await readAll(query({ fromBlock: 5, toBlock: 4 }))).toEqual([]);
    expect(nodes[0]!.requests).toEqual([]);
  });

  it('sends one address as such and several as a list', async () => {
    const { nodes } = await start();
    scriptEvents(nodes[0]!, () => page([]));
    const [a, b] = [toAddress(0xan), toAddress(0xbn)];
    await readAll(query({ address: a }));
    await readAll(query({ address: [a] }));
    await readAll(query({ address: [a, b] }));
    expect(asked(nodes[0]!).map(({ address }) => address)).toEqual(['0xa', '0xa', ['0xa', '0xb']]);
  });
});

describe('a token that died', () => {
  it('restarts at the first block not passed on', async () => {
    const { nodes } = await start();
    const answers = [page([3, 4], 'a'), refuse(33), page([4, 9])];
    scriptEvents(nodes[0]!, (_, round) => answers[round - 1]!);
    expect(await readAll(query())).toEqual([3, 4, 9]);
    expect(rangesOf(nodes[0]!)).toEqual(['0-99', '0-99 a', '4-99']);
  });

  it('is an error when it happens again and again without progress', async () => {
    const { nodes } = await start();
    scriptEvents(nodes[0]!, ({ continuation_token }) => (continuation_token ? refuse(33) : page([], 'a')));
    await expect(readAll(query())).rejects.toMatchObject({ code: 'INCOMPLETE_EVENTS' });
    expect(asked(nodes[0]!).length).toBeLessThan(20);
  });

  it('is not carried to another provider', async () => {
    const { nodes } = await start(2);
    scriptEvents(nodes[0]!, (_, round) => (round === 1 ? page([3, 4], 'a') : { status: 500, body: '' }));
    scriptEvents(nodes[1]!, () => page([4, 9]));
    expect(await readAll(query())).toEqual([3, 4, 9]);
    expect(rangesOf(nodes[1]!)).toEqual(['4-99']);
  });
});

describe('a token that leads nowhere', () => {
  it('makes the range smaller', async () => {
    const { nodes } = await start();
    scriptEvents(nodes[0]!, ({ from_block: { block_number: from }, to_block: { block_number: to } }) =>
      to - from > 30 ? page([from], 'same') : page([to]),
    );
    expect(await readAll(query())).toEqual([24, 49, 74, 99]);
  });

  it('is found in longer circles too, and is an error within one block', async () => {
    const { nodes } = await start();
    scriptEvents(nodes[0]!, (_, round) => page([], `t${round % 3}`));
    await expect(readAll(query({ toBlock: 7 }))).rejects.toMatchObject({
      code: 'INCOMPLETE_EVENTS',
      retryable: true,
    });
    expect(asked(nodes[0]!).length).toBeLessThan(60);
  });
});

describe('limits of a provider', () => {
  it('halves the page until it is taken, and remembers', async () => {
    const { nodes, incidents } = await start();
    scriptEvents(nodes[0]!, ({ chunk_size }) => (chunk_size > 300 ? refuse(31) : page([7])));
    expect(await readAll(query())).toEqual([7]);
    expect(await readAll(query())).toEqual([7]);
    expect(asked(nodes[0]!).map(({ chunk_size }) => chunk_size)).toEqual([1000, 500, 250, 250]);
    expect(incidents.map(({ kind }) => kind)).toEqual(['LIMIT_LEARNT', 'LIMIT_LEARNT']);
  });

  it('halves the keys until they are taken, each asked for once, and remembers', async () => {
    const { nodes } = await start();
    const keys = [Array.from({ length: 10 }, (_, index) => toFelt(index + 1))];
    scriptEvents(nodes[0]!, (filter) =>
      filter.keys[0]!.length > 3
        ? refuse(34)
        : { result: { events: filter.keys[0]!.map((key, index) => eventAnswer(index, { keys: [key] })) } },
    );
    expect(await readAll(query({ keys }))).toHaveLength(10);
    await readAll(query({ keys }));
    const taken = asked(nodes[0]!).map((filter) => filter.keys[0]!.length);
    expect(taken).toEqual([10, 5, 2, 1, 2, 2, 1, 2, 2, 1, 2, 2, 1, 2]);
  });

  it('fails when even single keys are too many', async () => {
    const { nodes } = await start();
    scriptEvents(nodes[0]!, () => refuse(34));
    await expect(readAll(query({ keys: [[toFelt(1)], [toFelt(2)]] }))).rejects.toMatchObject({
      code: 'TOO_MANY_KEYS',
    });
    expect(asked(nodes[0]!).length).toBeLessThan(5);
  });

  it('asks address by address where a list is not known', async () => {
    const { nodes } = await start();
    scriptEvents(nodes[0]!, ({ address }) =>
      Array.isArray(address)
        ? refuse(-32602)
        : { result: { events: [eventAnswer(1, { from_address: address, keys: ['0x1'] })] } },
    );
    const address = [0xan, 0xbn, 0xcn].map(toAddress);
    expect(await readAll(query({ address }))).toEqual([1, 1, 1]);
    expect(asked(nodes[0]!).map((filter) => filter.address)).toEqual([
      ['0xa', '0xb', '0xc'],
      '0xa',
      '0xb',
      '0xc',
    ]);
  });

  it('keeps the page size that a token came with', async () => {
    const { nodes, source } = await start();
    const small = { only: false };
    scriptEvents(nodes[0]!, ({ chunk_size, continuation_token }) => {
      if (continuation_token) return page([9]);
      return small.only && chunk_size > 500 ? refuse(31) : page([1, 2], 'a');
    });
    const scan = source.events(query())[Symbol.asyncIterator]();
    await scan.next();
    small.only = true;
    await readAll(query());
    await scan.next();
    const sizes = asked(nodes[0]!).map(({ chunk_size }) => chunk_size);
    expect(sizes).toEqual([1000, 1000, 500, 500, 1000]);
  });
});

describe('a range that ends at a block of a known hash', () => {
  const toBlockHash = toFelt(1099n);

  it('is asked for by the hash, so that a node without that block refuses and another is asked', async () => {
    const { nodes } = await start(2);
    scriptEvents(nodes[0]!, () => refuse(24));
    scriptEvents(nodes[1]!, () => page([50]));
    expect(await readAll(query({ toBlockHash }))).toEqual([50]);
    expect(asked(nodes[1]!).map(({ to_block }) => to_block)).toEqual([{ block_hash: '0x44b' }]);
  });

  it('is asked for by its height from a node that takes no hash', async () => {
    const { nodes } = await start();
    scriptEvents(nodes[0]!, ({ to_block }) => (to_block.block_hash ? refuse(-32602) : page([50])));
    expect(await readAll(query({ toBlockHash }))).toEqual([50]);
    expect(await readAll(query({ toBlockHash }))).toEqual([50]);
    expect(asked(nodes[0]!)).toHaveLength(3);
  });

  it('takes no event of another block of that height', async () => {
    const { nodes } = await start(2);
    scriptEvents(nodes[0]!, () => ({ result: { events: [eventAnswer(99, { block_hash: '0xbad' })] } }));
    scriptEvents(nodes[1]!, () => page([99]));
    expect(await readAll(query({ toBlockHash }))).toEqual([99]);
    expect(harness.incidents).toMatchObject([{ provider: 'node 0', code: 'ANSWER_MISMATCH' }]);
  });
});

describe('witnesses', () => {
  it('are the providers, each asked alone', async () => {
    const { nodes, source } = await start(2);
    scriptEvents(nodes[0]!, () => page([3]));
    scriptEvents(nodes[1]!, () => page([3, 4]));
    const told: number[][] = [];
    for (const witness of source.witnesses()) {
      for await (const events of witness.events(query()))
        told.push(events.map(({ blockNumber }) => blockNumber));
    }
    expect(told).toEqual([[3], [3, 4]]);
  });

  it('do not speak for one another', async () => {
    const { nodes, source } = await start(2);
    scriptEvents(nodes[0]!, () => refuse(24));
    scriptEvents(nodes[1]!, () => page([3]));
    const first = source.witnesses()[0]!.events(query())[Symbol.asyncIterator]().next();
    await expect(first).rejects.toMatchObject({ code: 'BLOCK_NOT_FOUND' });
    expect(asked(nodes[1]!)).toEqual([]);
  });
});

describe('events that were not asked for', () => {
  it('are a fault of the provider', async () => {
    const { nodes, incidents } = await start(2);
    scriptEvents(nodes[0]!, () => page([500]));
    scriptEvents(nodes[1]!, () => page([50]));
    expect(await readAll(query())).toEqual([50]);
    expect(incidents).toMatchObject([{ provider: 'node 0', code: 'ANSWER_MISMATCH' }]);
  });
});
