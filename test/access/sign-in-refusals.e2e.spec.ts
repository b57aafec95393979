import { describe, expect, it } from '@jest/globals';
import { feltToHex } from '#libs/felt';
import { withDatabase } from '#libs/testing';
import { codeOf, OWNER, SERVICE, sign, withSignIn } from './with-sign-in.ts';

describe('sign-ins that are refused, or too many', () => {
  const database = withDatabase();
  const spec = withSignIn(database);
  const { access, actors, ask, chain, open, send, serve } = spec;

  it('notes what was refused with those whom the account is a member of, and tells nobody else', async () => {
    const guarded = chain.deployAccount('session_account_setting', OWNER + 3n);
    const account = feltToHex(guarded.address);
    const of = async (name: string, disabled: Date | null) => {
      const { id } = await database.organisation(name);
      await database.sql`insert into members (organisation_id, member_id, name, role, network_id, account, disabled_at)
        values (${id}, ${`mem_${name}`}, 'Eve', 'FINANCE', ${spec.networkId}, ${account}, ${disabled})`;
      return id;
    };
    const [first, second] = [await of('guarded', null), await of('elsewhere', null)];
    const closed = await serve(SERVICE, false);
    const refused = async (secret: bigint) => {
      const challenge = await open(guarded);
      return await send(challenge.challengeId, sign(challenge.messageHash, secret), closed);
    };
    const stranger = await open(actors.other);
    const told = await send(stranger.challengeId, sign(stranger.messageHash, OWNER + 9n), closed);
    for (let tries = 0; tries < 7; tries += 1) {
      const { errors } = await refused(OWNER);
      expect(errors?.map(({ extensions }) => ({ ...extensions, requestId: '' }))).toEqual(
        told.errors?.map(({ extensions }) => ({ ...extensions, requestId: '' })),
      );
    }
    const metrics = await closed.app.inject({ method: 'GET', url: '/metrics' });
    expect(metrics.body).toContain(
      'purser_refused_credentials_total{action="SIGN_IN_REFUSED",code="SIGN_IN_REFUSED"} 8',
    );
    await closed.app.close();
    const noted = async (name: string) => {
      const entries = await database.sql`
        select organisation_id, actor_kind, request_id is null as counted, after_text::jsonb as after from audit_entries
        where action = 'SIGN_IN_REFUSED' and object_id = ${`mem_${name}`} order by sequence`;
      return [...entries];
    };
    await access.refusals.flush();
    const what = { code: 'SIGN_IN_REFUSED', reason: 'NOT_VALID' };
    const once = { actor_kind: 'SYSTEM', counted: false, after: what };
    expect(await noted('guarded')).toEqual([{ organisation_id: first, ...once }]);
    expect(await noted('elsewhere')).toEqual([{ organisation_id: second, ...once }]);
    await access.refusals.flush({ all: true });
    const time = expect.stringMatching(/^\d{4}-.*Z$/);
    expect(await noted('guarded')).toEqual([
      { organisation_id: first, ...once },
      {
        ...{ organisation_id: first, actor_kind: 'SYSTEM', counted: true },
        after: { ...what, further: 6, since: time, until: time },
      },
    ]);
    expect(access.unnoted).toEqual([]);
  });

  it('notes that a member is disabled whose account signs in all the same', async () => {
    const former = chain.deployAccount('session_account_setting', OWNER + 4n);
    const { id } = await database.organisation('former');
    await database.sql`insert into members (organisation_id, name, role, network_id, account, disabled_at)
      values (${id}, 'Eve', 'FINANCE', ${spec.networkId}, ${feltToHex(former.address)}, now())`;
    const closed = await serve(SERVICE, false);
    const challenge = await open(former);
    const answer = await send(challenge.challengeId, sign(challenge.messageHash, OWNER + 4n), closed);
    expect(codeOf(answer)).toBe('NOT_A_MEMBER');
    await closed.app.close();
    await access.refusals.flush();
    const [entry] = await database.sql`
      select after_text::jsonb ->> 'code' as code from audit_entries
      where organisation_id = ${id} and action = 'SIGN_IN_REFUSED'`;
    expect(entry?.['code']).toBe('MEMBER_DISABLED');
  });

  it('bounds what one address may try, and not what others may', async () => {
    const codes: (string | undefined)[] = [];
    for (let tries = 0; tries < 22; tries += 1)
      codes.push(codeOf(await send('chl_none', [1n, 2n], spec.server, '192.0.2.1')));
    expect(codes.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 'CHALLENGE_EXPIRED'));
    expect(codes.slice(20)).toEqual(['RATE_LIMITED', 'RATE_LIMITED']);
    expect(codeOf(await send('chl_none', [1n, 2n], spec.server, '192.0.2.2'))).toBe('CHALLENGE_EXPIRED');
  });

  it('bounds the challenges that are open for one account', async () => {
    await database.sql`insert into sign_in_challenges (network_id, account, service, nonce, issued_at, expires_at)
      select ${spec.networkId}, '0xabc', ${SERVICE}, '0x1', now(), now() + interval '5 minutes' from generate_series(1, 200)`;
    const query = 'mutation { openSignIn(account: "0xabc") { challengeId } }';
    expect(codeOf(await ask(spec.server, query, {}))).toBe('RATE_LIMITED');
    expect(codeOf(await ask(spec.server, query.replace('0xabc', '0xabd'), {}))).toBeUndefined();
  });
});
