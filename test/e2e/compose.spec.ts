import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { loadSettings } from '#libs/config';
import { ROLES_SQL } from '#libs/database';

const compose = readFileSync('docker-compose.yml', 'utf8');
const roles = readFileSync('docker/roles.sql', 'utf8');

/** The settings of the service, as `KEY: value` in the file. */
const environment = Object.fromEntries(
  [...compose.matchAll(/^ {6}([A-Z_]+_URL|KEY_PEPPER): (\S+)/gm)].map(([, key = '', value = '']) => [
    key,
    value,
  ]),
);

describe('docker-compose.yml', () => {
  it('has the settings that a service needs', () => {
    expect(environment['KEY_PEPPER']).toMatch(/^\$\{KEY_PEPPER:\?/);
    const KEY_PEPPER = Buffer.alloc(32).toString('base64');
    expect(loadSettings({ ...environment, KEY_PEPPER }, 'SERVICE')).toMatchObject({
      apiDatabaseUrl: environment['API_DATABASE_URL'],
    });
  });

  it('makes the roles as purser database roles does, and the logins that it names', () => {
    expect(compose).toContain('./docker/roles.sql:/docker-entrypoint-initdb.d/10-roles.sql:ro');
    expect(roles).toContain(ROLES_SQL);
    for (const [key, group] of [
      ['INDEXER_DATABASE_URL', 'purser_indexer'],
      ['API_DATABASE_URL', 'purser_api'],
    ] as const) {
      const { username, password } = new URL(environment[key] ?? '');
      expect(roles).toContain(`create role ${username} login password '${password}' in role ${group};`);
    }
  });
});
