import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { verifyAccountSignature } from '#libs/access';
import { signInHash, type SignInMessage, signInTypedData } from '#libs/account';
import { type ChainSource, createHttpChainSource } from '#libs/chain';
import { type Address, feltToHex, toFelt } from '#libs/felt';
import { type ChainDriver, createChainDriver, type RunningNode, startDevnet } from '#libs/testing';
import { typedData } from 'starknet';
import { type KeyPair, sign } from '../conformance/client/keys.ts';
import { callView } from '../conformance/play/lead-state.ts';
import { createPlayer } from '../conformance/play/player.ts';
import { setUpWorld, START_SECONDS } from '../conformance/play/set-up.ts';
import { ACCOUNT_NAMES, type World } from '../conformance/play/world.ts';
import { block, NOW, wordsOf } from '../conformance/sequence/words.ts';

const VALID = 0x56414c4944n;
const EXPIRES_IN = 100_000n;

/** Signed as a wallet would, judged by contracts on a real chain. */
describe('a sign-in, on devnet', () => {
  let node: RunningNode;
  let chain: ChainDriver;
  let world: World;
  let source: ChainSource;
  let validUntil = 0n;

  const messageOf = (account: bigint, nonce = 1n): SignInMessage => ({
    service: 'https://purser.example',
    account: account as Address,
    chainId: toFelt(world.chainId),
    nonce: toFelt(nonce),
    issuedAtSeconds: BigInt(START_SECONDS),
    expiresAtSeconds: BigInt(START_SECONDS) + 300n,
  });
  const byWallet = (message: SignInMessage, key: KeyPair): bigint[] => {
    const hash = typedData.getMessageHash(signInTypedData(message), feltToHex(message.account));
    return [...sign(BigInt(hash), key)];
  };
  const verify = (message: SignInMessage, signature: readonly bigint[]) =>
    verifyAccountSignature({
      source,
      account: message.account,
      hash: signInHash(message),
      signature: signature.map(toFelt),
      signal: AbortSignal.timeout(20_000),
    }).then(
      () => 'SIGNED_IN',
      (error: unknown) => (error as { code: string }).code,
    );

  beforeAll(async () => {
    node = await startDevnet({ seed: 21, startSeconds: START_SECONDS, blocks: 'ON_DEMAND' });
    chain = createChainDriver(node.rpc);
    world = await setUpWorld([chain]);
    const player = createPlayer([chain], world);
    for (const name of ACCOUNT_NAMES) {
      const words = wordsOf(name);
      await player.play(block(NOW, words.owner(words.grant({ expires: { inSeconds: Number(EXPIRES_IN) } }))));
    }
    validUntil = BigInt(await chain.timestampSeconds()) + EXPIRES_IN / 2n;
    source = createHttpChainSource({ providers: [{ url: node.rpc.url }] });
  });

  afterAll(async () => {
    await source.close();
    await node.stop();
  });

  it.each(ACCOUNT_NAMES)('takes what the owner signed with his wallet, and nobody else: %s', async (name) => {
    const message = messageOf(world.accounts[name].address);
    expect(await verify(message, byWallet(message, world.owners.FIRST))).toBe('SIGNED_IN');
    expect(await verify(message, byWallet(message, world.owners.SECOND))).toBe('SIGN_IN_REFUSED');
    const other = messageOf(world.accounts[name].address, 2n);
    expect(await verify(message, byWallet(other, world.owners.FIRST))).toBe('SIGN_IN_REFUSED');
  });

  it.each(ACCOUNT_NAMES)(
    'refuses the session key that the account itself takes for any hash: %s',
    async (name) => {
      const { address } = world.accounts[name];
      const message = messageOf(address);
      const [r = 0n, s = 0n] = byWallet(message, world.keys.A);
      const four = [world.keys.A.publicKey, r, s, validUntil];
      const [said] = await callView(
        chain,
        address,
        'is_valid_signature',
        [signInHash(message), 4n, ...four],
        'latest',
      );
      expect(said).toBe(VALID);
      expect(await verify(message, four)).toBe('SESSION_SIGNATURE_REFUSED');
      expect(await verify(message, [r, s])).toBe('SIGN_IN_REFUSED');
    },
  );

  it('takes the owner of an account without session keys: the one that devnet predeploys', async () => {
    const { address, key } = world.relayer;
    const message = messageOf(address);
    expect(await verify(message, byWallet(message, key))).toBe('SIGNED_IN');
    expect(await verify(message, byWallet(message, world.stranger.key))).toBe('SIGN_IN_REFUSED');
    expect(await verify(messageOf(0xdeadn), [1n, 2n])).toBe('SIGN_IN_REFUSED');
  });
});
