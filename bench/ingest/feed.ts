import { nextMessage, startChild, stopChild } from './child.ts';
import type { FeedConfig } from './feed.process.ts';
import type { FeedReply, FeedRequest, FeedStats } from './feed-protocol.ts';
import type { Profile } from './profiles.ts';

type Ready = Extract<FeedReply, { type: 'ready' }>;

/** A running feed, seen from the benchmark. */
export interface Feed extends Omit<Ready, 'type'> {
  reset(latencyMs: number, publish: 'ALL' | 'ONE_AT_A_TIME'): Promise<void>;
  stats(): Promise<FeedStats>;
  stop(): Promise<void>;
}

export const startFeed = async (profile: Profile, core: number | undefined): Promise<Feed> => {
  const child = startChild('feed.process.ts', { argument: { profile } satisfies FeedConfig, core });
  const { url, totals, answerBytes, generatedMs } = await nextMessage<Ready>(child, (message) => {
    const reply = message as FeedReply;
    if (reply.type === 'generating')
      process.stderr.write(`  ${reply.blocks} of ${profile.blocks} blocks made\r`);
    return reply.type === 'ready' ? reply : undefined;
  });
  const ask = async (request: FeedRequest): Promise<FeedStats> => {
    const answer = nextMessage(child, (message) => {
      const reply = message as FeedReply;
      return reply.type === 'stats' ? reply.stats : undefined;
    });
    child.send(request);
    return await answer;
  };
  return {
    url,
    totals,
    answerBytes,
    generatedMs,
    reset: async (latencyMs, publish) => {
      await ask({ type: 'reset', latencyMs, publish });
    },
    stats: () => ask({ type: 'stats' }),
    stop: () => stopChild(child),
  };
};
