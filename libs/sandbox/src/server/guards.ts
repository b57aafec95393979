import type { IncomingMessage } from 'node:http';
import { isLoopbackAuthority } from '#libs/config';

/** A class of the largest contracts fits in. */
export const MAX_BODY_BYTES = 8_000_000;

export interface Refusal {
  readonly status: number;
  readonly reason: string;
}

/**
 * Whoever can call the chain can also abort its blocks, so only programs and pages of this machine may: no name that
 * was made to resolve to it, and no page of another site.
 */
export const refusalOf = ({ headers }: IncomingMessage): Refusal | undefined => {
  if (!isLoopbackAuthority(headers.host)) {
    return { status: 421, reason: 'This node answers on loopback names only.' };
  }
  if (headers.origin !== undefined && !isLoopbackOrigin(headers.origin)) {
    return { status: 403, reason: 'This node answers pages of this machine only.' };
  }
  return undefined;
};

const isLoopbackOrigin = (origin: string): boolean =>
  URL.canParse(origin) && isLoopbackAuthority(new URL(origin).host);

/** A page cannot send this type to another site unasked, as it could any other that only holds the word json. */
export const isJson = ({ headers }: IncomingMessage): boolean =>
  (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() === 'application/json';

/** The body as text, nothing where it is too long. Rejects when the client breaks off. */
export const readBody = async (request: IncomingMessage): Promise<string | undefined> => {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return undefined;
  const chunks: Buffer[] = [];
  let length = 0;
  // Left open, since the answer has still to go out when the rest of the body is not read.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};
