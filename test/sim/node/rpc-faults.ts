import type { Json, JsonObject } from '#libs/sandbox';

/** A call and the answer that an honest node would give, to be spoilt. */
interface Call {
  readonly id: number;
  readonly method: string;
  readonly params: JsonObject;
  readonly honest: () => Json;
  /** What the node says to another question. */
  readonly ask: (method: string, params: JsonObject) => Json;
  readonly random: { below(limit: number): number };
  readonly nowMs: number;
}

/** How an answer goes wrong on its way. */
export type Reply =
  | { readonly type: 'RESULT'; readonly result: Json }
  | { readonly type: 'ERROR'; readonly code: number; readonly message: string }
  | {
      readonly type: 'HTTP';
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly body: string;
    }
  | { readonly type: 'RESET' | 'SILENCE' | 'STUCK_BODY' | 'BROKEN_OFF' | 'OVERSIZE' };

interface Fault {
  /** Absent: of any method. */
  readonly methods?: readonly string[];
  /** Nothing where this answer has nothing to be spoilt. */
  readonly reply: (call: Call) => Reply | undefined;
}

const RECEIPTS = 'starknet_getBlockWithReceipts';
const HASHES = 'starknet_getBlockWithTxHashes';
const UPDATE = 'starknet_getStateUpdate';
const EVENTS = 'starknet_getEvents';
const WORD = 'starknet_getStorageAt';
const CLASS = 'starknet_getClassHashAt';

const error = (code: number, message: string): Reply => ({ type: 'ERROR', code, message });
const result = (value: Json): Reply => ({ type: 'RESULT', result: value });
const text = (body: string, status = 200, headers: Record<string, string> = {}): Reply => ({
  type: 'HTTP',
  status,
  headers,
  body,
});
const envelope = (call: Call, id: number): string =>
  JSON.stringify({ jsonrpc: '2.0', id, result: call.honest() });

/** The answer to a question about a block, as if another block had been asked for. */
const ofOtherBlock = (call: Call): Json | undefined => {
  const block = call.honest() as JsonObject;
  const number = Number(block['block_number'] ?? 0);
  if (number < 2) return undefined;
  return call.ask(call.method, { ...call.params, block_id: { block_number: number - 1 } });
};

const eventsOf = (call: Call): readonly JsonObject[] =>
  (call.honest() as { events: readonly JsonObject[] }).events;

/** One receipt less one of its events; the header counts it all the same. */
const withoutAnEvent = (call: Call): Json | undefined => {
  const block = structuredClone(call.honest()) as {
    transactions: { receipt: { events: JsonObject[] } }[];
  };
  const full = block.transactions.filter(({ receipt }) => receipt.events.length > 0);
  if (full.length === 0) return undefined;
  full[call.random.below(full.length)]!.receipt.events.pop();
  return block;
};

const withoutATransaction = (call: Call): Json | undefined => {
  const block = structuredClone(call.honest()) as { transactions: Json[] };
  return block.transactions.pop() === undefined ? undefined : block;
};

/** One transaction stands in the place of another: every count is right. */
const withATransactionTwice = (call: Call): Json | undefined => {
  const block = call.honest() as { transactions: readonly Json[] };
  const [first, , ...others] = block.transactions;
  return first === undefined || block.transactions.length < 2
    ? undefined
    : { ...block, transactions: [first, first, ...others] };
};

const staleUpdate = (call: Call): Json | undefined => {
  const hash = (call.params['block_id'] as { block_hash?: string })['block_hash'];
  const block = call.ask(HASHES, { block_id: { block_hash: hash! } }) as JsonObject;
  if (Number(block['block_number']) < 2) return undefined;
  return call.ask(UPDATE, { block_id: { block_hash: block['parent_hash']! } });
};

/** A page that says nothing of one of its events. The others and the token are right. */
const withoutOneOf = (call: Call): Json | undefined => {
  const page = call.honest() as { events: readonly Json[] };
  if (page.events.length === 0) return undefined;
  const leftOut = call.random.below(page.events.length);
  return { ...page, events: page.events.filter((_, index) => index !== leftOut) };
};

/** The first events of a page, with a token of our own for the others: see `askWithParts`. */
const partOfPage = (call: Call, count: number): Reply | undefined => {
  const token = tokenOf(call.params) ?? '0';
  const events = eventsOf(call);
  if (token.startsWith(PART) || events.length <= count) return undefined;
  return result({ events: events.slice(0, count), continuation_token: `${PART}${count}.${token}` });
};

const PART = 'rest.';

const tokenOf = (params: JsonObject): string | undefined =>
  (params['filter'] as JsonObject)['continuation_token'] as string | undefined;

/** Answers like the node, and the tokens of pages that were given in two parts as well. */
export const askWithParts = (
  ask: (method: string, params: JsonObject) => Json,
  method: string,
  params: JsonObject,
): Json => {
  const token = method === EVENTS ? tokenOf(params) : undefined;
  if (token?.startsWith(PART) !== true) return ask(method, params);
  const [, count = '0', rest = '0'] = token.split('.');
  const filter = { ...(params['filter'] as JsonObject), continuation_token: rest };
  const page = ask(method, { filter }) as { events: readonly Json[] };
  return { ...page, events: page.events.slice(Number(count)) };
};

/** The height that a question names, as only a history is asked about. */
const heightIn = ({ params }: Call): number | undefined =>
  (params['block_id'] as { readonly block_number?: number } | undefined)?.block_number;

/** The answer to a question about a height, as if a lower one had been asked about. */
const ofEarlierBlock = (call: Call): Reply | undefined => {
  const height = heightIn(call);
  if (height === undefined || height < 2) return undefined;
  const lower = Math.max(1, height - 1 - call.random.below(MOST_EARLIER));
  return result(call.ask(call.method, { ...call.params, block_id: { block_number: lower } }));
};

const MOST_EARLIER = 30;

/** A word with the block that wrote it last, told as another one. */
const withUpdateBlock =
  (change: (updateBlock: number, call: Call) => number | undefined) =>
  (call: Call): Reply | undefined => {
    if (call.params['response_flags'] === undefined) return undefined;
    const honest = call.honest() as { readonly value: Json; readonly last_update_block: number };
    const told = change(honest.last_update_block, call);
    return result(told === undefined ? honest.value : { ...honest, last_update_block: told });
  };

const maybe = (value: Json | undefined): Reply | undefined =>
  value === undefined ? undefined : result(value);

const CLOCKS_APART_MS = 60 * 60_000;

export const RPC_FAULTS = {
  'rpc error -32603': { reply: () => error(-32603, 'Internal error') },
  'rpc error -32000': { reply: () => error(-32000, 'the back end is busy') },
  'rpc error 63': { reply: () => error(63, 'An unexpected error occurred') },
  '429 with seconds': {
    reply: ({ random }) => text('slow down', 429, { 'retry-after': String(1 + random.below(5)) }),
  },
  '429 with a date': {
    reply: ({ nowMs }) => text('', 429, { 'retry-after': new Date(nowMs + 4_000).toUTCString() }),
  },
  '429 with a date of another clock': {
    reply: ({ nowMs, random }) => {
      const nodeMs = nowMs + random.below(2 * CLOCKS_APART_MS) - CLOCKS_APART_MS;
      const [date, retryAfter] = [nodeMs, nodeMs + 4_000].map((at) => new Date(at).toUTCString());
      return text('', 429, { date: date!, 'retry-after': retryAfter! });
    },
  },
  '429 in the body': { reply: () => error(-32005, 'rate limited') },
  '503 with Retry-After': { reply: () => text('', 503, { 'retry-after': '2' }) },
  '502 with a page': { reply: () => text('<html><h1>502 Bad Gateway</h1></html>', 502) },
  'connection reset': { reply: () => ({ type: 'RESET' }) },
  'no answer': { reply: () => ({ type: 'SILENCE' }) },
  'body never ends': { reply: () => ({ type: 'STUCK_BODY' }) },
  'body broken off': { reply: () => ({ type: 'BROKEN_OFF' }) },
  'oversize body': { reply: () => ({ type: 'OVERSIZE' }) },
  'truncated JSON': { reply: (call) => text(envelope(call, call.id).slice(0, -9)) },
  'page of HTML': { reply: () => text('<!doctype html><title>maintenance</title>') },
  'empty body': { reply: () => text('') },
  'id of another request': { reply: (call) => text(envelope(call, call.id + 1)) },
  'block not found': {
    methods: [RECEIPTS, UPDATE, HASHES],
    reply: () => error(24, 'Block not found'),
  },
  'answer of another block': {
    methods: [RECEIPTS, HASHES],
    reply: (call) =>
      call.params['block_id'] === 'latest' || call.params['block_id'] === 'l1_accepted'
        ? undefined
        : maybe(ofOtherBlock(call)),
  },
  'wrong parent hash': {
    methods: [RECEIPTS, HASHES],
    reply: (call) => {
      const block = call.honest() as JsonObject;
      // Nothing is there that the parent of block 0 could be checked against.
      return block['block_number'] === 0 ? undefined : result({ ...block, parent_hash: '0xbad' });
    },
  },
  'event missing in a receipt': {
    methods: [RECEIPTS],
    reply: (call) => maybe(withoutAnEvent(call)),
  },
  'transaction missing': {
    methods: [RECEIPTS],
    reply: (call) => maybe(withoutATransaction(call)),
  },
  'transaction told twice': {
    methods: [RECEIPTS],
    reply: (call) => maybe(withATransactionTwice(call)),
  },
  'state update of the block before': {
    methods: [UPDATE],
    reply: (call) => maybe(staleUpdate(call)),
  },
  'page token invalid': {
    methods: [EVENTS],
    reply: ({ params }) =>
      tokenOf(params) === undefined
        ? undefined
        : error(33, 'The supplied continuation token is invalid or unknown'),
  },
  'page token stuck': {
    methods: [EVENTS],
    reply: (call) => {
      const token = tokenOf(call.params);
      return token === undefined ? undefined : result({ events: [], continuation_token: token });
    },
  },
  'empty page with a token': { methods: [EVENTS], reply: (call) => partOfPage(call, 0) },
  'short page': { methods: [EVENTS], reply: (call) => partOfPage(call, 1) },
  'event left out of a page': { methods: [EVENTS], reply: (call) => maybe(withoutOneOf(call)) },
  'page too big': { methods: [EVENTS], reply: () => error(31, 'Requested page size is too big') },
  'event out of the range': {
    methods: [EVENTS],
    reply: (call) => {
      const [first, ...rest] = eventsOf(call);
      return first && result({ events: [{ ...first, block_number: 999_999 }, ...rest] });
    },
  },
  'word of an earlier block': { methods: [WORD], reply: ofEarlierBlock },
  'class of an earlier block': { methods: [CLASS], reply: ofEarlierBlock },
  'update block of the future': {
    methods: [WORD],
    reply: withUpdateBlock((told, { random }) => told + 1_000 + random.below(1_000)),
  },
  'update block left out': { methods: [WORD], reply: withUpdateBlock(() => undefined) },
  'update block too early': {
    methods: [WORD],
    reply: withUpdateBlock((told, { random }) => random.below(told + 1)),
  },
  'state of a block pruned': {
    methods: [WORD, CLASS],
    reply: (call) => (heightIn(call) === undefined ? undefined : error(24, 'Block not found')),
  },
  'unauthorized for a while': { reply: () => text('{"error":"no such key"}', 401) },
  'other chain after a reconnect': { methods: [], reply: () => result('0x4f54484552') },
} as const satisfies Record<string, Fault>;

export type RpcFaultKind = keyof typeof RPC_FAULTS;

const ALL = Object.keys(RPC_FAULTS) as RpcFaultKind[];
const byMethod = new Map<string, readonly RpcFaultKind[]>();

/** The faults that an answer to this method may have. Those of few methods are drawn as often as the others. */
export const faultsOf = (method: string): readonly RpcFaultKind[] => {
  const known = byMethod.get(method);
  if (known) return known;
  const kinds = ALL.flatMap((kind): readonly RpcFaultKind[] => {
    const { methods }: Fault = RPC_FAULTS[kind];
    if (methods === undefined) return [kind];
    if (!methods.includes(method)) return [];
    return methods.includes(EVENTS) ? Array<RpcFaultKind>(8).fill(kind) : [kind, kind];
  });
  byMethod.set(method, kinds);
  return kinds;
};
