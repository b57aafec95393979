import { CANARY, hostile, type HostileEntry } from './entry.ts';

const QUERY = '{ indexer { network } }';
const refused = (name: string, body: unknown): HostileEntry => hostile(name, 'SECRET_REJECTED', body);
const variable = (name: string): HostileEntry =>
  refused(`a variable ${name}`, { query: `query { indexer { network } }`, variables: { [name]: CANARY } });

/** What nobody should ever send. */
export const HOSTILE_SECRETS: readonly HostileEntry[] = [
  ...[
    'privateKey',
    'private_key',
    'PRIVATE-KEY',
    'sessionPrivateKey',
    'ownerPrivateKey',
    'encryptedPrivateKey',
  ].map(variable),
  ...[
    'secretKey',
    'mnemonic',
    'seedPhrase',
    'seed',
    'pin',
    'pinCode',
    'password',
    'passphrase',
    'encryptKey',
  ].map(variable),
  refused('a private key as an argument that does not exist', {
    query: `{ session(privateKey: "${CANARY}") { status } }`,
  }),
  refused('a PIN as an argument', {
    query: '{ session(account: "0x1", sessionKey: "0x1", pin: 739164) { status } }',
  }),
  refused('a private key in an input of the document', {
    query: `{ sessions(at: { blockNumber: 1, privateKey: "${CANARY}" }) { nodes { account } } }`,
  }),
  refused('a private key as the variable of a document', {
    query: 'query ($privateKey: SessionKey!) { session(account: "0x1", sessionKey: $privateKey) { status } }',
    variables: {},
  }),
  refused('a secret deep in a variable', {
    query: 'query ($at: At) { sessions(at: $at) { nodes { account } } }',
    variables: { at: { signer: [{ wallet: { private_key: CANARY } }] } },
  }),
  refused('a secret in the extensions', { query: QUERY, extensions: { auth: { password: CANARY } } }),
  refused('a secret beside the query', { query: QUERY, privateKey: CANARY }),
  refused('a key in its armour', {
    query: QUERY,
    variables: { note: `-----BEGIN EC PRIVATE KEY-----\n${CANARY}\n-----END EC PRIVATE KEY-----` },
  }),
  refused('a key in its armour, in the document', {
    query: `{ sessions(after: """-----BEGIN PRIVATE KEY-----\n${CANARY}""") { nodes { account } } }`,
  }),
];
