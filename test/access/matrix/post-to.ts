import type { PurserServer } from '../../../apps/server/src/create-server.ts';

export interface Answer {
  readonly text: string;
  readonly codes: readonly string[];
  readonly errors: readonly AnswerError[];
  readonly data: Readonly<Record<string, unknown>> | null;
}

interface AnswerError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: { readonly code: string; readonly details?: Readonly<Record<string, unknown>> };
}

/** A question over HTTP, with a key or without. */
export const postTo = async (
  server: PurserServer,
  key: string | undefined,
  query: string,
): Promise<Answer> => {
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
  const answer = await server.app.inject({ method: 'POST', url: '/graphql', headers, payload: { query } });
  return answerOf(answer.json(), answer.body);
};

/** @param text as it came, where it came as text. */
export const answerOf = (told: object, text = JSON.stringify(told)): Answer => {
  const { data = null, errors = [] } = told as { data?: Answer['data']; errors?: AnswerError[] };
  return { text, data, errors, codes: errors.map(({ extensions }) => extensions.code) };
};
