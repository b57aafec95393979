export interface WebhookRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface WebhookAnswer {
  readonly statusCode: number;
  readonly retryAfter?: string;
}

/** Port: HTTP out. Resolves with whatever the receiver answered. @throws WebhookError when nothing came back. */
export interface WebhookSender {
  send(request: WebhookRequest, signal: AbortSignal): Promise<WebhookAnswer>;
  close(): Promise<void>;
}
