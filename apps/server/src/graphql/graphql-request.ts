import { type Principal } from '#libs/api';
import { AdmissionError } from './admission/admission.error.ts';
import { refuseSecretsIn } from './admission/refuse-secrets.ts';

/** A question as it came, by whichever transport; only its outer form is known to be right. */
export interface GraphqlRequest {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
}

/** Who asks. */
export interface Caller {
  /** Undefined: nobody in particular. */
  readonly principal: Principal | undefined;
  /** The address that the request came from. */
  readonly address: string;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Reads the body of a request, or the payload of a message. Everything that came beside the document is looked at.
 * @throws AdmissionError SECRET_REJECTED; BATCH_REFUSED, BAD_QUERY or BAD_INPUT for what is no GraphQL request.
 */
export const readGraphqlRequest = (body: unknown): GraphqlRequest => {
  if (Array.isArray(body)) throw new AdmissionError('BATCH_REFUSED', 'Send one question in one request.');
  if (!isObject(body)) throw malformed('The body must be a JSON object with a query.');
  const { query, ...rest } = body;
  refuseSecretsIn(rest);
  const { operationName, variables, extensions } = rest;
  if (typeof query !== 'string' || query === '') throw malformed('query must be the text of a document.');
  if (!isAbsent(operationName) && typeof operationName !== 'string')
    throw malformed('operationName must be a string.');
  if (!isAbsent(variables) && !isObject(variables)) throw malformed('variables must be an object.');
  if (!isAbsent(extensions) && !isObject(extensions)) throw malformed('extensions must be an object.');
  return {
    query,
    operationName: isAbsent(operationName) ? undefined : operationName,
    variables: isAbsent(variables) ? undefined : variables,
  };
};

const isAbsent = (value: unknown): value is null | undefined => value === undefined || value === null;

const malformed = (message: string): AdmissionError => new AdmissionError('BAD_QUERY', message);
