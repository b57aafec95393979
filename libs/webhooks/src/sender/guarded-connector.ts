import { lookup as systemLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { isIP } from 'node:net';
import { buildConnector } from 'undici';
import { WebhookError } from '../webhook.error.ts';
import { isAllowedAddress, type TargetScope } from './address-policy.ts';

/** All addresses of a name; `dns.lookup` with `all`. */
export type ResolveName = (
  hostname: string,
  options: LookupOptions & { readonly all: true },
  callback: (error: Error | null, addresses?: LookupAddress[]) => void,
) => void;

type LookupCallback = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/**
 * Opens connections to allowed addresses only. The name is resolved once, inside the connect, and the socket goes to
 * the very address that was checked: a name that resolves differently a moment later gains nothing. One refused
 * address among several refuses the name.
 */
export const guardedConnector = (
  scope: TargetScope,
  connectTimeoutMs: number,
  resolveName: ResolveName = systemLookup,
): buildConnector.connector => {
  const connect = buildConnector({
    timeout: connectTimeoutMs,
    maxCachedSessions: 0,
    allowH2: false,
    lookup: checkedLookup(scope, resolveName),
  });
  return (options, callback) => {
    const host = options.hostname.replace(/^\[|\]$/g, '');
    // A literal address never passes through lookup.
    if (isIP(host) !== 0 && !isAllowedAddress(host, scope)) callback(blocked(), null);
    else connect(options, callback);
  };
};

const checkedLookup =
  (scope: TargetScope, resolveName: ResolveName) =>
  (hostname: string, options: LookupOptions, callback: LookupCallback): void => {
    resolveName(hostname, { ...options, all: true }, (error, addresses) => {
      const found = addresses ?? [];
      const [first] = found;
      if (error !== null || first === undefined) {
        const cause = error ?? undefined;
        callback(
          new WebhookError('NAME_NOT_RESOLVED', 'the name of the receiver does not resolve', { cause }),
          [],
        );
      } else if (found.some(({ address }) => !isAllowedAddress(address, scope))) callback(blocked(), []);
      else if (options.all === true) callback(null, found);
      else callback(null, first.address, first.family);
    });
  };

const blocked = (): WebhookError =>
  new WebhookError('SSRF_BLOCKED', 'the receiver is at a loopback, private or reserved address');
