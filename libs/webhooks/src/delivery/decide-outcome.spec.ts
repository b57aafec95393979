import { describe, expect, it } from '@jest/globals';
import type { WebhookAnswer } from '../sender/webhook-sender.ts';
import { WebhookError } from '../webhook.error.ts';
import { decideOutcome } from './decide-outcome.ts';
import { RETRY_DELAYS_MS } from './retry-schedule.ts';

const NOW_MS = 1_000_000;
const decide = (result: WebhookAnswer | WebhookError, attempt = 1) =>
  decideOutcome({ result, attempt, nowMs: NOW_MS, random: () => 0 });

describe('decideOutcome', () => {
  it.each([200, 201, 204, 299])('takes %p for delivered', (statusCode) => {
    expect(decide({ statusCode })).toEqual({ kind: 'DELIVERED', statusCode });
  });

  it.each([199, 301, 302, 307, 400, 401, 404, 429, 500, 503])('tries again after %p', (statusCode) => {
    expect(decide({ statusCode })).toEqual({
      kind: 'RETRY',
      error: `HTTP_${statusCode}`,
      statusCode,
      nextAttemptMs: NOW_MS + 5_000,
    });
  });

  it('never tries again after 410', () => {
    expect(decide({ statusCode: 410 })).toEqual({ kind: 'GIVEN_UP', error: 'HTTP_410', statusCode: 410 });
  });

  it('waits for as long as Retry-After says, a day at most', () => {
    expect(decide({ statusCode: 429, retryAfter: '60' })).toMatchObject({ nextAttemptMs: NOW_MS + 60_000 });
    expect(decide({ statusCode: 503, retryAfter: '99999999' })).toMatchObject({
      nextAttemptMs: NOW_MS + 86_400_000,
    });
  });

  it('gives up when the schedule has run out', () => {
    const last = RETRY_DELAYS_MS.length + 1;
    expect(decide({ statusCode: 500 }, last)).toMatchObject({ kind: 'GIVEN_UP', error: 'HTTP_500' });
    expect(decide(new WebhookError('TIMEOUT', ''), last)).toMatchObject({ kind: 'GIVEN_UP' });
  });

  it('tries at once what our own stop interrupted, even on the last attempt', () => {
    const last = RETRY_DELAYS_MS.length + 1;
    expect(decide(new WebhookError('INTERRUPTED', ''), last)).toEqual({
      kind: 'RETRY',
      error: 'INTERRUPTED',
      nextAttemptMs: NOW_MS,
    });
  });
});
