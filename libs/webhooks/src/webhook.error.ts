export type WebhookErrorCode =
  | 'WEBHOOK_SECRET_INVALID'
  | 'WEBHOOK_URL_INVALID'
  | 'SSRF_BLOCKED'
  | 'NAME_NOT_RESOLVED'
  | 'CONNECTION_FAILED'
  | 'TLS_FAILED'
  | 'TIMEOUT'
  | 'ANSWER_MALFORMED'
  | 'INTERRUPTED';

const LASTING: ReadonlySet<WebhookErrorCode> = new Set(['WEBHOOK_SECRET_INVALID', 'WEBHOOK_URL_INVALID']);

/** Why nothing came back from a receiver. No message holds the URL: it may carry a token. */
export class WebhookError extends Error {
  override readonly name = 'WebhookError';
  readonly code: WebhookErrorCode;
  readonly retryable: boolean;

  constructor(code: WebhookErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.retryable = !LASTING.has(code);
  }
}
