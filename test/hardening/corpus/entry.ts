/** Stands for what nobody may find again in an answer or in the log. */
export const CANARY = 'c0ffee5ec4e7babe';

/** One hostile request, and how it is refused. */
export interface HostileEntry {
  readonly name: string;
  /** Body of the POST and payload of the message, or a function of cursors that the server gave. */
  readonly body: unknown;
  readonly code: string;
  /** Of the answer over HTTP. Default 400. */
  readonly status?: number;
  /** Over a socket the message itself is broken: it is closed with this. Default: refused with the same code. */
  readonly closes?: number;
  readonly as?: 'NOBODY';
}

export const hostile = (
  name: string,
  code: string,
  body: unknown,
  more: Partial<HostileEntry> = {},
): HostileEntry => ({
  ...{ name, code, body },
  ...more,
});

/** So many pieces of text, numbered. */
export const times = (count: number, piece: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => piece(n)).join(' ');
