import { beforeAll, describe, expect, it } from '@jest/globals';
import { feltToHex, selectorOf } from '#libs/felt';
import type { Json, JsonObject } from './index.ts';
import { createSandbox, type Sandbox, type SandboxOptions, STRK_ADDRESS } from './index.ts';

const STRK = feltToHex(STRK_ADDRESS);
const MINTS = 3;

const withMints = (options: SandboxOptions = {}): Sandbox => {
  const sandbox = createSandbox({ accounts: 0, ...options });
  for (let i = 0; i < MINTS; i += 1) sandbox.request('devnet_mint', { address: '0x5', amount: i + 1 });
  return sandbox;
};

describe('getEvents', () => {
  let sandbox: Sandbox;
  beforeAll(() => {
    sandbox = withMints();
  });

  const page = (filter: JsonObject): { events: JsonObject[]; continuation_token?: string } =>
    sandbox.request('starknet_getEvents', { filter }) as never;

  const readAll = (filter: JsonObject): JsonObject[] => {
    const events: JsonObject[] = [];
    let continuation_token: string | undefined;
    do {
      const next = page({ ...filter, ...(continuation_token === undefined ? {} : { continuation_token }) });
      events.push(...next.events);
      continuation_token = next.continuation_token;
    } while (continuation_token !== undefined);
    return events;
  };

  it.each([1, 2, 4, 5, 100])('gives the same events whatever the page size: %d', (chunk_size) => {
    const events = readAll({ chunk_size });
    expect(events.map((event) => [event['block_number'], event['event_index']])).toEqual([
      [1, 0],
      [1, 1],
      [2, 0],
      [2, 1],
      [3, 0],
      [3, 1],
    ]);
  });

  it('filters by range, by key position and by one address or several', () => {
    const selector = feltToHex(selectorOf('Transfer'));
    const range = { from_block: { block_number: 2 }, to_block: { block_number: 2 } };
    const cases: [JsonObject, number][] = [
      [{ ...range }, 2],
      [{ from_block: 'latest', to_block: 'latest' }, 2],
      [{ address: STRK }, 6],
      [{ address: ['0x1', STRK] }, 6],
      [{ address: '0x1' }, 0],
      [{ keys: [[selector], [], ['0x5']] }, 3],
      [{ keys: [[selector], ['0x0']] }, 3],
      [{ keys: [['0x1']] }, 0],
      [{ keys: [[], [], [], ['0x1']] }, 0],
    ];
    for (const [filter, count] of cases)
      expect([filter, readAll({ ...filter, chunk_size: 10 }).length]).toEqual([filter, count]);
  });

  it('has the events of the block being built without block hash and number', () => {
    const demand = withMints({ blockGeneration: 'DEMAND' });
    const { events } = demand.request('starknet_getEvents', {
      filter: { from_block: 'pre_confirmed', to_block: 'pre_confirmed', chunk_size: 1 },
    }) as unknown as { events: JsonObject[] };
    expect(Object.keys(events[0]!)).toEqual([
      'transaction_hash',
      'transaction_index',
      'event_index',
      'from_address',
      'keys',
      'data',
    ]);
  });

  it.each<[string, number, JsonObject, SandboxOptions]>([
    ['an unknown token', 33, { chunk_size: 1, continuation_token: 'x' }, {}],
    ['an unknown block', 24, { chunk_size: 1, to_block: { block_number: 99 } }, {}],
    ['a missing page size', -32602, {}, {}],
    ['a page beyond a limit', 31, { chunk_size: 11 }, { limits: { maxChunkSize: 10 } }],
    ['keys beyond a limit', 34, { chunk_size: 1, keys: [['0x1', '0x2']] }, { limits: { maxKeys: 1 } }],
  ])('refuses %s', (_, code, filter, options) => {
    const limited = createSandbox({ accounts: 0, ...options });
    expect(() => limited.request('starknet_getEvents', { filter: filter as Json })).toThrow(
      expect.objectContaining({ code }),
    );
  });

  it('lets an event with fewer keys through as devnet does, when told to', () => {
    const devnet = withMints({ behaviour: 'DEVNET' });
    const filter = { chunk_size: 10, keys: [[], [], [], ['0x1']] };
    expect(devnet.request('starknet_getEvents', { filter })).toHaveProperty('events.length', 2 * MINTS);
  });
});
