import { Agent, request } from 'undici';
import { WebhookError, type WebhookErrorCode } from '../webhook.error.ts';
import type { TargetScope } from './address-policy.ts';
import { guardedConnector, type ResolveName } from './guarded-connector.ts';
import type { WebhookAnswer, WebhookRequest, WebhookSender } from './webhook-sender.ts';

export interface HttpWebhookSenderOptions {
  /** Default PUBLIC. */
  readonly scope?: TargetScope;
  readonly resolveName?: ResolveName;
}

const CONNECT_TIMEOUT_MS = 10_000;
/** Of the body nothing is kept; a receiver that sends more than this is cut off. */
const MAX_ANSWER_BYTES = 20 * 1024;

/**
 * Posts by HTTP/1.1, a connection for each attempt. Redirects are answers like any other and are not followed;
 * the body is read up to 20 kB, undecoded, and thrown away.
 */
export const createHttpWebhookSender = (options: HttpWebhookSenderOptions = {}): WebhookSender => {
  const agent = new Agent({
    connect: guardedConnector(options.scope ?? 'PUBLIC', CONNECT_TIMEOUT_MS, options.resolveName),
    pipelining: 0,
    keepAliveTimeout: 1,
    // Deadlines are the caller's, through the signal.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  return {
    send: (message, signal) => post(agent, message, signal),
    close: () => agent.destroy(),
  };
};

const post = async (agent: Agent, message: WebhookRequest, signal: AbortSignal): Promise<WebhookAnswer> => {
  try {
    const { statusCode, headers, body } = await request(requireHttpUrl(message.url), {
      method: 'POST',
      dispatcher: agent,
      headers: message.headers,
      body: message.body,
      signal,
    });
    await drain(body, signal);
    const retryAfter = headers['retry-after'];
    return { statusCode, ...(typeof retryAfter === 'string' && { retryAfter }) };
  } catch (error) {
    throw toWebhookError(error, signal);
  }
};

const requireHttpUrl = (text: string): URL => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url;
  throw new WebhookError('WEBHOOK_URL_INVALID', 'not an http or https URL');
};

// The status has arrived, so a body that is late, broken or too long changes nothing.
const drain = async (
  body: AsyncIterable<Buffer> & { destroy(): unknown },
  signal: AbortSignal,
): Promise<void> => {
  let bytes = 0;
  try {
    for await (const chunk of body) {
      bytes += chunk.length;
      if (bytes > MAX_ANSWER_BYTES || signal.aborted) break;
    }
  } catch {
    // As said above.
  } finally {
    body.destroy();
  }
};

const toWebhookError = (error: unknown, signal: AbortSignal): WebhookError => {
  if (error instanceof WebhookError) return error;
  if (signal.aborted) {
    return signal.reason instanceof WebhookError
      ? signal.reason
      : new WebhookError('TIMEOUT', 'no answer in time', { cause: error });
  }
  const code = codeOf(error);
  return new WebhookError(code, `${SENTENCE[code] ?? 'the connection failed'} (${causeCode(error)})`, {
    cause: error,
  });
};

const SENTENCE: Partial<Record<WebhookErrorCode, string>> = {
  TLS_FAILED: 'the certificate or the TLS of the receiver is not acceptable',
  ANSWER_MALFORMED: 'the receiver did not answer in HTTP',
  TIMEOUT: 'no answer in time',
};

const codeOf = (error: unknown): WebhookErrorCode => {
  const code = causeCode(error);
  if (error instanceof Error && error.name === 'HTTPParserError') return 'ANSWER_MALFORMED';
  if (/TIMEOUT|ETIMEDOUT/.test(code)) return 'TIMEOUT';
  if (/^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO)/.test(code)) return 'TLS_FAILED';
  if (/^UND_ERR_(RESPONSE|HEADERS)/.test(code)) return 'ANSWER_MALFORMED';
  return 'CONNECTION_FAILED';
};

const causeCode = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
