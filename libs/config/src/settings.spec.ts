import { describe, expect, it } from '@jest/globals';
import { faultsOf, keysOf } from '../spec/faults.ts';
import { configurationReference, loadSettings } from './index.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

describe('loadSettings', () => {
  it('runs the sandbox when nothing is set', () => {
    expect(loadSettings({})).toMatchObject({
      networks: [],
      sandbox: { seed: 0, rpcPort: 5050, intervalSeconds: 10 },
      host: '127.0.0.1',
      port: 3000,
      dataDir: '.purser',
      roles: ['indexer', 'api', 'notifier'],
      discovery: true,
      startBlock: 0,
      followOnRead: true,
      lowCallsThreshold: 5,
    });
    expect(loadSettings({})).not.toHaveProperty('databaseUrl');
    expect(loadSettings({ PORT: '', STARKNET_RPC_URL: ' ' })).toEqual(loadSettings({}));
  });

  it('binds sign-ins to the origin that people open, and gives strangers an organisation in the sandbox only', () => {
    expect(loadSettings({ PORT: '4000', HOST: '::1' })).toMatchObject({
      service: 'http://[::1]:4000',
      personalSignIn: true,
    });
    const real = { STARKNET_RPC_URL: 'https://a.test', PUBLIC_URL: 'https://purser.test/app/' };
    expect(loadSettings(real)).toMatchObject({ service: 'https://purser.test', personalSignIn: false });
    expect(loadSettings({ ...real, PERSONAL_SIGN_IN: 'on' }).personalSignIn).toBe(true);
  });

  it('takes tokens of an issuer for an audience, both or none, and asks for keys by https', () => {
    const issuer = { OIDC_ISSUER: 'https://id.test', OIDC_AUDIENCE: 'purser' };
    expect(loadSettings({})).not.toHaveProperty('oidc');
    expect(loadSettings(issuer).oidc).toEqual({ issuer: 'https://id.test', audience: 'purser' });
    const jwks = { ...issuer, OIDC_JWKS_URL: 'http://127.0.0.1:9000/jwks' };
    expect(loadSettings(jwks).oidc).toMatchObject({ jwksUrl: 'http://127.0.0.1:9000/jwks' });
    expect(keysOf({ OIDC_ISSUER: 'https://id.test' })).toEqual(['OIDC_AUDIENCE']);
    expect(keysOf({ OIDC_AUDIENCE: 'purser' })).toEqual(['OIDC_ISSUER']);
    expect(keysOf({ ...issuer, OIDC_ISSUER: 'http://id.test' })).toEqual(['OIDC_ISSUER']);
    expect(keysOf({ ...issuer, OIDC_JWKS_URL: 'http://id.test/jwks' })).toEqual(['OIDC_ISSUER']);
  });

  it.each<[string, readonly string[]]>([
    ['', []],
    ['off', []],
    ['on', ['127.0.0.0/8', '::1/128']],
    ['10.0.0.0/8, fd00::/8', ['10.0.0.0/8', 'fd00::/8']],
    ['192.0.2.7,2001:db8::7', ['192.0.2.7/32', '2001:db8::7/128']],
    ['loopback,172.16.0.0/12', ['127.0.0.0/8', '::1/128', '172.16.0.0/12']],
  ])('believes proxies by their networks: %p', (text, networks) => {
    expect(loadSettings({ TRUST_PROXY: text }).trustedProxies).toEqual(networks);
  });

  it.each([
    ...[
      'perhaps',
      '10.0.0.0/33',
      'fd00::/129',
      '10.0.0.0/-1',
      '10.0.0.0/08',
      '10.0.0.0/8/8',
      '10.0.0/8',
      '10',
    ],
    ...[
      '10.0.0.0/255.0.0.0',
      'proxy.test',
      '::ffff:10.0.0.1',
      'fe80::1%eth0',
      '10.0.0.0/8,',
      'on,10.0.0.0/8',
    ],
    ...['0.0.0.0/0', '10.0.0.0/8,::/0', '0.0.0.0/00'],
  ])('believes nobody where the networks of proxies are none: %p', (text) => {
    expect(keysOf({ TRUST_PROXY: text })).toEqual(['TRUST_PROXY']);
  });

  it('follows one network by several providers', () => {
    const settings = loadSettings({
      STARKNET_RPC_URL: 'https://a.test/rpc, http://b.test',
      STARKNET_WS_URL: 'wss://a.test/ws',
    });
    expect(settings).not.toHaveProperty('sandbox');
    expect(settings).toMatchObject({ startBlock: 'latest', followOnRead: false });
    expect(settings.networks).toEqual([
      { label: 'starknet', rpcUrls: ['https://a.test/rpc', 'http://b.test'], wsUrl: 'wss://a.test/ws' },
    ]);
  });

  it('follows several networks, each with its providers', () => {
    const { networks } = loadSettings({
      NETWORKS: 'main=https://a.test,https://b.test,wss://a.test; test = https://c.test;',
    });
    expect(networks).toEqual([
      { label: 'main', rpcUrls: ['https://a.test', 'https://b.test'], wsUrl: 'wss://a.test' },
      { label: 'test', rpcUrls: ['https://c.test'] },
    ]);
  });

  it.each([
    'main',
    'Main=https://a.test',
    'main=ftp://a.test',
    'main=wss://a.test',
    'main=https://a.test,wss://a.test,ws://b.test',
    'main=https://a.test;main=https://b.test',
    'main=https://a.test,,https://b.test',
  ])('refuses the networks %p', (text) => expect(keysOf({ NETWORKS: text })).toEqual(['NETWORKS']));

  it('reads accounts to watch, on one network or on all', () => {
    const settings = loadSettings({ NETWORKS: 'main=https://a.test', WATCH_ACCOUNTS: '0x00AB,main:0x1' });
    expect(settings.watchAccounts).toEqual([{ address: '0xab' }, { network: 'main', address: '0x1' }]);
    expect(keysOf({ NETWORKS: 'main=https://a.test', WATCH_ACCOUNTS: 'test:0x1' })).toEqual([
      'WATCH_ACCOUNTS',
    ]);
    for (const text of ['0x0', '1', 'main:', ',', `0x${'f'.repeat(64)}`]) {
      expect(keysOf({ NETWORKS: 'main=https://a.test', WATCH_ACCOUNTS: text })).toContain('WATCH_ACCOUNTS');
    }
  });

  it('names every fault at once', () => {
    const faults = keysOf({
      PORT: '70000',
      HOST: '0.0.0.0',
      DISCOVERY: 'perhaps',
      START_BLOCK: '-1',
      LOG_LEVEL: 'loud',
      PURSER_ROLES: 'indexer,cook',
      RPC_CALLS_PER_SECOND: '0',
      DATABASE_URL: 'mysql://x/y',
      WEBHOOK_URL: 'https://hooks.test',
      SANDBOX: 'off',
    });
    expect(faults.toSorted()).toEqual([
      'DATABASE_URL',
      'DISCOVERY',
      'HOST',
      'LOG_LEVEL',
      'PORT',
      'PURSER_ROLES',
      'RPC_CALLS_PER_SECOND',
      'STARKNET_RPC_URL',
      'START_BLOCK',
      'WEBHOOK_SECRET',
    ]);
  });

  it('asks the command line to exit with 78', () => {
    expect(() => loadSettings({ PORT: 'x' })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', exitCode: 78, retryable: false }),
    );
  });

  it('names what an unknown PURSER_ key may have meant, and leaves other keys alone', () => {
    expect(faultsOf({ PURSER_ROLE: 'api', PATH: '/bin', PURSE_ROLES: 'x' })).toEqual([
      'PURSER_ROLE: unknown setting; did you mean PURSER_ROLES?',
    ]);
    expect(faultsOf({ PURSER_PORT: '1' })).toEqual(['PURSER_PORT: unknown setting; did you mean PORT?']);
    expect(faultsOf({ PURSER_FAVOURITE_COLOUR: 'x' })).toEqual([
      'PURSER_FAVOURITE_COLOUR: unknown setting; see docs/reference/configuration.md',
    ]);
  });

  it.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])('listens on %p', (host) =>
    expect(loadSettings({ HOST: host }).host).toBe(host),
  );

  it.each(['0.0.0.0', '127.0.0.999', '::', '10.0.0.1', 'example.test', '127.0.0.1.example.test', '127.1'])(
    'refuses to listen on %p',
    (host) => expect(keysOf({ HOST: host })).toEqual(['HOST']),
  );

  it('listens elsewhere with a network, a name that people call it by, and a pepper', () => {
    const open = {
      ...{ HOST: '0.0.0.0', STARKNET_RPC_URL: 'https://a.test', PUBLIC_URL: 'https://Purser.example:8443/x' },
      KEY_PEPPER: Buffer.alloc(32, 1).toString('base64'),
    };
    const load = (more: Record<string, string>) => () => loadSettings({ ...open, ...more }, 'SERVICE');
    expect(load({ ALLOWED_HOSTS: 'Other.example, 10.0.0.1' })()).toMatchObject({
      ...{ host: '0.0.0.0', service: 'https://purser.example:8443' },
      allowedHosts: ['purser.example', 'other.example', '10.0.0.1'],
    });
    const faultsWithout = (key: string, more: Record<string, string> = {}) => {
      try {
        load({ [key]: '', ...more })();
        return [];
      } catch (error) {
        return (error as { faults: readonly { key: string }[] }).faults.map((fault) => fault.key);
      }
    };
    expect(faultsWithout('PUBLIC_URL')).toEqual(['PUBLIC_URL']);
    expect(faultsWithout('KEY_PEPPER')).toEqual(['KEY_PEPPER']);
    expect(faultsWithout('STARKNET_RPC_URL')).toEqual(['HOST']);
    expect(faultsWithout('PUBLIC_URL', { PURSER_ROLES: 'indexer' })).toEqual([]);
    expect(faultsWithout('PUBLIC_URL', { HOST: '127.0.0.1' })).toEqual([]);
    for (const name of ['https://a.example', 'a.example:80', 'a b', '-a', '*'])
      expect(keysOf({ ALLOWED_HOSTS: name })).toEqual(['ALLOWED_HOSTS']);
    expect(keysOf({ METRICS_TOKEN: 'short' })).toEqual(['METRICS_TOKEN']);
  });

  it('takes either one network or several, and a sandbox only beside none', () => {
    const url = 'https://a.test';
    expect(keysOf({ STARKNET_RPC_URL: url, NETWORKS: `a=${url}` })).toEqual(['NETWORKS']);
    expect(keysOf({ SANDBOX: 'on', STARKNET_RPC_URL: url })).toEqual(['SANDBOX']);
    expect(keysOf({ STARKNET_WS_URL: 'ws://a.test' })).toEqual(['STARKNET_WS_URL']);
  });

  it('sends webhooks only with a secret of 24 to 64 bytes', () => {
    const url = 'http://127.0.0.1:9/hook';
    expect(loadSettings({ WEBHOOK_URL: url, WEBHOOK_SECRET: SECRET }).webhook).toEqual({
      url,
      secret: SECRET,
    });
    for (const secret of [
      'secret',
      'whsec_',
      'whsec_c2hvcnQ=',
      `whsec_${Buffer.alloc(65).toString('base64')}`,
    ]) {
      expect(keysOf({ WEBHOOK_URL: url, WEBHOOK_SECRET: secret })).toEqual(['WEBHOOK_SECRET']);
    }
  });
});

describe('the reference', () => {
  it('has a row for every setting', () => {
    const reference = configurationReference();
    for (const key of ['DATABASE_URL', 'NETWORKS', 'SANDBOX_RPC_PORT'])
      expect(reference).toContain(`| \`${key}\` |`);
  });
});
