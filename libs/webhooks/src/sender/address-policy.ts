import { BlockList, isIP } from 'node:net';

/**
 * Which machines a delivery may reach. PUBLIC: the internet only. LOOPBACK: this machine too. PRIVATE: loopback and
 * private networks too. Link-local addresses, where clouds keep their metadata, are refused always.
 */
export type TargetScope = 'PUBLIC' | 'LOOPBACK' | 'PRIVATE';

const listOf = (subnets: readonly string[]): BlockList => {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [network = '', prefix] = subnet.split('/');
    list.addSubnet(network, Number(prefix), isIP(network) === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
};

const LOOPBACK = listOf(['127.0.0.0/8', '::1/128']);
const PRIVATE = listOf(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7']);

/** Outside of this there is no IPv6 internet (IANA: global unicast). */
const GLOBAL_IPV6 = listOf(['2000::/3']);

/** The IANA special-purpose registries, as far as they lie within what is routed; loopback and private apart. */
const SPECIAL = listOf([
  '0.0.0.0/8',
  '169.254.0.0/16',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
]);

/** Whether a connection may be opened to this IP address. What is no address is refused. */
export const isAllowedAddress = (address: string, scope: TargetScope): boolean => {
  const version = isIP(address);
  // Zones (fe80::1%eth0) are link-local by nature.
  if (version === 0 || address.includes('%')) return false;
  const family = version === 6 ? 'ipv6' : 'ipv4';
  if (LOOPBACK.check(address, family)) return scope !== 'PUBLIC';
  if (PRIVATE.check(address, family)) return scope === 'PRIVATE';
  if (SPECIAL.check(address, family)) return false;
  return family === 'ipv4' || isMappedIpv4(address) || GLOBAL_IPV6.check(address, 'ipv6');
};

// A BlockList looks into ::ffff:a.b.c.d by itself, so those that get here are public.
const isMappedIpv4 = (address: string): boolean => MAPPED.check(address, 'ipv6');
const MAPPED = listOf(['::ffff:0:0/96']);
