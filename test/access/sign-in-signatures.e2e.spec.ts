import { describe, expect, it } from '@jest/globals';
import { publicKeyOf, signInHash, type SignInMessage } from '#libs/account';
import { encodeShortString } from '#libs/felt';
import { withDatabase } from '#libs/testing';
import {
  type Challenge,
  codeOf,
  OWNER,
  SERVICE,
  SESSION,
  sign,
  VALID_UNTIL,
  withSignIn,
} from './with-sign-in.ts';

describe('what is signed to sign in', () => {
  const database = withDatabase();
  const spec = withSignIn(database);
  const { actors, chain, open, send } = spec;
  const messageOf = (challenge: Challenge, actor: { address: bigint }): SignInMessage => {
    const { message } = JSON.parse(challenge.typedData) as { message: Record<string, string> };
    return {
      service: SERVICE,
      account: actor.address as SignInMessage['account'],
      chainId: chain.chainId,
      nonce: BigInt(message['Nonce'] ?? '') as SignInMessage['nonce'],
      issuedAtSeconds: BigInt(message['Issued At'] ?? ''),
      expiresAtSeconds: BigInt(message['Expires At'] ?? ''),
    };
  };

  it.each(['spend', 'setting'] as const)(
    'refuses the four felts of a live session key, which the account itself would take: %s',
    async (family) => {
      const actor = actors[family];
      const challenge = await open(actor);
      const four = [publicKeyOf(SESSION), ...sign(challenge.messageHash, SESSION), VALID_UNTIL];
      const [said] = chain.view(
        actor.address,
        'is_valid_signature',
        BigInt(challenge.messageHash),
        4n,
        ...four,
      );
      expect(said).toBe(encodeShortString('VALID'));
      expect(codeOf(await send(challenge.challengeId, four))).toBe('SESSION_SIGNATURE_REFUSED');
      const two = await open(actor);
      expect(codeOf(await send(two.challengeId, sign(two.messageHash, SESSION)))).toBe('SIGN_IN_REFUSED');
    },
  );

  it('takes a challenge once, also when it is sent twice at the same time', async () => {
    const challenge = await open(actors.spend);
    const signature = sign(challenge.messageHash, OWNER);
    const answers = await Promise.all([1, 2, 3].map(() => send(challenge.challengeId, signature)));
    expect(answers.map(codeOf).sort()).toEqual(['CHALLENGE_EXPIRED', 'CHALLENGE_EXPIRED', undefined].sort());
    expect(codeOf(await send(challenge.challengeId, signature))).toBe('CHALLENGE_EXPIRED');
    expect(codeOf(await send('chl_none', signature))).toBe('CHALLENGE_EXPIRED');
  });

  it('is over after a refusal too: nobody tries signatures one after the other', async () => {
    const challenge = await open(actors.spend);
    expect(codeOf(await send(challenge.challengeId, [1n, 2n]))).toBe('SIGN_IN_REFUSED');
    expect(codeOf(await send(challenge.challengeId, sign(challenge.messageHash, OWNER)))).toBe(
      'CHALLENGE_EXPIRED',
    );
  });

  it('refuses a challenge that is over', async () => {
    const challenge = await open(actors.spend);
    const [row] = await database.sql`
      select extract(epoch from expires_at - issued_at)::int as seconds from sign_in_challenges where challenge_id = ${challenge.challengeId}`;
    expect(row?.['seconds']).toBe(300);
    await database.sql`update sign_in_challenges set expires_at = now() where challenge_id = ${challenge.challengeId}`;
    expect(codeOf(await send(challenge.challengeId, sign(challenge.messageHash, OWNER)))).toBe(
      'CHALLENGE_EXPIRED',
    );
  });

  it.each<[string, Partial<SignInMessage>]>([
    ['another domain', { service: 'https://elsewhere.example' }],
    ['another chain', { chainId: encodeShortString('SN_MAIN') }],
    ['another account', { account: actors.other.address }],
    ['another time', { expiresAtSeconds: 4_000_000_000n }],
    ['another nonce', { nonce: 1n as SignInMessage['nonce'] }],
  ])('refuses a signature over %s', async (_what, change) => {
    const challenge = await open(actors.spend);
    const hash = signInHash({ ...messageOf(challenge, actors.spend), ...change });
    expect(hash).not.toBe(BigInt(challenge.messageHash));
    expect(codeOf(await send(challenge.challengeId, sign(hash, OWNER)))).toBe('SIGN_IN_REFUSED');
  });

  it('refuses a challenge of another service, and the signature of another owner', async () => {
    const challenge = await open(actors.spend, spec.elsewhere);
    expect(codeOf(await send(challenge.challengeId, sign(challenge.messageHash, OWNER)))).toBe(
      'CHALLENGE_EXPIRED',
    );
    expect(
      codeOf(await send(challenge.challengeId, sign(challenge.messageHash, OWNER), spec.elsewhere)),
    ).toBeUndefined();
    const mine = await open(actors.spend);
    expect(codeOf(await send(mine.challengeId, sign(mine.messageHash, OWNER + 1n)))).toBe('SIGN_IN_REFUSED');
  });

  it.each([0, 33])('refuses a signature of %i felts', async (felts) => {
    const challenge = await open(actors.spend);
    expect(
      codeOf(
        await send(
          challenge.challengeId,
          Array.from({ length: felts }, () => 1n),
        ),
      ),
    ).toBe('BAD_INPUT');
    expect(codeOf(await send(challenge.challengeId, sign(challenge.messageHash, OWNER)))).toBeUndefined();
  });

  it('says of an account that is not there that it does not vouch for anything', async () => {
    const challenge = await open({ address: 0xdeadn });
    const answer = await send(challenge.challengeId, [1n, 2n]);
    expect([codeOf(answer), answer.errors?.[0]?.extensions.details]).toEqual([
      'SIGN_IN_REFUSED',
      { reason: 'NOT_DEPLOYED' },
    ]);
  });
});
