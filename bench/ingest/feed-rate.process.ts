import { connect } from 'node:net';

/** Asks the feed as fast as one process can, over pipelined connections, without looking at the answers. */
export interface FeedRateJob {
  readonly feedUrl: string;
  readonly blocks: number;
  readonly seconds: number;
  /** SMALL: block numbers. BLOCKS: blocks and state updates, as a back-fill asks for them. */
  readonly questions: 'SMALL' | 'BLOCKS';
}

export interface FeedRate {
  readonly answersPerSecond: number;
  readonly bytesPerSecond: number;
}

const CONNECTIONS = 8;
const PIPELINED = 32;
const END_OF_HEADERS = Buffer.from('\r\n\r\n');

const questionOf = (job: FeedRateJob, number: number): string => {
  const block_id = { block_number: Math.floor(number / 2) % job.blocks };
  const method =
    job.questions === 'SMALL'
      ? 'starknet_blockNumber'
      : number % 2 === 0
        ? 'starknet_getBlockWithReceipts'
        : 'starknet_getStateUpdate';
  const params = job.questions === 'SMALL' ? {} : { block_id };
  const body = JSON.stringify({ jsonrpc: '2.0', id: number, method, params });
  return `POST / HTTP/1.1\r\nhost: feed\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
};

const measure = async (job: FeedRateJob): Promise<FeedRate> => {
  const { hostname, port } = new URL(job.feedUrl);
  let asked = 0;
  let answered = 0;
  let bytes = 0;
  const startedMs = performance.now();
  const run = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = connect({ host: hostname, port: Number(port), noDelay: true });
      let header = Buffer.alloc(0);
      let bodyLeft = 0;
      const ask = (count: number): void => {
        let text = '';
        for (let more = 0; more < count; more += 1) text += questionOf(job, asked++);
        socket.write(text, 'latin1');
      };
      socket.on('error', reject);
      socket.on('connect', () => ask(PIPELINED));
      socket.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        let complete = 0;
        let at = 0;
        while (at < chunk.length) {
          if (bodyLeft > 0) {
            const taken = Math.min(bodyLeft, chunk.length - at);
            bodyLeft -= taken;
            at += taken;
            if (bodyLeft === 0) complete += 1;
            continue;
          }
          header = Buffer.concat([header, chunk.subarray(at)]);
          const end = header.indexOf(END_OF_HEADERS);
          if (end === -1) break;
          bodyLeft = Number(/content-length: (\d+)/.exec(header.toString('latin1', 0, end))?.[1]);
          const consumed = end + END_OF_HEADERS.length;
          at = chunk.length - (header.length - consumed);
          header = Buffer.alloc(0);
        }
        answered += complete;
        if (performance.now() - startedMs > job.seconds * 1000) {
          socket.destroy();
          resolve();
        } else if (complete > 0) ask(complete);
      });
    });
  await Promise.all(Array.from({ length: CONNECTIONS }, run));
  const seconds = (performance.now() - startedMs) / 1000;
  return { answersPerSecond: answered / seconds, bytesPerSecond: bytes / seconds };
};

process.send?.(await measure(JSON.parse(process.argv[2] ?? '{}') as FeedRateJob));
process.disconnect();
