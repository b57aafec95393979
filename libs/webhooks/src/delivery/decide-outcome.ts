import type { WebhookAnswer } from '../sender/webhook-sender.ts';
import { WebhookError } from '../webhook.error.ts';
import { parseRetryAfterMs, retryDelayMs } from './retry-schedule.ts';

export type Outcome =
  | { readonly kind: 'DELIVERED'; readonly statusCode: number }
  | {
      readonly kind: 'RETRY' | 'GIVEN_UP';
      readonly error: string;
      readonly statusCode?: number;
      /** Of a RETRY. */
      readonly nextAttemptMs?: number;
    };

export interface OutcomeInput {
  readonly result: WebhookAnswer | WebhookError;
  /** Counted from 1. */
  readonly attempt: number;
  readonly nowMs: number;
  readonly random: () => number;
}

/** 2xx is delivered, 410 is never tried again, everything else is tried again until the schedule runs out. */
export const decideOutcome = ({ result, attempt, nowMs, random }: OutcomeInput): Outcome => {
  if (result instanceof WebhookError) {
    // We were told to stop: not the receiver's doing, so the next worker may try at once.
    if (result.code === 'INTERRUPTED') return { kind: 'RETRY', error: result.code, nextAttemptMs: nowMs };
    return retryOrGiveUp(result.code, retryDelayMs(attempt, random), nowMs);
  }
  const { statusCode } = result;
  if (statusCode >= 200 && statusCode < 300) return { kind: 'DELIVERED', statusCode };
  if (statusCode === 410) return { kind: 'GIVEN_UP', error: 'HTTP_410', statusCode };
  const retryAfterMs = parseRetryAfterMs(result.retryAfter, nowMs);
  const delayMs = retryDelayMs(attempt, random, retryAfterMs);
  return { ...retryOrGiveUp(`HTTP_${statusCode}`, delayMs, nowMs), statusCode };
};

const retryOrGiveUp = (error: string, delayMs: number | undefined, nowMs: number) =>
  delayMs === undefined
    ? { kind: 'GIVEN_UP' as const, error }
    : { kind: 'RETRY' as const, error, nextAttemptMs: nowMs + delayMs };
