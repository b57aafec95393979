import type { ConfigFault } from './config.error.ts';
import type { ParsedEnvironment } from './definitions.ts';
import { isLoopback } from './loopback.ts';

/** Faults of one setting beside another. `raw` is the trimmed text of those that are present. */
export const crossFaults = (
  present: ReadonlySet<string>,
  raw: Readonly<Record<string, string>>,
  values: ParsedEnvironment,
): readonly ConfigFault[] => {
  const hasNetwork = present.has('STARKNET_RPC_URL') || present.has('NETWORKS');
  const rules: readonly (readonly [boolean, string, string])[] = [
    [
      present.has('STARKNET_RPC_URL') && present.has('NETWORKS'),
      'NETWORKS',
      'cannot be set beside STARKNET_RPC_URL: name every network here',
    ],
    [
      present.has('STARKNET_WS_URL') && !present.has('STARKNET_RPC_URL'),
      'STARKNET_WS_URL',
      'announces the heads of STARKNET_RPC_URL, which is not set; with NETWORKS put the ws URL into the list',
    ],
    [raw['SANDBOX'] === 'on' && hasNetwork, 'SANDBOX', 'cannot be on beside STARKNET_RPC_URL or NETWORKS'],
    [raw['SANDBOX'] === 'off' && !hasNetwork, 'STARKNET_RPC_URL', 'no network is named, and SANDBOX is off'],
    [
      present.has('WEBHOOK_URL') && !present.has('WEBHOOK_SECRET'),
      'WEBHOOK_SECRET',
      'needed with WEBHOOK_URL: receivers could not tell our deliveries from others',
    ],
    [
      !isLoopback(raw['HOST'] ?? 'localhost'),
      'HOST',
      'only loopback (127.0.0.1, ::1, localhost) until access control exists: anyone who reaches the port could read everything',
    ],
  ];
  const faults = rules.filter(([broken]) => broken).map(([, key, message]) => ({ key, message }));
  return [...faults, ...watchedNetworkFaults(values)];
};

const watchedNetworkFaults = (values: ParsedEnvironment): readonly ConfigFault[] => {
  const labels = new Set((values.NETWORKS ?? []).map(({ label }) => label));
  const wanted = new Set((values.WATCH_ACCOUNTS ?? []).flatMap(({ network }) => network ?? []));
  return [...wanted]
    .filter((network) => !labels.has(network))
    .map((network) => ({
      key: 'WATCH_ACCOUNTS',
      message: `no network ${JSON.stringify(network)} in NETWORKS`,
    }));
};
