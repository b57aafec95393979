import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type ChainDriver,
  createChainDriver,
  type RunningNode,
  startDevnet,
  type TestDatabase,
  withDatabase,
} from '#libs/testing';
import { differences, printDifferences } from '../conformance/compare/differences.ts';
import { createPlayer, type Player } from '../conformance/play/player.ts';
import { setUpWorld, START_SECONDS } from '../conformance/play/set-up.ts';
import { ACCOUNT_NAMES } from '../conformance/play/world.ts';
import { type AccountName, printStep, type Sequence } from '../conformance/sequence/command.ts';
import { directedSequence } from '../conformance/sequence/directed-sequence.ts';
import { generateSequence } from '../conformance/sequence/generate-sequence.ts';
import { startSandbox } from '../conformance/start-sandbox.ts';
import { type AccountClaims, claimsOfGraphql, claimsOfViews } from './account-claims.ts';
import { type IndexedNode, indexNode } from './indexed-node.ts';
import { claimsOfStorage, claimsOfUses } from './use-claims.ts';
import { emptyTables, readModel } from './read-model.ts';

const SETTINGS = { seed: 14, startSeconds: START_SECONDS, blocks: 'ON_DEMAND' } as const;
const RANDOM_SEED = Number(process.env['CONFORMANCE_SEEDS']?.split(',')[0] ?? '21');
const RANDOM_STEPS = 40;

/** Fewer would say that the history was not kept. */
const FEWEST_BLOCKS = 100;

interface HeadAnswer {
  readonly block_hash: string;
  readonly block_number: number;
}

/** What the views said when a block was the newest. */
interface ViewedBlock {
  readonly name: AccountName;
  readonly block: { readonly number: number; readonly hash: string };
  readonly viewed: AccountClaims;
}

/**
 * Devnet makes a block's hash of its number and its count of transactions alone, so a reorg at random may bring back
 * a hash with another time. The directed sequences have a reorg in which no height does.
 */
const withoutReorgs = (sequence: Sequence): Sequence => sequence.filter(({ kind }) => kind !== 'ABORT');

describe('Purser over devnet and over the sandbox', () => {
  const databases = [withDatabase(), withDatabase()] as const;
  const nodes: RunningNode[] = [];
  const indexed: IndexedNode[] = [];
  /** By node: everything that was viewed of blocks that are on the chain still. */
  const history = new Map<string, ViewedBlock[]>();
  let player: Player;
  let playing = '';
  /** What is not played with does not change; both are looked at before and after. */
  let subjects: readonly AccountName[] = ACCOUNT_NAMES;

  /** After each block: both ends at the head, and GraphQL saying what the views of the node say. */
  const checkBlock = async (): Promise<void> => {
    await Promise.all(indexed.map((node) => node.atHead()));
    await Promise.all(player.chains.map((chain, at) => checkChain(chain, indexed[at]!, databases[at]!)));
  };

  const checkChain = async (chain: ChainDriver, node: IndexedNode, database: TestDatabase): Promise<void> => {
    const head = await chain.rpc.request<HeadAnswer>('starknet_blockHashAndNumber');
    const block = { number: head.block_number, hash: head.block_hash };
    // Blocks at and above the newest one are new, or gone.
    const kept = (history.get(node.name) ?? []).filter((entry) => entry.block.number < block.number);
    history.set(node.name, kept);
    for (const name of subjects) {
      const said = await claimsOfGraphql(node, player.world, name, block);
      const viewed = await claimsOfViews(chain, player.world, name, block.number);
      const where = `${node.name}, ${name}, block ${block.number}, ${playing}`;
      expect({ where, ...said }).toEqual({ where, ...viewed });
      kept.push({ name, block, viewed });
      const uses = await claimsOfUses(database, player.world, name);
      const stored = await claimsOfStorage(chain, player.world, name, block.number);
      expect({ where, ...uses }).toEqual({ where, ...stored });
    }
  };

  const play = async (sequence: Sequence, names: readonly AccountName[] = ACCOUNT_NAMES): Promise<void> => {
    subjects = names;
    for (const step of sequence) {
      playing = printStep(step);
      await player.play(step);
    }
    subjects = ACCOUNT_NAMES;
    await checkBlock();
  };

  beforeAll(async () => {
    nodes.push(await startDevnet(SETTINGS), await startSandbox(SETTINGS));
    const chains = nodes.map(({ rpc }) => createChainDriver(rpc));
    const world = await setUpWorld(chains);
    player = createPlayer(chains, world, { afterBlock: checkBlock });
    indexed.push(await indexNode(nodes[0]!, databases[0]), await indexNode(nodes[1]!, databases[1]));
    await checkBlock();
  });

  afterAll(async () => {
    await Promise.all(indexed.map((node) => node.stop()));
    await Promise.all(nodes.map((node) => node.stop()));
  });

  it.each(ACCOUNT_NAMES)(
    'GraphQL equals the views after every block of grants, spends, reverts, sponsored calls, an upgrade and a reorg: %s',
    (account) => play(directedSequence(account), [account]),
  );

  it(`GraphQL equals the views after every block of a random sequence (seed ${RANDOM_SEED})`, () =>
    play(withoutReorgs(generateSequence(RANDOM_SEED, RANDOM_STEPS))));

  it('asked at any earlier block, GraphQL equals what the views said at that block', async () => {
    for (const node of indexed) {
      const blocks = history.get(node.name) ?? [];
      for (const { name, block, viewed } of blocks) {
        const where = `${node.name}, ${name}, at block ${block.number}`;
        const said = await claimsOfGraphql(node, player.world, name, block, { blockNumber: block.number });
        expect({ where, ...said }).toEqual({ where, ...viewed });
      }
      const spoken = blocks.filter(({ viewed }) => Object.keys(viewed.sessions).length > 0);
      expect(new Set(spoken.map(({ name }) => name))).toEqual(new Set(ACCOUNT_NAMES));
      expect(spoken.length).toBeGreaterThan(FEWEST_BLOCKS);
    }
  });

  it('fed by either end, the read model is the same', async () => {
    const [ofDevnet, ofSandbox] = await Promise.all(databases.map(readModel));
    expect(emptyTables(ofDevnet!)).toEqual(['dead_letters']);
    expect(printDifferences(differences(ofDevnet, ofSandbox), ['devnet', 'sandbox'])).toBe('');
  });
});
