import { Pool } from 'undici';

/** Fetches every answer of a back-fill once, and parses each as text of JSON: no more than any client must do. */
export interface ParseJob {
  readonly feedUrl: string;
  readonly blocks: number;
}

export interface ParseCost {
  readonly fetchSeconds: number;
  readonly parseSeconds: number;
  readonly bytes: number;
  readonly answers: number;
}

const FETCHES_AT_ONCE = 16;

const measure = async ({ feedUrl, blocks }: ParseJob): Promise<ParseCost> => {
  const pool = new Pool(feedUrl, { connections: FETCHES_AT_ONCE });
  let next = 0;
  let bytes = 0;
  let parseMs = 0;
  const fetchText = async (method: string, blockNumber: number): Promise<string> => {
    const body = JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method,
      params: { block_id: { block_number: blockNumber } },
    });
    const answer = await pool.request({ path: '/', method: 'POST', body });
    return answer.body.text();
  };
  const worker = async (): Promise<void> => {
    while (next < blocks) {
      const blockNumber = next++;
      for (const method of ['starknet_getBlockWithReceipts', 'starknet_getStateUpdate']) {
        const text = await fetchText(method, blockNumber);
        const parsingMs = performance.now();
        JSON.parse(text);
        parseMs += performance.now() - parsingMs;
        bytes += text.length;
      }
    }
  };
  const startedMs = performance.now();
  await Promise.all(Array.from({ length: FETCHES_AT_ONCE }, worker));
  const wholeMs = performance.now() - startedMs;
  await pool.close();
  return {
    fetchSeconds: (wholeMs - parseMs) / 1000,
    parseSeconds: parseMs / 1000,
    bytes,
    answers: blocks * 2,
  };
};

process.send?.(await measure(JSON.parse(process.argv[2] ?? '{}') as ParseJob));
process.disconnect();
