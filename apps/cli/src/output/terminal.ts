/** Where a command prints. Results go to `out`, what went wrong and what is going on to `err`. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  readonly isInteractive: boolean;
}

export const processTerminal = (): Terminal => {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', unlessClosed);
  return {
    out: (text) => process.stdout.write(`${text}\n`),
    err: (text) => process.stderr.write(`${text}\n`),
    isInteractive: process.stderr.isTTY,
  };
};

/** Who reads may go away, as `head` does; a service goes on without. */
const unlessClosed = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EPIPE') throw error;
};
