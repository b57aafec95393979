import { type RequestContext } from '#libs/api';
import { inTime } from '#libs/database';
import {
  createSourceEventStream,
  type ExecutionResult,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from 'graphql';
import { type Logger } from 'pino';
import { type Admitted } from './admission/admission.ts';
import { AdmissionError } from './admission/admission.error.ts';
import { answerErrors } from './answer-errors.ts';
import { mapEvents } from './map-events.ts';
import { type RunOperation } from './operation-runner.ts';

/** An answer as it is sent. Without `data` nothing was executed. */
export interface Answer {
  readonly data?: ExecutionResult['data'];
  readonly errors?: readonly GraphQLFormattedError[];
}

export interface ExecutorParts {
  readonly schema: () => GraphQLSchema;
  readonly run: RunOperation;
  readonly logger: Logger;
}

/** Statements end with the deadline of the request; their fields still say so, unless something else hangs. */
const GRACE_MS = 500;

/** Runs what was admitted, and nothing else: its parameter can only come from there. */
export class Executor {
  constructor(private readonly parts: ExecutorParts) {}

  /** Of a query or a mutation. @throws AdmissionError TIMEOUT when nothing is answered in time. */
  async answer({ operation, variables }: Admitted, context: RequestContext): Promise<Answer> {
    const result = this.parts.run(operation, variables, context);
    const done = 'then' in result ? await inTime(result, context.deadlineAtMs + GRACE_MS, tooLong) : result;
    return this.print(done, context.requestId);
  }

  /**
   * Of a subscription: its events, each resolved with a context of its own, or what kept it from beginning. Ending the
   * iterator ends the source at once.
   */
  async subscribe(
    { operation, variables }: Admitted,
    contextOfEvent: () => RequestContext,
  ): Promise<AsyncGenerator<Answer, void, void> | Answer> {
    const context = contextOfEvent();
    const source = await createSourceEventStream({
      schema: this.parts.schema(),
      document: operation.document,
      operationName: operation.name ?? null,
      variableValues: variables ?? {},
      contextValue: context,
    });
    if (!isIterable(source)) return this.print(source, context.requestId);
    return mapEvents(source, async (event) => {
      const contextOfThis = contextOfEvent();
      return this.print(
        await this.parts.run(operation, variables, contextOfThis, event),
        contextOfThis.requestId,
      );
    });
  }

  private print({ data, errors }: ExecutionResult, requestId: string): Answer {
    const executed = data !== undefined && data !== null;
    if (errors === undefined) return data === undefined ? {} : { data };
    const printed = answerErrors(this.parts.logger, errors, requestId, executed);
    return data === undefined ? { errors: printed.errors } : { data, errors: printed.errors };
  }
}

const tooLong = (): AdmissionError => new AdmissionError('TIMEOUT', 'The answer took too long.');

const isIterable = (source: AsyncIterable<unknown> | ExecutionResult): source is AsyncIterable<unknown> =>
  Symbol.asyncIterator in source;
