import { readFileSync } from 'node:fs';
import { type WebSocket, WebSocketServer } from 'ws';
import { FeedAnswers } from '../ingest/feed-answers.ts';
import { type FeedServer, startFeedServer } from '../ingest/feed-server.ts';
import type { GeneratedBlock } from '../ingest/block-answers.ts';
import { ChainGenerator, type GeneratedTotals } from '../ingest/generate-chain.ts';
import { AccountAnswers } from './account-answers.ts';
import { accountLines } from './account-lines.ts';
import type { FeedPlan, FeedQuestion, FeedState } from './feed-questions.ts';
import { answerAll, timeOfDayMs } from './messages.ts';

const CLASS = 'session_account_spend';
const ARTIFACTS = new URL('../../contracts/artifacts/', import.meta.url);
const readJson = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(new URL(name, ARTIFACTS), 'utf8')) as Record<string, unknown>;
const { classHash } = readJson('classes.json')[CLASS] as { classHash: string };

const classJson = (): string => {
  const { abi, contract_class_version, entry_points_by_type } = readJson(`${CLASS}.sierra.json`);
  return JSON.stringify({
    sierra_program: [],
    contract_class_version,
    entry_points_by_type,
    abi: JSON.stringify(abi),
  });
};

/**
 * Blocks of which the answers are kept behind the one that was read last, where they are made while they are read: those
 * that are being folded and committed may still be asked for.
 */
const KEPT_BEHIND = 1_500;

/** The node that the benchmark of operation talks to: a chain that grows, splits or is made while it is read. */
class Chain {
  readonly #plan: FeedPlan;
  readonly #generator: ChainGenerator;
  readonly #answers: FeedAnswers;
  readonly #accounts: AccountAnswers | undefined;
  readonly #branches: { readonly answers: FeedAnswers; readonly totals: GeneratedTotals }[] = [];
  #current: FeedAnswers;
  #totals: GeneratedTotals | undefined;
  #isMaking = false;

  constructor(plan: FeedPlan) {
    this.#plan = plan;
    this.#generator = new ChainGenerator(plan.profile, classHash);
    this.#answers = new FeedAnswers(classHash, classJson(), 0);
    this.#current = this.#answers;
    if (plan.accounts) this.#accounts = new AccountAnswers(this.#answers, classHash, plan.accounts.hasProofs);
    for (let made = 0; made < plan.blocks; made += 1) this.#add(this.#generator.next());
    if (plan.tail) {
      this.#generator.switchTo(plan.tail.changes);
      for (let made = 0; made < plan.tail.blocks; made += 1) this.#add(this.#generator.next());
    }
    this.#answers.head = this.#answers.blocks - 1;
    for (const [index, depth] of (plan.depths ?? []).entries()) this.#addBranch(index, depth);
  }

  get head(): number {
    return this.#current.head;
  }

  get headHash(): string {
    return this.#current.hashOf(this.head) ?? '';
  }

  get generator(): ChainGenerator {
    return this.#generator;
  }

  #add(block: GeneratedBlock): void {
    this.#answers.add(block);
    this.#accounts?.add(block);
  }

  /** The same chain made again, with another seed from where it leaves. */
  #addBranch(index: number, depth: number): void {
    const { profile, blocks, tail } = this.#plan;
    const length = blocks + (tail?.blocks ?? 0);
    const generator = new ChainGenerator(profile, classHash);
    const answers = this.#answers.fork(length - depth);
    for (let height = 0; height < length + 1; height += 1) {
      if (tail && height === blocks) generator.switchTo(tail.changes);
      if (height === length - depth) generator.switchTo({ seed: 1_000 + index });
      const block = generator.next();
      if (height >= length - depth) answers.add(block);
    }
    answers.head = length;
    this.#branches.push({ answers, totals: generator.finish() });
  }

  switchTo(branch: number): void {
    this.#current = branch < 0 ? this.#answers : this.#branches[branch]!.answers;
  }

  totals(branch: number): GeneratedTotals {
    // It can be finished once only.
    if (branch < 0) return (this.#totals ??= this.#generator.finish());
    return this.#branches[branch]!.totals;
  }

  /** One more block. Made before the moment that counts. */
  publish(): number {
    this.#add(this.#generator.next());
    const atMs = timeOfDayMs();
    this.#answers.head += 1;
    return atMs;
  }

  answer(method: string, params: Readonly<Record<string, unknown>>) {
    const answer = this.#accounts?.answer(method, params) ?? this.#current.answer(method, params);
    if (this.#plan.lazy && method === 'starknet_getBlockWithReceipts') {
      const { block_number: number } = params['block_id'] as { block_number?: number };
      if (number !== undefined) this.#keepAhead(number, this.#plan.lazy);
    }
    return answer;
  }

  #keepAhead(reading: number, { ahead, total }: NonNullable<FeedPlan['lazy']>): void {
    if (reading >= KEPT_BEHIND) this.#answers.forget(reading - KEPT_BEHIND);
    if (this.#isMaking) return;
    this.#isMaking = true;
    const make = (): void => {
      // A block at a time: questions are answered in between.
      if (this.#answers.blocks >= Math.min(total, reading + ahead)) {
        this.#isMaking = false;
        return;
      }
      this.publish();
      setImmediate(make);
    };
    make();
  }
}

let chain: Chain;
let server: FeedServer;
let sockets: WebSocketServer;
let timer: NodeJS.Timeout | undefined;

/** Calls a second with bursts of one second: what goes beyond is refused. */
const limiter = (callsPerSecond: number | undefined): (() => boolean) | undefined => {
  if (callsPerSecond === undefined) return undefined;
  // A little more than is promised, so that jitter on the way is not punished.
  const most = callsPerSecond * 1.1;
  let left = most;
  let atMs = performance.now();
  return () => {
    const nowMs = performance.now();
    left = Math.min(most, left + ((nowMs - atMs) * callsPerSecond) / 1000);
    atMs = nowMs;
    if (left < 1) return false;
    left -= 1;
    return true;
  };
};

const make = async (plan: FeedPlan): Promise<void> => {
  chain = new Chain(plan);
  server = await startFeedServer((method, params) => chain.answer(method, params));
  const admits = limiter(plan.callsPerSecond);
  if (admits) server.admits = admits;
  sockets = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  sockets.on('connection', (socket: WebSocket) => {
    socket.on('message', () => socket.send('{"jsonrpc":"2.0","id":1,"result":"0x1"}'));
  });
  await new Promise((resolve) => sockets.once('listening', resolve));
};

const publishOne = (): number => {
  const atMs = chain.publish();
  const notice = JSON.stringify({
    jsonrpc: '2.0',
    method: 'starknet_subscriptionNewHeads',
    params: { subscription_id: '0x1', result: { block_number: chain.head, block_hash: chain.headHash } },
  });
  for (const socket of sockets.clients) socket.send(notice);
  return atMs;
};

const publish = (blocks: number, everyMs: number): Promise<number[]> =>
  new Promise((resolve) => {
    const published: number[] = [];
    const ticking = setInterval(() => {
      published.push(publishOne());
      if (published.length < blocks) return;
      clearInterval(ticking);
      resolve(published);
    }, everyMs);
  });

const state = (more: Partial<FeedState> = {}): FeedState => ({
  url: server.url,
  wsUrl: `ws://127.0.0.1:${(sockets.address() as { port: number }).port}/`,
  head: chain.head,
  headHash: chain.headHash,
  atMs: timeOfDayMs(),
  published: [],
  calls: server.counts.calls,
  sentBytes: server.counts.sentBytes,
  lines: [],
  addresses: [],
  ...more,
});

const answer = async (question: FeedQuestion): Promise<FeedState> => {
  switch (question.type) {
    case 'make':
      await make(question.plan);
      return state({ addresses: chain.generator.accounts.map(({ address }) => address) });
    case 'latency':
      server.latencyMs = question.latencyMs;
      Object.assign(server.counts, { calls: {}, receivedBytes: 0, sentBytes: 0 });
      return state();
    case 'publish':
      return state({ published: await publish(question.blocks, question.everyMs) });
    case 'keepPublishing':
      timer = setInterval(publishOne, question.everyMs);
      return state();
    case 'hold':
      clearInterval(timer);
      return state();
    case 'switch':
      chain.switchTo(question.branch);
      return state();
    case 'totals':
      return state({ totals: chain.totals(question.branch) });
    case 'expect':
      return state({ lines: accountLines(chain.generator.accounts) });
    case 'stats':
      return state();
  }
};

answerAll(answer);
