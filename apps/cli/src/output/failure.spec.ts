import { describe, expect, it } from '@jest/globals';
import { ChainError } from '#libs/chain';
import { ConfigError } from '#libs/config';
import { DatabaseError } from '#libs/database';
import { parseAddress } from '#libs/felt';
import { CliError } from '../cli.error.ts';
import { describeFailure, failureJson, failureText } from './failure.ts';

const thrownBy = (run: () => unknown): unknown => {
  try {
    return run();
  } catch (error) {
    return error;
  }
};

const systemError = (code: string): Error =>
  Object.assign(new Error(`${code}: stack and all`), { code, path: '/x' });

describe('describeFailure', () => {
  it.each([
    ['our own', new CliError('PORT_TAKEN', 'taken', { hint: 'set PORT' }), 'PORT_TAKEN', 69],
    ['wrong settings', new ConfigError([{ key: 'PORT', message: 'a number' }]), 'CONFIG_INVALID', 78],
    ['a bad address', thrownBy(() => parseAddress('hello')), 'INVALID_ADDRESS', 65],
    ['a silent node', new ChainError('RPC_TIMEOUT', 'no answer'), 'RPC_TIMEOUT', 69],
    ['a database that is down', new DatabaseError('CONNECTION_FAILED', 'refused'), 'CONNECTION_FAILED', 69],
    ['roles that are not there', new DatabaseError('ROLES_MISSING', 'none'), 'ROLES_MISSING', 65],
    ['a role that may too much', new DatabaseError('API_ROLE_UNSAFE', 'owns'), 'API_ROLE_UNSAFE', 78],
    ['a driver fault', systemError('ECONNREFUSED'), 'CONNECTION_FAILED', 69],
    ['a folder that is not ours', systemError('EACCES'), 'EACCES', 73],
    ['a taken port', systemError('EADDRINUSE'), 'EADDRINUSE', 69],
    ['what nobody foresaw', new TypeError('x is not a function'), 'INTERNAL', 70],
    ['what is no error', 'oops', 'INTERNAL', 70],
  ])('gives %s a code and an exit code', (_, error, code, exitCode) => {
    expect(describeFailure(error)).toMatchObject({ code, exitCode });
  });

  it('lists every wrong setting', () => {
    const failure = describeFailure(
      new ConfigError([
        { key: 'PORT', message: 'a number' },
        { key: 'HOST', message: 'only loopback' },
      ]),
    );
    expect(failureText(failure).split('\n').slice(0, 3)).toEqual([
      'purser: 2 settings are wrong [CONFIG_INVALID]',
      '  PORT: a number',
      '  HOST: only loopback',
    ]);
    expect(JSON.parse(failureJson(failure))).toMatchObject({
      error: { code: 'CONFIG_INVALID', faults: [{}, {}] },
    });
  });

  it('never prints a stack', () => {
    for (const error of [new TypeError('x'), new DatabaseError('DEADLOCK', 'y'), systemError('ENOSPC')]) {
      expect(failureText(describeFailure(error))).not.toMatch(/ at |node:/);
    }
  });
});
