import { getVariableValues, type GraphQLSchema, type OperationTypeNode } from 'graphql';
import { type RequestMeter } from '../../rate/request-meter.ts';
import { type Budget } from '../../rate/token-buckets.ts';
import { type Caller, type GraphqlRequest, readGraphqlRequest } from '../graphql-request.ts';
import { AdmissionError, DocumentRefused } from './admission.error.ts';
import { type DocumentLimits, type Operation, readDocument } from './read-document.ts';
import { WeightedCache } from './weighted-cache.ts';

/** on: everybody may ask for the schema. keys: whoever has a key. off: nobody. */
export type Introspection = 'on' | 'keys' | 'off';

export interface AdmissionLimits extends Omit<DocumentLimits, 'hideSuggestions'> {
  readonly introspection: Introspection;
  /** Units of one question. */
  readonly maxQueryCost: number;
}

/** A question that may run. */
export interface Admitted {
  readonly operation: Operation;
  readonly variables: GraphqlRequest['variables'];
  readonly cost: number;
  readonly budget: Budget;
}

export interface AdmissionParts {
  /** Of the running server, with the field policy in it. */
  readonly schema: () => GraphQLSchema;
  readonly limits: AdmissionLimits;
  readonly meter: RequestMeter;
}

/** Characters of documents whose reading is kept: of those that were read well, and apart from them of those that were refused. */
const READ_CHARACTERS = 4_000_000;
const REFUSED_CHARACTERS = 500_000;
/** A document costs this much more than its text says, however short it is. */
const OVERHEAD = 500;
const MAX_ERRORS = 10;

/**
 * The one way in, for every transport: nothing runs that did not come through `admit`. What holds for a document whoever
 * sends it is found out once for its text; what depends on the caller, the variables or the name of the operation, every time.
 */
export class Admission {
  private readonly read = new WeightedCache<readonly Operation[]>(READ_CHARACTERS);
  private readonly refused = new WeightedCache<Error>(REFUSED_CHARACTERS);
  private readonly limits: DocumentLimits;

  constructor(private readonly parts: AdmissionParts) {
    this.limits = { ...parts.limits, hideSuggestions: parts.limits.introspection !== 'on' };
  }

  /**
   * @param body of a POST, or payload of a subscribe message, as JSON gave it.
   * @param takes the kinds of operation that the transport can answer.
   * @throws AdmissionError, RateLimited or DocumentRefused; PurserError INDEX_UNAVAILABLE where nobody can say what is left.
   */
  async admit(body: unknown, caller: Caller, takes: ReadonlySet<OperationTypeNode>): Promise<Admitted> {
    const { meter } = this.parts;
    await meter.requireSome(caller);
    const { operation, variables, cost } = this.charging(caller, () => this.consider(body, caller, takes));
    return { operation, variables, cost, budget: await meter.take(caller, cost) };
  }

  private consider(
    body: unknown,
    caller: Caller,
    takes: ReadonlySet<OperationTypeNode>,
  ): Omit<Admitted, 'budget'> {
    const { query, operationName, variables } = readGraphqlRequest(body);
    const operation = pickOperation(this.operationsOf(query), operationName);
    if (!takes.has(operation.kind) || !this.parts.schema().getRootType(operation.kind)) {
      throw new AdmissionError('BAD_QUERY', `A ${operation.kind} is not answered this way.`);
    }
    this.requireIntrospection(operation, caller);
    this.requireVariables(operation, variables);
    const { maxQueryCost: most } = this.parts.limits;
    const cost = operation.costOf(variables);
    if (cost > most) {
      const message = `The question costs ${cost} units, at most ${most} are allowed.`;
      throw new AdmissionError('QUERY_TOO_COSTLY', message, { details: { cost, most } });
    }
    return { operation, variables, cost };
  }

  private charging<T>(caller: Caller, work: () => T): T {
    try {
      return work();
    } catch (error) {
      this.parts.meter.chargeRefusal(caller);
      throw error;
    }
  }

  private operationsOf(text: string): readonly Operation[] {
    const known = this.read.get(text);
    if (known !== undefined) return known;
    const refusal = this.refused.get(text);
    if (refusal !== undefined) throw refusal;
    try {
      const operations = readDocument(this.parts.schema(), text, this.limits);
      this.read.set(text, operations, text.length + OVERHEAD);
      return operations;
    } catch (error) {
      // Only what validation said: it is dear to find out again. A text with a secret in it is never kept.
      if (error instanceof DocumentRefused) this.refused.set(text, error, text.length + OVERHEAD);
      throw error;
    }
  }

  private requireVariables({ variables: definitions }: Operation, given: Admitted['variables'] = {}): void {
    if (definitions.length === 0) return;
    const { hideSuggestions } = this.limits;
    const { errors } = getVariableValues(this.parts.schema(), definitions, given, {
      maxErrors: MAX_ERRORS,
      hideSuggestions,
    });
    if (errors !== undefined) throw new DocumentRefused(errors);
  }

  private requireIntrospection({ asksForSchema }: Operation, { principal }: Caller): void {
    const { introspection } = this.parts.limits;
    if (!asksForSchema || introspection === 'on') return;
    if (introspection === 'keys' && principal !== undefined) return;
    throw new AdmissionError('INTROSPECTION_REFUSED', 'The schema is not told to everybody here.');
  }
}

const pickOperation = (operations: readonly Operation[], name: string | undefined): Operation => {
  const [only, more] = operations;
  const picked =
    name === undefined
      ? more === undefined
        ? only
        : undefined
      : operations.find((one) => one.name === name);
  if (picked !== undefined) return picked;
  throw new AdmissionError(
    'BAD_QUERY',
    name === undefined && more !== undefined
      ? 'The document has several operations: operationName says which.'
      : 'The document has no operation of that name.',
  );
};
