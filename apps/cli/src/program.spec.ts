import { describe, expect, it } from '@jest/globals';
import { runPurser as run } from '../spec/run-purser.ts';

describe('purser', () => {
  it('shows its commands and exit codes', async () => {
    const { exitCode, out } = await run('--help');
    expect(exitCode).toBe(0);
    for (const word of [
      'start',
      'status',
      'session',
      'accounts',
      'backfill',
      'config',
      'migrate',
      'demo',
      '78',
    ]) {
      expect(out).toContain(word);
    }
  });

  it.each([
    '',
    'bogus',
    'session get',
    'session get 0x1',
    'status --nonsense',
    'accounts',
    'backfill',
    'backfill --all --from x',
  ])('answers %p with 64 and no stack', async (args) => {
    const { exitCode, err } = await run(args);
    expect(exitCode).toBe(64);
    expect(err).not.toMatch(/ at /);
  });

  it('shows the help of a command without a fault', async () => {
    const { exitCode, out, err } = await run('session get --help');
    expect([exitCode, err]).toEqual([0, '']);
    expect(out).toContain('<account> <key>');
  });

  it('says that settings are valid, or all faults at once with 78', async () => {
    expect(await run('config check')).toMatchObject({ exitCode: 0, out: 'the settings are valid' });
    const { exitCode, err } = await run('config check', { PORT: 'x', PURSER_NONSENSE: '1', HOST: '0.0.0.0' });
    expect(exitCode).toBe(78);
    for (const key of ['PORT', 'PURSER_NONSENSE', 'HOST']) expect(err).toContain(key);
  });

  it('gives the faults as JSON where JSON was asked for', async () => {
    const { err } = await run('config check --json', { PORT: 'x' });
    expect(JSON.parse(err)).toMatchObject({ error: { code: 'CONFIG_INVALID', faults: [{ key: 'PORT' }] } });
  });

  it('masks secrets when it shows the settings', async () => {
    const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
    const { out } = await run('config show --json', {
      WEBHOOK_SECRET: secret,
      DATABASE_URL: 'postgres://me:hunter2@db/purser',
      PORT: '1',
    });
    expect(JSON.parse(out)).toMatchObject({ PORT: '1', WEBHOOK_SECRET: '***' });
    expect(out).not.toContain('hunter2');
    expect(out).not.toContain(secret);
  });

  it('names the bad argument before it looks for a service', async () => {
    expect(await run('session get hello 0x1')).toMatchObject({ exitCode: 65 });
    expect((await run('session get 0x1 transfer')).err).toContain('INVALID_SESSION_KEY');
  });

  it('says that no service answers, and what to do', async () => {
    const { exitCode, err } = await run('status --url http://127.0.0.1:9');
    expect(exitCode).toBe(69);
    expect(err).toContain('SERVICE_UNAVAILABLE');
    expect(err).toContain('purser start');
  });
});
