import { describe, expect, it } from '@jest/globals';
import { faultsOf } from '../spec/faults.ts';
import { describeEnvironment, maskUrl } from './index.ts';

describe('secrets', () => {
  const secrets = {
    DATABASE_URL: 'mysql://user:hunter2@db.test/x?token=hunter2',
    API_DATABASE_URL: 'mysql://user:hunter2@db.test/x',
    INDEXER_DATABASE_URL: 'mysql://user:hunter2@db.test/x',
    KEY_PEPPER: 'hunter2',
    WEBHOOK_SECRET: 'whsec_hunter2',
    STARKNET_RPC_URL: 'ftp://rpc.test/v2/hunter2hunter2hunter2',
  };

  it('are in no fault', () => {
    expect(faultsOf(secrets)).toHaveLength(6);
    expect(faultsOf(secrets).join()).not.toContain('hunter2');
    expect(faultsOf({ NETWORKS: 'main=ftp://hunter2' }).join()).not.toContain('hunter2');
  });

  it('are masked where settings are shown', () => {
    const shown = describeEnvironment({
      ...secrets,
      NETWORKS:
        'main=https://u:hunter2@rpc.test/hunter2hunter2hunter2,wss://x.test/?key=hunter2;b=https://c.test/v2/demokey',
      PORT: '3000',
    });
    expect(JSON.stringify(shown)).not.toContain('hunter2');
    expect(shown).toMatchObject({
      PORT: '3000',
      NETWORKS: 'main=https://rpc.test/***,wss://x.test/***;b=https://c.test/***',
    });
  });

  it.each([
    ['https://rpc.test/v2/demokey', 'https://rpc.test/***'],
    ['https://rpc.test:8443/?apikey=hunter2', 'https://rpc.test:8443/***'],
    ['https://hunter2:x@rpc.test', 'https://rpc.test/***'],
    ['https://:hunter2@rpc.test', 'https://rpc.test/***'],
    ['https://rpc.test/#hunter2', 'https://rpc.test/***'],
    ['wss://rpc.test/ws', 'wss://rpc.test/***'],
    ['postgres://purser@127.0.0.1:5433/purser', 'postgres://127.0.0.1:5433/***'],
    ['http://127.0.0.1:5050', 'http://127.0.0.1:5050'],
    ['http://127.0.0.1:5050/', 'http://127.0.0.1:5050'],
    ['hunter2', '***'],
  ])('show %s as %s', (url, shown) => expect(maskUrl(url)).toBe(shown));
});
