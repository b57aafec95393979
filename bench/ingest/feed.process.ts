import { readFileSync } from 'node:fs';
import { FeedAnswers } from './feed-answers.ts';
import type { FeedReply, FeedRequest } from './feed-protocol.ts';
import { type FeedServer, startFeedServer } from './feed-server.ts';
import { ChainGenerator, finalBlocksOf } from './generate-chain.ts';
import type { Profile } from './profiles.ts';

/** What the process is started with, as JSON in its first argument. */
export interface FeedConfig {
  readonly profile: Profile;
}

/** The node that answers in the benchmark: a process of its own, so that its work is not counted as the indexer's. */
const CLASS = 'session_account_spend';
const ARTIFACTS = new URL('../../contracts/artifacts/', import.meta.url);
const readJson = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(new URL(name, ARTIFACTS), 'utf8')) as Record<string, unknown>;

const tell = (reply: FeedReply): void => void process.send?.(reply);

const classJson = (): string => {
  const { abi, contract_class_version, entry_points_by_type } = readJson(`${CLASS}.sierra.json`);
  // Nodes give the ABI as text. The program is left out: nobody here runs it.
  return JSON.stringify({
    sierra_program: [],
    contract_class_version,
    entry_points_by_type,
    abi: JSON.stringify(abi),
  });
};

const main = async ({ profile }: FeedConfig): Promise<void> => {
  const startedMs = performance.now();
  const { classHash } = readJson('classes.json')[CLASS] as { classHash: string };
  const generator = new ChainGenerator(profile, classHash);
  const answers = new FeedAnswers(classHash, classJson(), finalBlocksOf(profile));
  for (let block = 0; block < profile.blocks; block += 1) {
    answers.add(generator.next());
    if (block % 500 === 499) tell({ type: 'generating', blocks: block + 1 });
  }
  answers.reset('ALL');
  const server = await startFeedServer((method, params) => answers.answer(method, params));
  process.on('message', (request: FeedRequest) => obey(request, server, answers));
  process.once('disconnect', () => process.exit(0));
  tell({
    type: 'ready',
    url: server.url,
    totals: generator.finish(),
    answerBytes: answers.answerBytes,
    generatedMs: performance.now() - startedMs,
  });
};

let cpuBefore = process.cpuUsage();

const obey = (request: FeedRequest, server: FeedServer, answers: FeedAnswers): void => {
  if (request.type === 'reset') {
    server.latencyMs = request.latencyMs;
    Object.assign(server.counts, { calls: {}, receivedBytes: 0, sentBytes: 0 });
    answers.reset(request.publish);
    cpuBefore = process.cpuUsage();
  }
  const { user, system } = process.cpuUsage(cpuBefore);
  tell({ type: 'stats', stats: { ...server.counts, cpuSeconds: (user + system) / 1e6 } });
};

await main(JSON.parse(process.argv[2] ?? '{}') as FeedConfig);
