import { z } from 'zod';
import { url } from './parsers.ts';

export interface NetworkSettings {
  readonly label: string;
  /** Several providers of this one network, in order of preference. */
  readonly rpcUrls: readonly string[];
  /** WebSocket that only announces heads; reading goes over HTTP. */
  readonly wsUrl?: string;
}

const LABEL = /^[a-z][a-z0-9-]{0,31}$/;
const http = url('http:', 'https:');
const ws = url('ws:', 'wss:');
const SHAPE = 'name=url,url;name2=url';

const parseNetwork = (part: string): NetworkSettings | string => {
  const equals = part.indexOf('=');
  const label = part.slice(0, equals).trim();
  if (equals < 1 || !LABEL.test(label))
    return `each network is ${SHAPE}, names in lower-case letters, digits and -`;
  const urls = part
    .slice(equals + 1)
    .split(',')
    .map((item) => item.trim());
  const wrong = urls.findIndex((item) => !http.safeParse(item).success && !ws.safeParse(item).success);
  if (wrong >= 0) return `network ${label}: URL ${wrong + 1} is not http, https, ws or wss`;
  const rpcUrls = urls.filter((item) => http.safeParse(item).success);
  const [wsUrl, ...more] = urls.filter((item) => ws.safeParse(item).success);
  if (rpcUrls.length === 0) return `network ${label}: needs at least one http or https URL`;
  if (more.length > 0) return `network ${label}: takes one ws or wss URL`;
  return { label, rpcUrls, ...(wsUrl !== undefined && { wsUrl }) };
};

/** `name=url,url;name2=url`. A ws:// or wss:// URL in the list announces heads of that network. */
export const networksText = z.string().transform((line, context): readonly NetworkSettings[] => {
  const parts = line
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const parsed = parts.map(parseNetwork);
  const networks = parsed.filter((network) => typeof network !== 'string');
  for (const fault of parsed) if (typeof fault === 'string') context.addIssue(fault);
  if (new Set(networks.map(({ label }) => label)).size < networks.length)
    context.addIssue('two networks of one name');
  return networks;
});

export interface WatchedAccount {
  /** Label of the network; absent: on every network. */
  readonly network?: string;
  readonly address: string;
}
