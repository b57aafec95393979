import { describe, expect, it } from '@jest/globals';
import { createHttpChainSource } from '#libs/chain';
import { feltToHex } from '#libs/felt';
import { type ChainActor, withDatabase } from '#libs/testing';
import { ec, typedData } from 'starknet';
import { type Answer, codeOf, OWNER, SERVICE, sign, withSignIn } from './with-sign-in.ts';

type TypedData = Parameters<typeof typedData.getMessageHash>[0];

describe('signing in with a Starknet account', () => {
  const database = withDatabase();
  const spec = withSignIn(database);
  const { actors, ask, chain, logged, open, send, serve } = spec;

  it.each(['spend', 'setting'] as const)(
    'lets the owner in, to an organisation of his account: %s',
    async (family) => {
      const actor = actors[family];
      const challenge = await open(actor);
      // As a wallet does it: the typed data, and nothing that the service says of its hash.
      const data = JSON.parse(challenge.typedData) as TypedData;
      const hash = typedData.getMessageHash(data, feltToHex(actor.address));
      expect(BigInt(hash)).toBe(BigInt(challenge.messageHash));
      expect(data).toMatchObject({ primaryType: 'SignIn', message: { Service: SERVICE } });
      const { r, s } = ec.starkCurve.sign(hash, feltToHex(OWNER));
      const answer = await send(challenge.challengeId, [r, s]);
      expect(answer.errors).toBeUndefined();
      const [made] = answer.data?.signIn.keys ?? [];
      expect(made).toMatchObject({ role: 'ADMIN', organisation: { kind: 'PERSONAL' } });
      const viewer = `{ viewer { kind role rights organisation { id kind name } } }`;
      const { data: seen } = await ask<{ viewer: { rights: string[] } }>(
        spec.server,
        viewer,
        {},
        { key: made?.key ?? '' },
      );
      expect(seen?.viewer).toMatchObject({
        kind: 'SIGN_IN',
        organisation: { id: made?.organisation.id, kind: 'PERSONAL', name: feltToHex(actor.address) },
      });
      expect(seen?.viewer.rights).not.toContain('FOLLOW');
      const [key] = await database.sql`
        select extract(epoch from expires_at - created_at) as seconds from api_keys where kind = 'SIGN_IN' order by created_at desc limit 1`;
      expect(Math.abs(Number(key?.['seconds']) - 8 * 3_600)).toBeLessThan(60);
      const follows = await database.sql`
        select f.account, f.source from follows f join organisations o using (organisation_id) where o.public_id = ${made?.organisation.id ?? ''}`;
      expect([...follows]).toEqual([{ account: feltToHex(actor.address), source: 'SIGN_IN' }]);
      const audited = await database.sql`
        select action, actor_kind from audit_entries join organisations o using (organisation_id) where o.public_id = ${made?.organisation.id ?? ''}`;
      expect([...audited]).toEqual([{ action: 'SIGNED_IN', actor_kind: 'MEMBER' }]);
    },
  );

  it('lets nobody pass while no node answers, and takes the same signature afterwards', async () => {
    const dead = createHttpChainSource({ providers: [{ url: 'http://127.0.0.1:9' }] });
    const blind = await serve(SERVICE, true, dead);
    const challenge = await open(actors.spend);
    const signature = sign(challenge.messageHash, OWNER);
    const answer = await send(challenge.challengeId, signature, blind);
    expect(answer.data?.signIn ?? null).toBeNull();
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'NODE_UNAVAILABLE', retryable: true });
    expect(codeOf(await send(challenge.challengeId, signature))).toBeUndefined();
    await blind.app.close();
    await dead.close();
  });

  it('gives a member keys of the organisations that he is a member of, with the roles he has there', async () => {
    const { id } = await database.organisation('treasury');
    const account = feltToHex(actors.other.address);
    await database.sql`insert into members (organisation_id, name, role, network_id, account)
      values (${id}, 'Ada', 'FINANCE', ${spec.networkId}, ${account})`;
    const signIn = async () => {
      const challenge = await open(actors.other);
      return await send(challenge.challengeId, sign(challenge.messageHash, OWNER + 1n));
    };
    const { data } = await signIn();
    expect(data?.signIn.keys).toEqual([
      expect.objectContaining({
        role: 'FINANCE',
        organisation: expect.objectContaining({ name: 'treasury' }),
      }),
    ]);
    await database.sql`update members set disabled_at = now() where organisation_id = ${id}`;
    const key = data?.signIn.keys[0]?.key ?? '';
    let code: string | undefined;
    for (let tries = 0; code === undefined && tries < 200; tries += 1) {
      const answer = await spec.server.app.inject({
        method: 'POST',
        url: '/graphql',
        payload: { query: '{ viewer { name } }' },
        headers: { authorization: `Bearer ${key}` },
      });
      code = codeOf(answer.json<Answer<unknown>>());
      if (code === undefined) await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(code).toBe('KEY_REVOKED');
  });

  it('says so to who is a member nowhere, where accounts get no organisation of their own', async () => {
    const closed = await serve(SERVICE, false);
    const stranger: ChainActor = chain.deployAccount('session_account_setting', OWNER + 2n);
    const challenge = await open(stranger);
    expect(codeOf(await send(challenge.challengeId, sign(challenge.messageHash, OWNER + 2n), closed))).toBe(
      'NOT_A_MEMBER',
    );
    const [row] =
      await database.sql`select count(*)::int as n from organisations where account = ${feltToHex(stranger.address)}`;
    expect(row?.['n']).toBe(0);
    await closed.app.close();
  });

  it('logs no key', () => {
    expect(logged.join('')).not.toContain('pur_sign_');
  });
});
