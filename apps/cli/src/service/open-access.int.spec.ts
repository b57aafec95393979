import { describe, expect, it } from '@jest/globals';
import { AccessError } from '#libs/access';
import { loadSettings } from '#libs/config';
import { testAccess, withDatabase } from '#libs/testing';
import { pino } from 'pino';
import { Cleanup } from './cleanup.ts';
import { openAccess } from './open-access.ts';

const ISSUER = 'https://id.test';

describe('who is let in to a service', () => {
  const database = withDatabase();

  /** From the start of a service to its end. */
  const during = async (work: (ask: (credential: string) => Promise<unknown>) => Promise<void>) => {
    const cleanup = new Cleanup((name, error) => expect([name, error]).toEqual([]));
    const settings = loadSettings({
      ...database.environment,
      ...{ STARKNET_RPC_URL: 'http://127.0.0.1:9', OIDC_ISSUER: ISSUER, OIDC_AUDIENCE: 'purser' },
    });
    const api = { url: database.urls.api, db: database.api };
    const logger = pino({ level: 'silent' });
    const access = await openAccess({ settings, api, ownerUrl: undefined, logger }, cleanup);
    await work((credential) =>
      access.authenticate({ authorization: `Bearer ${credential}` }).then(
        () => 'ADMITTED',
        (error: unknown) => {
          if (!(error instanceof AccessError) || error.refusal === undefined) throw error;
          access.onRefused?.(error.refusal);
          return error.code;
        },
      ),
    );
    await cleanup.run();
  };
  const refusals = async (): Promise<unknown[]> => {
    const entries = await database.sql<{ action: string; code: string; further: string | null }[]>`
      select action, after_text::jsonb ->> 'code' as code, after_text::jsonb ->> 'further' as further from audit_entries
      where action like '%REFUSED' order by sequence`;
    return entries.map(({ action, code, further }) => [action, code, further]);
  };

  it('is noted where he is not, for keys and tokens, with all that was counted when the service stops', async () => {
    const { text } = await testAccess(database).makeKey(1, { expiresAt: new Date(0) });
    await database.sql`insert into members (organisation_id, name, role, issuer, subject)
      values (1, 'Ada', 'AUDITOR', ${ISSUER}, 'ada')`;
    const part = (of: object) => Buffer.from(JSON.stringify(of)).toString('base64url');
    const unsigned = `${part({ alg: 'none' })}.${part({ iss: ISSUER, sub: 'ada', exp: 9_000_000_000 })}.`;
    await during(async (ask) => {
      for (let tries = 0; tries < 4; tries += 1) expect(await ask(text)).toBe('KEY_EXPIRED');
      expect(await ask(unsigned)).toBe('TOKEN_INVALID');
    });
    expect(await refusals()).toEqual([
      ['KEY_REFUSED', 'KEY_EXPIRED', null],
      ['TOKEN_REFUSED', 'TOKEN_INVALID', null],
      ['KEY_REFUSED', 'KEY_EXPIRED', '3'],
    ]);
  });

  it('leaves no key of a sign-in that ended long ago', async () => {
    await database.sql`
      insert into api_keys (key_id, organisation_id, kind, name, role, hash, pepper_id, created_by, expires_at)
      select 'ended' || lpad(n::text, 7, '0'), 1, 'SIGN_IN', 'signed in', 'ADMIN', sha256('x'), 'p', 'x', now() - n * interval '1 day'
      from generate_series(6, 9) n`;
    await during(() => Promise.resolve());
    const left = await database.sql`select key_id from api_keys where kind = 'SIGN_IN'`;
    expect([...left]).toEqual([{ key_id: 'ended0000006' }]);
  });
});
