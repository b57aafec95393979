import { DEMO_KEYS, demoKeyOf } from '#libs/access';
import type { Settings } from '#libs/config';
import { decodeShortString, feltToHex } from '#libs/felt';
import type { OpenedSandbox } from '../service/open-sandbox.ts';
import type { Service } from '../service/start-service.ts';

const KEY_OF_YOURS = " -H 'x-api-key: YOUR KEY'";
const COMMAND = 'npm run -s purser --';
const LIST =
  '{ sessions { edges { node { account sessionKey status remainingCalls asOf { blockNumber } } } } }';

/** What a person wants to know who has just started it: where to look, what this is, what to try. */
export const startBanner = (service: Service, settings: Settings): string =>
  [
    'Purser is running.',
    ...placeLines(service),
    `  networks   ${networkNames(service)}`,
    `  database   ${databaseName(service, settings)}`,
    ...(service.sandbox === undefined ? [] : sandboxLines(service.sandbox)),
    ...tryLines(service),
    '',
    'Ctrl-C stops it.',
  ].join('\n');

const placeLines = ({ url }: Service): string[] =>
  url === undefined
    ? ['  no API in this process (PURSER_ROLES)']
    : [
        `  open       ${url}`,
        `  GraphQL    ${url}/graphql`,
        `  health     ${url}/readyz   metrics ${url}/metrics`,
      ];

const databaseName = ({ database }: Service, { dataDir }: Settings): string => {
  if (database.embedded) return `embedded PostgreSQL in ${dataDir}`;
  return database.indexer === undefined ? 'API_DATABASE_URL' : 'DATABASE_URL';
};

const networkNames = ({ networks }: Service): string =>
  networks
    .map(({ label, chainId }) => `${label} (${decodeShortString(chainId) ?? feltToHex(chainId)})`)
    .join(', ');

const sandboxLines = ({ rpcUrl }: OpenedSandbox): string[] => [
  '',
  'This is the SANDBOX: a Starknet chain inside this process, with made-up accounts and funds.',
  `  JSON-RPC   ${rpcUrl}`,
  ...DEMO_KEYS.map(
    ({ role, text }, at) => `  ${at === 0 ? 'keys       ' : '           '}${text} (${role.toLowerCase()})`,
  ),
  '  To follow a real network, set STARKNET_RPC_URL to a node of it.',
];

const tryLines = ({ url, sandbox }: Service): string[] => {
  if (url === undefined) return [];
  const credential = sandbox === undefined ? KEY_OF_YOURS : ` -H 'x-api-key: ${demoKeyOf('ADMIN').text}'`;
  const example = sandbox?.life === undefined ? undefined : exampleSession(sandbox.life);
  return [
    '',
    'Try:',
    `  curl -s ${url}/graphql -H 'content-type: application/json'${credential} -d '${JSON.stringify({ query: LIST })}'`,
    `  ${COMMAND} ${sandbox === undefined ? 'keys create --role auditor' : 'status'}`,
    ...(example === undefined ? [] : [`  ${COMMAND} session get ${example}`]),
  ];
};

/** A key that is about to run out of calls. */
const exampleSession = ({ scenario }: NonNullable<OpenedSandbox['life']>): string | undefined => {
  const [account] = scenario.cast.accounts;
  const session = account?.sessions.at(-1);
  if (account === undefined || session === undefined) return undefined;
  return `${feltToHex(account.address)} ${feltToHex(session.key)}`;
};
