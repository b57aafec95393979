import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import type { BlockHeader } from '../src/types.ts';
import { blockAnswer } from './answers.ts';
import { extend } from './scripted-chain.ts';

export interface NodeRequest {
  readonly id: number;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}

export type NodeAnswer =
  | { readonly result: unknown }
  | { readonly error: { readonly code: number; readonly message?: string; readonly data?: unknown } }
  | { readonly status?: number; readonly headers?: Record<string, string>; readonly body: string }
  /** Headers and this much of the body, then the connection is cut. */
  | { readonly cutAfter: string }
  | 'reset'
  | 'silence';

/** An HTTP server on loopback that answers as told. */
export interface ScriptedNode {
  readonly url: string;
  readonly requests: NodeRequest[];
  /** What it serves where the script has no say. */
  blocks: readonly BlockHeader[];
  specVersion: string;
  chainId: string;
  /** Says nothing: the node answers by itself. */
  script: (request: NodeRequest) => NodeAnswer | undefined;
  count(method: string): number;
  /** Cuts every connection, as a restart does. */
  disconnect(): void;
  close(): Promise<void>;
}

export const startScriptedNode = async (): Promise<ScriptedNode> => {
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    serve(node, request, response).catch(() => response.destroy());
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const disconnect = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const node: ScriptedNode = {
    url: `http://127.0.0.1:${port}/v2/SECRETKEY`,
    requests: [],
    blocks: extend([], 5),
    specVersion: '0.10.2',
    chainId: '0x534e5f5345504f4c4941',
    script: () => undefined,
    count: (method) => node.requests.filter((request) => request.method === method).length,
    disconnect,
    close: async () => {
      disconnect();
      server.close();
      await once(server, 'close');
    },
  };
  return node;
};

const serve = async (
  node: ScriptedNode,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const request = JSON.parse(await text(incoming)) as NodeRequest;
  node.requests.push(request);
  const answer = node.script(request) ?? ownAnswer(node, request);
  if (answer === 'silence') return;
  if (answer === 'reset') {
    incoming.socket.resetAndDestroy();
  } else if ('cutAfter' in answer) {
    response.writeHead(200, { 'content-length': '1000000' });
    response.write(answer.cutAfter, () => incoming.socket.destroy());
  } else if ('body' in answer) {
    response.writeHead(answer.status ?? 200, answer.headers ?? {}).end(answer.body);
  } else {
    response.end(JSON.stringify({ jsonrpc: '2.0', id: request.id, ...answer }));
  }
};

const ownAnswer = (node: ScriptedNode, { method, params }: NodeRequest): NodeAnswer => {
  if (method === 'starknet_specVersion') return { result: node.specVersion };
  if (method === 'starknet_chainId') return { result: node.chainId };
  const block = findBlock(node.blocks, params['block_id']);
  return block ? { result: blockAnswer(block, []) } : { error: { code: 24, message: 'Block not found' } };
};

const findBlock = (blocks: readonly BlockHeader[], id: unknown): BlockHeader | undefined => {
  if (id === 'latest') return blocks.at(-1);
  const { block_number: number, block_hash: hash } = id as { block_number?: number; block_hash?: string };
  return blocks.find((block) => block.blockNumber === number || block.blockHash === BigInt(hash ?? -1));
};
