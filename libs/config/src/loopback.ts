import { BlockList, isIP } from 'node:net';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** Whether a name or an address can only mean this machine. */
export const isLoopback = (host: string): boolean => {
  const family = isIP(host);
  return family === 0 ? host === 'localhost' : LOOPBACK.check(host, family === 4 ? 'ipv4' : 'ipv6');
};

/**
 * Whether the Host header of a request names this machine. A foreign site whose name is made to resolve to the
 * loopback address (DNS rebinding) still sends its own name.
 */
export const isLoopbackAuthority = (authority: string | undefined): boolean => {
  const name = (authority ?? '').toLowerCase().replace(/:\d+$/, '');
  const address = /^\[(.*)\]$/.exec(name)?.[1];
  return isLoopback(address ?? name);
};
