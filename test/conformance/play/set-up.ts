import type { ChainDriver, SignedTransaction } from '#libs/testing';
import { byOwner, declare, deployAccount, invoke } from '../client/transactions.ts';
import { toHex, u256, type WireCall } from '../client/wire-call.ts';
import type { AccountName } from '../sequence/command.ts';
import {
  ACCOUNT_NAMES,
  createWorld,
  type DeclarableClass,
  DEPLOYER,
  SALT,
  tokenConstructor,
  type World,
  type WorldClasses,
  worldClasses,
} from './world.ts';

/** The beginning of an hour: `__validate__` sees nothing finer. */
export const START_SECONDS = 1_800_000_000;
const STEP_SECONDS = 10;
const FRI_OF_AN_ACCOUNT = 10n ** 22n;
const TOKENS_OF_AN_ACCOUNT = 100_000n;

/** Declares, funds and deploys the same world on every chain. */
export const setUpWorld = async (
  chains: readonly ChainDriver[],
  classes: WorldClasses = worldClasses(),
): Promise<World> => {
  const worlds = await Promise.all(chains.map((chain) => setUpOn(chain, classes)));
  return worlds[0]!;
};

const setUpOn = async (chain: ChainDriver, classes: WorldClasses): Promise<World> => {
  const world = await worldOn(chain, classes);
  for (const declared of Object.values(classes)) await declareClass(chain, world, declared);
  await inBlock(chain, () => deployContracts(chain, world));
  await inBlock(chain, () => fundAccounts(chain, world, ACCOUNT_NAMES));
  await inBlock(chain, () => deployAccounts(chain, world, ACCOUNT_NAMES));
  return world;
};

/** Adds, to chains that have a world already, an account of another class in the place of one of its accounts. */
export const setUpAccount = async (
  chains: readonly ChainDriver[],
  name: AccountName,
  declared: DeclarableClass,
): Promise<World> => {
  const className = name === 'SETTING' ? 'session_account_setting' : 'session_account_spend';
  const worlds = await Promise.all(
    chains.map(async (chain) => {
      const world = await worldOn(chain, worldClasses({ [className]: declared }));
      await declareClass(chain, world, declared);
      await inBlock(chain, () => fundAccounts(chain, world, [name]));
      await inBlock(chain, () => deployAccounts(chain, world, [name]));
      return world;
    }),
  );
  return worlds[0]!;
};

const worldOn = async (chain: ChainDriver, classes: WorldClasses): Promise<World> => {
  const chainId = BigInt(await chain.rpc.request<string>('starknet_chainId'));
  return createWorld(chainId, await chain.accounts(), classes);
};

const inBlock = async (chain: ChainDriver, work: () => Promise<void>): Promise<void> => {
  await chain.setTime((await chain.timestampSeconds()) + STEP_SECONDS);
  await work();
  await chain.createBlock();
};

const declareClass = (chain: ChainDriver, world: World, declared: DeclarableClass): Promise<void> =>
  inBlock(chain, async () => {
    const { sierra, classHash, compiledClassHash } = declared;
    await accepted(
      chain,
      declare({ ...(await payment(chain, world)), sierra, classHash, compiledClassHash }),
    );
  });

const payment = async (chain: ChainDriver, { relayer, chainId }: World) => ({
  sender: relayer.address,
  chainId,
  nonce: await chain.nonceOf(toHex(relayer.address)),
  sign: byOwner(relayer.key),
});

const accepted = async (chain: ChainDriver, transaction: SignedTransaction): Promise<void> => {
  const answer = await chain.submit(transaction);
  if ('error' in answer)
    throw new Error(`${chain.rpc.name} refused the setup: ${JSON.stringify(answer.error).slice(0, 500)}`);
};

const deployContracts = async (chain: ChainDriver, world: World): Promise<void> => {
  const { classes, relayer } = world;
  const deploy = (classHash: string, constructorCalldata: readonly bigint[]): WireCall => ({
    to: DEPLOYER,
    entrypoint: 'deployContract',
    calldata: [BigInt(classHash), SALT, 0n, BigInt(constructorCalldata.length), ...constructorCalldata],
  });
  const calls = [
    deploy(classes.forwarder.classHash, []),
    deploy(classes.token_keyed.classHash, tokenConstructor('KEYED', relayer.address)),
    deploy(classes.token_legacy.classHash, tokenConstructor('LEGACY', relayer.address)),
  ];
  await accepted(chain, invoke({ ...(await payment(chain, world)), calls }));
};

const fundAccounts = async (
  chain: ChainDriver,
  world: World,
  names: readonly AccountName[],
): Promise<void> => {
  for (const name of names) {
    await chain.mintFri(toHex(world.accounts[name].address), FRI_OF_AN_ACCOUNT);
  }
  const calls = names.flatMap((name) =>
    (['KEYED', 'LEGACY'] as const).map((token) => ({
      to: world.tokens[token],
      entrypoint: 'mint',
      calldata: [world.accounts[name].address, ...u256(TOKENS_OF_AN_ACCOUNT)],
    })),
  );
  await accepted(chain, invoke({ ...(await payment(chain, world)), calls }));
};

const deployAccounts = async (
  chain: ChainDriver,
  { accounts, owners, chainId }: World,
  names: readonly AccountName[],
): Promise<void> => {
  for (const name of names) {
    const { classHash } = accounts[name];
    await accepted(chain, deployAccount({ classHash, owner: owners.FIRST, salt: SALT, chainId }));
  }
};
