import { describe, expect, it } from '@jest/globals';
import { keysOf } from '../spec/faults.ts';
import { type Environment, loadSettings } from './index.ts';

describe('the settings of a service', () => {
  const database = 'postgres://owner@db.test/purser';
  const pepper = Buffer.alloc(32, 7).toString('base64');
  const missing = (environment: Environment) => keysOf(environment, 'SERVICE');
  const whole = {
    DATABASE_URL: database,
    API_DATABASE_URL: 'postgres://api@db.test/purser',
    KEY_PEPPER: pepper,
  };

  it('are whole with nothing set, and with a database and a role that answers', () => {
    expect(missing({})).toEqual([]);
    expect(missing(whole)).toEqual([]);
    expect(loadSettings(whole)).toMatchObject({
      apiDatabaseUrl: whole.API_DATABASE_URL,
      keyPeppers: [pepper],
    });
  });

  it('have a role of its own for what answers, and what hashes keys', () => {
    expect(missing({ DATABASE_URL: database })).toEqual(['API_DATABASE_URL', 'KEY_PEPPER']);
    expect(missing({ INDEXER_DATABASE_URL: database, PURSER_ROLES: 'api' })).toEqual([
      'API_DATABASE_URL',
      'KEY_PEPPER',
    ]);
    expect(missing({ ...whole, KEY_PEPPER: '' })).toEqual(['KEY_PEPPER']);
  });

  it('need only what runs in the process', () => {
    const { DATABASE_URL, ...answering } = whole;
    expect(missing({ ...answering, PURSER_ROLES: 'api' })).toEqual([]);
    expect(missing({ DATABASE_URL, PURSER_ROLES: 'indexer,notifier' })).toEqual([]);
    expect(missing({ INDEXER_DATABASE_URL: database, PURSER_ROLES: 'indexer' })).toEqual([]);
    expect(missing(answering)).toEqual(['INDEXER_DATABASE_URL']);
  });

  it('are not asked of a command on the host', () => {
    expect(keysOf({ DATABASE_URL: database })).toEqual([]);
  });

  it('take several peppers of 32 bytes or more', () => {
    const other = Buffer.alloc(48, 9).toString('base64');
    expect(loadSettings({ KEY_PEPPER: `${pepper}, ${other}` }).keyPeppers).toEqual([pepper, other]);
    for (const wrong of ['x', Buffer.alloc(31).toString('base64'), `${pepper},short`, `${pepper},`])
      expect(keysOf({ KEY_PEPPER: wrong })).toContain('KEY_PEPPER');
  });
});
