import { type Principal, type RequestContext } from '#libs/api';
import { AccessError, actionOfCredential, type Headers } from '#libs/access';
import { askIndex } from '#libs/sessions';
import { type GraphQLSchema, OperationTypeNode } from 'graphql';
import { type Logger } from 'pino';
import { type PurserMetrics } from '../metrics/purser-metrics.ts';
import { type ServerAccess } from '../ports.ts';
import { type RequestMeter } from '../rate/request-meter.ts';
import { Admission, type Admitted, type AdmissionLimits } from './admission/admission.ts';
import { answerErrors, type AnsweredErrors } from './answer-errors.ts';
import { type Answer, Executor } from './executor.ts';
import { type Caller } from './graphql-request.ts';
import { type RunOperation } from './operation-runner.ts';
import { contextOf } from './request-context.ts';

const ANSWERED_AT_ONCE: ReadonlySet<OperationTypeNode> = new Set([
  OperationTypeNode.QUERY,
  OperationTypeNode.MUTATION,
]);
const EVERY_KIND: ReadonlySet<OperationTypeNode> = new Set(Object.values(OperationTypeNode));

/** The only word of a question that is logged; a name has word characters only. */
const MAX_LOGGED_NAME = 64;

export interface GatewayParts {
  readonly access: ServerAccess;
  readonly logger: Logger;
  readonly metrics: PurserMetrics;
  readonly meter: RequestMeter;
  readonly limits: AdmissionLimits;
  readonly answerWithinMs: number;
  readonly schema: () => GraphQLSchema;
  readonly run: RunOperation;
}

/** What both transports need: to find out who asks, to admit what is asked, to run it, and to say what went wrong. */
export class Gateway {
  private readonly executor: Executor;
  private readonly admission: Admission;

  constructor(private readonly parts: GatewayParts) {
    this.admission = new Admission(parts);
    this.executor = new Executor(parts);
  }

  get schema(): GraphQLSchema {
    return this.parts.schema();
  }

  /**
   * @throws AccessError for a credential that is refused, which counts against the address; PurserError INDEX_UNAVAILABLE; AdmissionError
   * RATE_LIMITED for an address that was refused too often.
   */
  async authenticate(headers: Headers, address: string): Promise<Principal | undefined> {
    try {
      return await askIndex(() => this.parts.access.authenticate(headers));
    } catch (error) {
      const nobody: Caller = { principal: undefined, address };
      this.countRefusal(error);
      await this.parts.meter.requireSome(nobody);
      this.parts.meter.chargeRefusal(nobody);
      // After that: who is refused too often is not noted either.
      if (error instanceof AccessError && error.refusal) this.parts.access.onRefused?.(error.refusal);
      throw error;
    }
  }

  private countRefusal(error: unknown): void {
    if (!(error instanceof AccessError)) return;
    const action = actionOfCredential(error.code);
    if (action !== undefined) this.parts.metrics.countRefusal(action, error.code);
  }

  /** For a transport that answers once. @throws AdmissionError, DocumentRefused */
  admitQuestion(body: unknown, caller: Caller): Promise<Admitted> {
    return this.admission.admit(body, caller, ANSWERED_AT_ONCE);
  }

  /** For a transport that may answer again and again. @throws AdmissionError, DocumentRefused */
  admitAny(body: unknown, caller: Caller): Promise<Admitted> {
    return this.admission.admit(body, caller, EVERY_KIND);
  }

  /** Of a query or a mutation. @throws AdmissionError TIMEOUT */
  async answer(admitted: Admitted, caller: Caller, requestId: string): Promise<Answer> {
    const startedMs = performance.now();
    const answer = await this.executor.answer(admitted, this.contextOf(caller, requestId));
    const { logger } = this.parts;
    if (logger.isLevelEnabled('debug')) this.log(admitted, caller, requestId, answer, startedMs);
    return answer;
  }

  private log(
    { operation, cost }: Admitted,
    { principal }: Caller,
    requestId: string,
    answer: Answer,
    startedMs: number,
  ): void {
    this.parts.logger.debug(
      {
        requestId,
        ...(principal && { principal: principal.id, organisation: principal.organisation.publicId }),
        ...(operation.name !== undefined && { operation: operation.name.slice(0, MAX_LOGGED_NAME) }),
        cost,
        durationMs: Math.round(performance.now() - startedMs),
        codes: answer.errors?.map(({ extensions }) => extensions?.['code']) ?? [],
      },
      'a question was answered',
    );
  }

  /** @throws what the source throws */
  subscribe(admitted: Admitted, caller: Caller, requestId: string): ReturnType<Executor['subscribe']> {
    return this.executor.subscribe(admitted, () => this.contextOf(caller, requestId));
  }

  private contextOf(caller: Caller, requestId: string): RequestContext {
    return contextOf(caller, requestId, this.parts.answerWithinMs);
  }

  refusalOf(error: unknown, requestId: string): AnsweredErrors {
    const refusal = answerErrors(this.parts.logger, [error], requestId, false);
    const codes = refusal.errors.map(({ extensions }) => extensions?.['code']);
    this.parts.logger.debug({ requestId, codes }, 'a question was refused');
    return refusal;
  }
}
