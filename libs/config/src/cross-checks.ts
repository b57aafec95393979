import type { ConfigFault } from './config.error.ts';
import type { ParsedEnvironment } from './definitions.ts';
import { isLoopback } from './loopback.ts';

/** Whether it is broken, the setting to change, and what is wrong. */
type Rule = readonly [boolean, string, string];

/** Faults of one setting beside another. `raw` is the trimmed text of those that are present. */
export const crossFaults = (
  present: ReadonlySet<string>,
  raw: Readonly<Record<string, string>>,
  values: ParsedEnvironment,
): readonly ConfigFault[] => {
  const hasNetwork = present.has('STARKNET_RPC_URL') || present.has('NETWORKS');
  const rules: readonly Rule[] = [
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
    ...oidcRules(present, raw),
    [
      !isLoopback(raw['HOST'] ?? 'localhost') && !hasNetwork,
      'HOST',
      'only loopback (127.0.0.1, ::1, localhost) in the sandbox, whose keys everybody knows',
    ],
  ];
  const faults = rules.filter(([broken]) => broken).map(([, key, message]) => ({ key, message }));
  return [...faults, ...watchedNetworkFaults(values)];
};

const oidcRules = (present: ReadonlySet<string>, raw: Readonly<Record<string, string>>): readonly Rule[] => [
  [
    present.has('OIDC_ISSUER') && !present.has('OIDC_AUDIENCE'),
    'OIDC_AUDIENCE',
    'needed with OIDC_ISSUER: tokens that were made for another service would be taken',
  ],
  [
    (present.has('OIDC_AUDIENCE') || present.has('OIDC_JWKS_URL')) && !present.has('OIDC_ISSUER'),
    'OIDC_ISSUER',
    'needed with OIDC_AUDIENCE and OIDC_JWKS_URL',
  ],
  [
    ['OIDC_ISSUER', 'OIDC_JWKS_URL'].some((key) => isPlainHttp(raw[key])),
    'OIDC_ISSUER',
    'must be https, as OIDC_JWKS_URL, except on loopback: who stands between could give keys of his own',
  ],
];

const isPlainHttp = (text: string | undefined): boolean => {
  if (text === undefined || !URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'http:' && !isLoopback(hostname.replace(/^\[|\]$/g, ''));
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
