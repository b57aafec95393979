import { type IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import proxyaddr from '@fastify/proxy-addr';

/** Where a request or the handshake of a socket came from; empty where the connection is gone. */
export type AddressOf = (request: IncomingMessage) => string;

/**
 * Reads X-Forwarded-For from the right: each trusted proxy vouches for the address that it was asked by, and the first one that nobody
 * trusted vouches for is who asks. What a peer that is not trusted sends is not looked at. What is no address (a name, a port
 * behind it) counts as the proxy that wrote it: it must not make somebody new.
 * @param trusted networks (CIDR) of proxies; none: who is connected is who asks.
 */
export const addressReader = (trusted: readonly string[]): AddressOf => {
  const direct: AddressOf = ({ socket }) => socket.remoteAddress ?? '';
  if (trusted.length === 0) return direct;
  const isTrusted = proxyaddr.compile([...trusted]);
  return (request) => {
    const peer = direct(request);
    if (peer === '') return peer;
    return proxyaddr.all(request, isTrusted).findLast((address) => isIP(address) !== 0) ?? peer;
  };
};
