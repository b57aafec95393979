import type { NodeAnswer, NodeRequest } from './scripted-node.ts';
import { ChainError } from '../src/chain.error.ts';

/** Answers the next calls of these kinds so, then no more. */
export const once = (
  answers: readonly NodeAnswer[],
  only?: string,
): ((request: NodeRequest) => NodeAnswer | undefined) => {
  const left = [...answers];
  return ({ method, params }) => {
    const isCheck = method === 'starknet_specVersion' || method === 'starknet_chainId' || isGenesis(params);
    return isCheck || (only !== undefined && only !== method) ? undefined : left.shift();
  };
};
export const isGenesis = (params: NodeRequest['params']): boolean =>
  (params['block_id'] as { block_number?: number } | undefined)?.block_number === 0;
export const always = (answer: NodeAnswer): ((request: NodeRequest) => NodeAnswer | undefined) => {
  const script = once(Array.from({ length: 1000 }, () => answer));
  return script;
};
export const failureOf = async (promise: Promise<unknown>): Promise<ChainError> => {
  const error = await promise.then(
    () => 'no failure',
    (failure: unknown) => failure,
  );
  if (error instanceof ChainError) return error;
  throw new Error('not a ChainError', { cause: error });
};
