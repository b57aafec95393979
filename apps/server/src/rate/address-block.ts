import { isIPv6 } from 'node:net';

const GROUPS = 8;
/** A site has at least 2^64 addresses: counting each by itself would count nothing. */
const GROUPS_OF_SITE = 4;

/** What counts as one address: an IPv4 address, written as IPv6 or not, or the first 64 bits of an IPv6 address. */
export const addressBlock = (address: string): string => {
  const [plain = ''] = address.split('%');
  if (!isIPv6(plain)) return plain;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(plain)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = '', tail] = plain.split('::');
  const groupsOf = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const [before, after] = [groupsOf(head), groupsOf(tail ?? '')];
  const zeros = tail === undefined ? 0 : GROUPS - before.length - after.length;
  const groups = [...before, ...Array.from({ length: Math.max(0, zeros) }, () => '0'), ...after];
  return `${groups
    .slice(0, GROUPS_OF_SITE)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
};
