import { type IncomingMessage } from 'node:http';
import { isLoopback } from '#libs/config';

/** Where a request came from; behind a proxy of this machine, the last address that the proxy saw. */
export const sourceAddress = ({ socket, headers }: IncomingMessage, trustProxy: boolean): string => {
  const direct = socket.remoteAddress ?? '';
  const forwarded = headers['x-forwarded-for'];
  if (!trustProxy || !isLoopback(direct.replace(/^::ffff:/, '')) || typeof forwarded !== 'string')
    return direct;
  return forwarded.split(',').at(-1)?.trim() ?? direct;
};
