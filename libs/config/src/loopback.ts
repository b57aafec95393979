import { BlockList, isIP } from 'node:net';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** Whether a name or an address can only mean this machine. */
export const isLoopback = (host: string): boolean => {
  const family = isIP(host);
  return family === 0 ? host === 'localhost' : LOOPBACK.check(host, family === 4 ? 'ipv4' : 'ipv6');
};

/** The name or address in a Host header, without port and brackets, in lower case. */
export const hostNameOf = (authority: string | undefined): string => {
  const name = (authority ?? '').toLowerCase().replace(/:\d+$/, '');
  return /^\[(.*)\]$/.exec(name)?.[1] ?? name;
};

/**
 * Whether the Host header of a request names this machine. A foreign site whose name is made to resolve to the
 * loopback address (DNS rebinding) still sends its own name.
 */
export const isLoopbackAuthority = (authority: string | undefined): boolean =>
  isLoopback(hostNameOf(authority));

const EVERY_ADDRESS: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '[::1]' };

/** How what listens on a host is reached from this machine, as it stands in a URL. */
export const localAuthority = (host: string, port: number): string =>
  `${EVERY_ADDRESS[host] ?? (host.includes(':') ? `[${host}]` : host)}:${port}`;
