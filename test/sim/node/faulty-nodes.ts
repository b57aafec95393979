import { type Json, type JsonObject, RpcError } from '#libs/sandbox';
import type { ChainView } from '../chains/chain-view.ts';
import type { FaultPlan } from '../run/fault-plan.ts';
import type { Lifetime } from '../run/lifetime.ts';
import type { VirtualClock } from '../run/virtual-clock.ts';
import type { Exchange } from './in-process-pool.ts';
import { askWithParts, faultsOf, type Reply, RPC_FAULTS, type RpcFaultKind } from './rpc-faults.ts';

export interface NodesOptions {
  readonly clock: VirtualClock;
  readonly plan: FaultPlan;
  /** Up to date, and some blocks behind: what a balancer may lead to. */
  readonly newest: ChainView;
  readonly behind: ChainView;
  /** In ten thousand calls. */
  readonly faultRate: number;
  /** Whether they know the block that wrote a word last; a node of an older version does not. */
  readonly tellsUpdateBlock: boolean;
  /** Comes often, where it can come at all. */
  readonly often?: RpcFaultKind | undefined;
}

/** Larger than any honest answer, smaller than what the source takes by default. */
export const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
const RECONNECT_RATE = 60;
const FIRST_CALLS = 60;
const LAG_RATE = 40;
const OFTEN_RATE = 3_000;
const HEAD = 'latest';

/** Two nodes of one network behind the HTTP client of the product. */
export class FaultyNodes {
  readonly #options: NodesOptions;
  readonly #lives = new Map<string, Lifetime>();
  #callsBehind = 0;
  #isOtherChain = false;
  calls = 0;

  constructor(options: NodesOptions) {
    this.#options = options;
  }

  /** The URLs for one process: its requests die with it. */
  urlsFor(lifetime: Lifetime): readonly string[] {
    this.#lives.set(lifetime.name, lifetime);
    return ['a', 'b'].map((node) => `http://${node}.sim/${node}/${lifetime.name}`);
  }

  readonly serve = (exchange: Exchange): void => {
    const [, node = '', life = ''] = exchange.path.split('/');
    const lifetime = this.#lives.get(life);
    if (lifetime === undefined) throw new Error(`a request to ${exchange.path}, which nobody serves`);
    if (!lifetime.isDead) void this.#answer(exchange, node, lifetime);
  };

  async #answer(exchange: Exchange, node: string, lifetime: Lifetime): Promise<void> {
    const { clock, plan, tellsUpdateBlock } = this.#options;
    this.calls += 1;
    await clock.sleep(2 + plan.random.below(25));
    if (lifetime.isDead || exchange.isAborted()) return;
    const { id, method, params: sent } = JSON.parse(exchange.body) as Request;
    const params = tellsUpdateBlock ? sent : withoutFlags(sent);
    if (plan.isOn && plan.random.below(10_000) < RECONNECT_RATE) exchange.connected();
    const view = this.#viewFor(method, params);
    const ask = (asked: string, parameters: JsonObject): Json => view.request(asked, parameters);
    const kind = this.#faultFor(node, method, exchange);
    const fault = kind && RPC_FAULTS[kind];
    const honest = (): Json => askWithParts(ask, method, params);
    const call = { id, method, params, honest, ask, random: plan.random, nowMs: clock.nowMs() };
    let reply: Reply | undefined;
    try {
      reply = fault?.reply(call);
      if (reply && kind) plan.note(kind, `${node} ${method}`);
      reply ??= { type: 'RESULT', result: honest() };
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      const { code, message } = error.toJson() as { code: number; message: string };
      reply = { type: 'ERROR', code, message };
    }
    send(exchange, id, reply);
  }

  /** A balancer leads to a node that is behind for some calls in a row. */
  #viewFor(method: string, params: JsonObject): ChainView {
    const { plan, newest, behind } = this.#options;
    if (
      this.#callsBehind === 0 &&
      plan.roll(LAG_RATE, ['lag behind a balancer']) &&
      behind.tip !== newest.tip
    ) {
      this.#callsBehind = 1 + plan.random.below(12);
      plan.note('lag behind a balancer', `${method} ${JSON.stringify(params['block_id'] ?? HEAD)}`);
    }
    if (this.#callsBehind === 0 || !plan.isOn) return newest;
    this.#callsBehind -= 1;
    return behind;
  }

  #faultFor(node: string, method: string, exchange: Exchange): RpcFaultKind | undefined {
    const { plan, faultRate, often } = this.#options;
    // A provider that is refused is left alone for a minute: only the second one is, or indexing would rightly stop.
    // At the very first start nothing is known of the network, and whoever answers first decides.
    if (node === 'b' && this.calls > FIRST_CALLS && plan.roll(RECONNECT_RATE, ['other chain'])) {
      this.#isOtherChain = true;
      exchange.connected();
    }
    if (node === 'b' && method === 'starknet_chainId' && this.#isOtherChain) {
      this.#isOtherChain = false;
      return 'other chain after a reconnect';
    }
    if (often && faultsOf(method).includes(often) && plan.roll(OFTEN_RATE, [often])) return often;
    const kind = plan.roll(faultRate, faultsOf(method));
    return kind === 'unauthorized for a while' && node === 'a' ? undefined : kind;
  }
}

interface Request {
  readonly id: number;
  readonly method: string;
  readonly params: JsonObject;
}

const withoutFlags = (params: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(params).filter(([name]) => name !== 'response_flags'));

const JSON_TYPE = { 'content-type': 'application/json' };

const send = (exchange: Exchange, id: number, reply: Reply): void => {
  switch (reply.type) {
    case 'RESULT': {
      whole(exchange, 200, JSON_TYPE, JSON.stringify({ jsonrpc: '2.0', id, result: reply.result }));
      return;
    }
    case 'ERROR': {
      const { code, message } = reply;
      whole(exchange, 200, JSON_TYPE, JSON.stringify({ jsonrpc: '2.0', id, error: { code, message } }));
      return;
    }
    case 'HTTP': {
      whole(exchange, reply.status, reply.headers ?? {}, reply.body);
      return;
    }
    case 'RESET': {
      exchange.fail(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }));
      return;
    }
    case 'SILENCE':
      return;
    case 'STUCK_BODY':
      exchange.start(200, JSON_TYPE);
      {
        exchange.data('{"jsonrpc":"2.0",');
        return;
      }
    case 'BROKEN_OFF':
      exchange.start(200, JSON_TYPE);
      exchange.data('{"jsonrpc":"2.0",');
      {
        exchange.fail(new Error('other side closed'));
        return;
      }
    case 'OVERSIZE':
      exchange.start(200, JSON_TYPE);
      exchange.data(`"${'x'.repeat(MAX_ANSWER_BYTES)}`);
      exchange.data('x');
      {
        exchange.end();
        return;
      }
  }
};

const whole = (exchange: Exchange, status: number, headers: Record<string, string>, body: string): void => {
  exchange.start(status, headers);
  exchange.data(body);
  exchange.end();
};
