import { type RequestContext } from '#libs/api';
import {
  createSourceEventStream,
  execute,
  type ExecutionResult,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from 'graphql';
import { type Logger } from 'pino';
import { type Admitted } from './admission/admission.ts';
import { AdmissionError } from './admission/admission.error.ts';
import { answerErrors } from './answer-errors.ts';
import { mapEvents } from './map-events.ts';

/** An answer as it is sent. Without `data` nothing was executed. */
export interface Answer {
  readonly data?: ExecutionResult['data'];
  readonly errors?: readonly GraphQLFormattedError[];
}

/** How mercurius runs a document: with its cache by text, and compiled where that is on. */
export type RunText = (
  text: string,
  context: RequestContext,
  variables: Admitted['variables'],
  operationName: string | undefined,
) => Promise<Answer>;

export interface ExecutorParts {
  readonly schema: () => GraphQLSchema;
  readonly run: RunText;
  readonly logger: Logger;
}

/** Statements end with the deadline of the request; their fields still say so, unless something else hangs. */
const GRACE_MS = 500;

/** Runs what was admitted, and nothing else: its parameter can only come from there. */
export class Executor {
  constructor(private readonly parts: ExecutorParts) {}

  /** Of a query or a mutation. @throws AdmissionError TIMEOUT when nothing is answered in time; what mercurius throws. */
  async answer({ operation, variables }: Admitted, context: RequestContext): Promise<Answer> {
    const late = Promise.withResolvers<never>();
    const leftMs = context.deadlineAtMs - performance.now() + GRACE_MS;
    const timer = setTimeout(
      () => late.reject(new AdmissionError('TIMEOUT', 'The answer took too long.')),
      leftMs,
    );
    try {
      const { text, name } = operation;
      return await Promise.race([this.parts.run(text, context, variables, name), late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Of a subscription: its events, each resolved with a context of its own, or what kept it from beginning. Ending the
   * iterator ends the source at once.
   */
  async subscribe(
    { operation, variables }: Admitted,
    contextOfEvent: () => RequestContext,
  ): Promise<AsyncGenerator<Answer, void, void> | Answer> {
    const args = {
      schema: this.parts.schema(),
      document: operation.document,
      operationName: operation.name ?? null,
      variableValues: variables ?? {},
    };
    const context = contextOfEvent();
    const source = await createSourceEventStream({ ...args, contextValue: context });
    if (!isIterable(source)) return this.print(source, context.requestId);
    return mapEvents(source, async (event) => {
      const contextValue = contextOfEvent();
      return this.print(await execute({ ...args, contextValue, rootValue: event }), contextValue.requestId);
    });
  }

  private print({ data, errors }: ExecutionResult, requestId: string): Answer {
    const executed = data !== undefined && data !== null;
    if (errors === undefined) return data === undefined ? {} : { data };
    const printed = answerErrors(this.parts.logger, errors, requestId, executed);
    return data === undefined ? { errors: printed.errors } : { data, errors: printed.errors };
  }
}

const isIterable = (source: AsyncIterable<unknown> | ExecutionResult): source is AsyncIterable<unknown> =>
  Symbol.asyncIterator in source;
