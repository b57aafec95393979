export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

export interface RpcQuestion {
  readonly method: string;
  readonly params?: Json;
}

export interface RpcFailure {
  readonly code: number;
  readonly message: string;
  readonly data?: Json;
}

/** What a node said: an error is an answer too, and compared as one. */
export type RpcAnswer = { readonly result: Json } | { readonly error: RpcFailure };

/** A node by its JSON-RPC: starknet-devnet and the sandbox take the same methods, `devnet_*` included. */
export interface NodeRpc {
  readonly name: string;
  readonly url: string;
  ask(method: string, params?: Json): Promise<RpcAnswer>;
  /** Answers in the order of the questions. */
  askAll(questions: readonly RpcQuestion[]): Promise<readonly RpcAnswer[]>;
  /** @throws NodeRpcError when the node answers with an error. */
  request<T = Json>(method: string, params?: Json): Promise<T>;
}

export class NodeRpcError extends Error {
  override readonly name = 'NodeRpcError';
  readonly failure: RpcFailure;

  constructor(node: string, method: string, failure: RpcFailure) {
    super(`${node} answered ${method} with ${JSON.stringify(failure)}`);
    this.failure = failure;
  }
}

/** Devnet reads a request of at most 2 MB. */
const BATCH_SIZE = 100;

export const createNodeRpc = (name: string, url: string): NodeRpc => {
  const askAll: NodeRpc['askAll'] = async (questions) => {
    const answers: RpcAnswer[] = [];
    for (let from = 0; from < questions.length; from += BATCH_SIZE) {
      answers.push(...(await postBatch(name, url, questions.slice(from, from + BATCH_SIZE))));
    }
    return answers;
  };
  const ask: NodeRpc['ask'] = async (method, params) => {
    const body = await post(url, envelope({ method, params: params ?? {} }, 0));
    return answerOf(name, body as WireAnswer);
  };
  return {
    name,
    url,
    ask,
    askAll,
    request: async <T>(method: string, params?: Json) => {
      const answer = await ask(method, params);
      if ('error' in answer) throw new NodeRpcError(name, method, answer.error);
      return answer.result as T;
    },
  };
};

interface WireAnswer {
  readonly id?: number;
  readonly result?: Json;
  readonly error?: RpcFailure;
}

const envelope = ({ method, params }: RpcQuestion, id: number): object => ({
  jsonrpc: '2.0',
  id,
  method,
  params: params ?? {},
});

const post = async (url: string, body: object): Promise<unknown> => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(60_000),
  });
  return response.json();
};

const postBatch = async (
  name: string,
  url: string,
  questions: readonly RpcQuestion[],
): Promise<readonly RpcAnswer[]> => {
  const answers = (await post(url, questions.map(envelope))) as readonly WireAnswer[];
  const byId = new Map(answers.map((answer) => [answer.id, answer]));
  return questions.map((question, id) => {
    const answer = byId.get(id);
    if (answer === undefined) throw new Error(`${name} left ${question.method} of a batch unanswered`);
    return answerOf(name, answer);
  });
};

const answerOf = (name: string, { result, error }: WireAnswer): RpcAnswer => {
  if (error !== undefined) return { error };
  if (result === undefined) throw new Error(`${name} answered with neither result nor error`);
  return { result };
};
