import { isIP } from 'node:net';
import { z } from 'zod';

const LOOPBACK = ['127.0.0.0/8', '::1/128'];

const NAMED: Readonly<Record<string, readonly string[]>> = {
  ...{ on: LOOPBACK, true: LOOPBACK, '1': LOOPBACK },
  ...{ off: [], false: [], '0': [] },
};

const MEANING = 'on, off, or a list of addresses and networks such as 10.0.0.0/8,fd00::/8,loopback';
const ADDRESS_BITS: Readonly<Record<number, number>> = { 4: 32, 6: 128 };
/** IPv4 in the form of IPv6: such peers are held against networks of IPv4. */
const MAPPED = /^::ffff:/i;

/** One address or network as CIDR; undefined: it is none. */
const networkOf = (item: string): readonly string[] | undefined => {
  if (item.toLowerCase() === 'loopback') return LOOPBACK;
  const [address = '', prefix, ...more] = item.split('/');
  const bits = ADDRESS_BITS[isIP(address)];
  if (bits === undefined || more.length > 0 || address.includes('%') || MAPPED.test(address))
    return undefined;
  if (prefix === undefined) return [`${address}/${bits}`];
  return /^(0|[1-9][0-9]{0,2})$/.test(prefix) && Number(prefix) <= bits ? [item] : undefined;
};

/**
 * Whose X-Forwarded-For is believed. A network of all addresses is refused: anybody could say that he is somebody else.
 * The message repeats no value.
 */
export const trustedProxies = z.string().transform((line, context): readonly string[] => {
  const named = NAMED[line.toLowerCase()];
  if (named !== undefined) return named;
  const networks = line.split(',').map((item) => networkOf(item.trim()));
  const known = networks.filter((network) => network !== undefined).flat();
  const everybody = known.some((network) => network.endsWith('/0'));
  if (!everybody && !networks.includes(undefined)) return known;
  context.addIssue(everybody ? 'a network /0 is everybody: name those of your proxies' : MEANING);
  return z.NEVER;
});
