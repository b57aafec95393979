import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  ANY_CALLER,
  type Call,
  contractAddressOf,
  encodeOutsideExecutionCall,
  outsideExecutionHash,
  sessionMessageHashV1,
  sessionMessageHashV2,
  signEcdsa,
} from '#libs/account';
import { type Address, type Felt, selectorOf, toFelt } from '#libs/felt';
import { type ChainDriver, createChainDriver, type RunningNode, startDevnet } from '#libs/testing';
import { byOwner, invoke } from '../conformance/client/transactions.ts';
import { flattenCalls, toHex, type WireCall } from '../conformance/client/wire-call.ts';
import { callView } from '../conformance/play/lead-state.ts';
import { createPlayer } from '../conformance/play/player.ts';
import { setUpWorld, START_SECONDS } from '../conformance/play/set-up.ts';
import { ACCOUNT_NAMES, RECIPIENT, SALT, type World } from '../conformance/play/world.ts';
import { block, NOW, wordsOf } from '../conformance/sequence/words.ts';

const VALID = 0x56414c4944n;

/** Made by us, judged by contracts on a real chain. */
describe('the hashes of libs/account', () => {
  let node: RunningNode;
  let chain: ChainDriver;
  let world: World;

  const address = (value: bigint): Address => value as Address;
  const balanceOf = async (owner: bigint): Promise<bigint> =>
    (await callView(chain, world.tokens.KEYED, 'balance_of', [owner], 'latest'))[0]!;
  const transferCall = (amount: bigint): Call => ({
    to: address(world.tokens.KEYED),
    selector: selectorOf('transfer'),
    calldata: [RECIPIENT, amount, 0n].map(toFelt),
  });

  /** Sends the call of a signed outside execution through another account. @returns its execution status. */
  const sendFrom = async (call: Call): Promise<string> => {
    const wire: WireCall = { to: call.to, entrypoint: 'execute_from_outside_v2', calldata: call.calldata };
    const transaction = invoke({
      sender: world.stranger.address,
      chainId: world.chainId,
      nonce: await chain.nonceOf(toHex(world.stranger.address)),
      calls: [wire],
      sign: byOwner(world.stranger.key),
    });
    await chain.submit(transaction);
    await chain.createBlock();
    const receipt = { transaction_hash: transaction.hash };
    return (await chain.rpc.request<{ execution_status: string }>('starknet_getTransactionReceipt', receipt))
      .execution_status;
  };

  const outsideExecution = async (account: bigint, privateKey: bigint, nonce: bigint): Promise<Call> => {
    const now = BigInt(await chain.timestampSeconds());
    const execution = {
      caller: address(ANY_CALLER),
      nonce: toFelt(nonce),
      executeAfterSeconds: now - 100n,
      executeBeforeSeconds: now + 10_000n,
      calls: [transferCall(7n)],
    };
    const chainId = toFelt(world.chainId);
    const hash = outsideExecutionHash({ account: address(account), chainId, outsideExecution: execution });
    const { r, s } = signEcdsa(hash, privateKey);
    return encodeOutsideExecutionCall(address(account), {
      outsideExecution: execution,
      signature: [toFelt(r), toFelt(s)],
    });
  };

  beforeAll(async () => {
    node = await startDevnet({ seed: 15, startSeconds: START_SECONDS, blocks: 'ON_DEMAND' });
    chain = createChainDriver(node.rpc);
    world = await setUpWorld([chain]);
  });

  afterAll(() => node.stop());

  it('outside execution: the account that devnet predeploys takes our signature, and no other', async () => {
    const { address: account, key } = world.relayer;
    const before = await balanceOf(RECIPIENT);
    expect(await sendFrom(await outsideExecution(account, key.privateKey, 1n))).toBe('SUCCEEDED');
    expect(await balanceOf(RECIPIENT)).toBe(before + 7n);
    expect(await sendFrom(await outsideExecution(account, key.privateKey + 1n, 2n))).toBe('REVERTED');
  });

  it.each(ACCOUNT_NAMES)(
    'outside execution: our Cairo account takes its owner’s signature: %s',
    async (name) => {
      const { address: account } = world.accounts[name];
      expect(await sendFrom(await outsideExecution(account, world.owners.FIRST.privateKey, 3n))).toBe(
        'SUCCEEDED',
      );
    },
  );

  it.each(ACCOUNT_NAMES)('session messages: equal to the view in both modes: %s', async (name) => {
    const { address: account } = world.accounts[name];
    const calls: Call[] = [transferCall(1n), { ...transferCall(2n), calldata: [] }];
    const wire = calls.map(({ to, calldata }): WireCall => ({ to, entrypoint: 'transfer', calldata }));
    const message = {
      account: address(account),
      chainId: toFelt(world.chainId),
      nonce: 5n,
      validUntilSeconds: 9n,
      calls,
    };
    const viewed = async (): Promise<bigint> =>
      (
        await callView(
          chain,
          account,
          'compute_session_message_hash',
          [...flattenCalls(wire), 5n, 9n],
          'latest',
        )
      )[0]!;
    expect(sessionMessageHashV1(message)).toBe(await viewed());
    const player = createPlayer([chain], world);
    await player.play(block(NOW, wordsOf(name).owner({ action: 'SET_MODE', mode: 2n })));
    expect(sessionMessageHashV2(message)).toBe(await viewed());
  });

  it('addresses: equal to where devnet deployed the accounts', async () => {
    for (const name of ACCOUNT_NAMES) {
      const computed = contractAddressOf({
        classHash: world.accounts[name].classHash,
        salt: toFelt(SALT),
        constructorCalldata: [world.owners.FIRST.publicKey as Felt],
        deployer: 0n,
      });
      expect(await callView(chain, computed, 'get_public_key', [], 'latest')).toEqual([
        world.owners.FIRST.publicKey,
      ]);
    }
  });

  it('signatures: our Cairo account finds them valid for its owner', async () => {
    const { r, s } = signEcdsa(0x123n, world.owners.FIRST.privateKey);
    const { address: account } = world.accounts.SPEND;
    expect(await callView(chain, account, 'is_valid_signature', [0x123n, 2n, r, s], 'latest')).toEqual([
      VALID,
    ]);
  });
});
