import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type ChainDriver,
  createChainDriver,
  type RunningNode,
  startDevnet,
  withDatabase,
} from '#libs/testing';
import { createPlayer, type Player } from '../conformance/play/player.ts';
import { setUpWorld, START_SECONDS } from '../conformance/play/set-up.ts';
import { ACCOUNT_NAMES, KEY_NAMES } from '../conformance/play/world.ts';
import { type AccountName, printStep, type Step } from '../conformance/sequence/command.ts';
import { generateSequence } from '../conformance/sequence/generate-sequence.ts';
import { type AccountClaims, claimsOfGraphql, claimsOfViews } from './account-claims.ts';
import { type IndexedNode, indexNode } from './indexed-node.ts';
import { POLICY_NAMES } from './keys-and-policies.ts';
import { claimsOfLedgers, NodeBalances } from './ledger-claims.ts';
import { claimsOfUses, type UseClaims } from './use-claims.ts';

const SETTINGS = { seed: 31, startSeconds: START_SECONDS, blocks: 'ON_DEMAND' } as const;
/** `HISTORY_SEED=5 HISTORY_STEPS=200` plays another; a failure names the step. */
const SEED = Number(process.env['HISTORY_SEED'] ?? '41');
const STEPS = Number(process.env['HISTORY_STEPS'] ?? '1000');
/** The steps that give each account its first keys and policies. */
const PRELUDE = 2;

interface Block {
  readonly number: number;
  readonly hash: string;
}

interface Viewed {
  readonly name: AccountName;
  readonly block: Block;
  readonly viewed: AccountClaims;
}

/** What uses have to come to by what the views say; a key or policy that storage knows nothing of is at 0. */
const usesOf = ({ sessions, policies }: AccountClaims): UseClaims => ({
  callsUsed: Object.fromEntries(KEY_NAMES.map((key) => [key, String(sessions[key]?.callsUsed ?? 0)])),
  spent: Object.fromEntries(POLICY_NAMES.map(({ name }) => [name, policies[name]?.storedSpent ?? '0'])),
  unexplained: 0,
});

/**
 * One long history on a devnet that keeps the state of every block: after every step the index has to say of sessions,
 * policies, uses and both ledgers what the node says. Reorgs are played elsewhere: the hashes of a devnet's blocks do
 * not cover their parents.
 */
describe(`Purser over a random history on devnet (seed ${SEED}, ${STEPS} steps)`, () => {
  const database = withDatabase();
  const history: Viewed[] = [];
  let node: RunningNode;
  let chain: ChainDriver;
  let indexed: IndexedNode;
  let player: Player;
  let balances: NodeBalances;
  /** What each account had before the history began: what it has, had nothing come in, and what went out by the ledger. */
  const before = new Map<AccountName, Readonly<Record<string, bigint>>>();

  const steps = generateSequence(SEED, STEPS).filter(({ kind }) => kind !== 'ABORT');

  const newestBlock = async (): Promise<Block> => {
    await indexed.atHead();
    const head = await chain.rpc.request<{ block_hash: string; block_number: number }>(
      'starknet_blockHashAndNumber',
    );
    return { number: head.block_number, hash: head.block_hash };
  };

  const hadBefore = async (name: AccountName, block: Block): Promise<Readonly<Record<string, bigint>>> => {
    const [held, { moved }] = [
      await balances.of(name, block.number),
      await claimsOfLedgers(database, player.world, name),
    ];
    return Object.fromEntries(
      Object.entries(held).map(([token, amount]) => [token, amount + BigInt(moved[token]!)]),
    );
  };

  const checkAccount = async (name: AccountName, block: Block, step: Step, at: number): Promise<void> => {
    const { world } = player;
    const where = `step ${at}, block ${block.number}, ${name}, ${printStep(step)}`;
    const viewed = await claimsOfViews(chain, world, name, block.number);
    expect({ where, ...(await claimsOfGraphql(indexed, world, name, block)) }).toEqual({ where, ...viewed });
    history.push({ name, block, viewed });
    const stored = usesOf(viewed);
    expect({ where, ...(await claimsOfUses(database, world, name)) }).toEqual({ where, ...stored });
    const { spent } = await claimsOfLedgers(database, world, name);
    expect({ where, spent }).toEqual({ where, spent: stored.spent });
    expect({ where, had: await hadBefore(name, block) }).toEqual({ where, had: before.get(name) });
  };

  beforeAll(async () => {
    node = await startDevnet(SETTINGS);
    chain = createChainDriver(node.rpc);
    player = createPlayer([chain], await setUpWorld([chain]));
    indexed = await indexNode(node, database);
    for (const step of steps.slice(0, PRELUDE)) await player.play(step);
    const block = await newestBlock();
    balances = new NodeBalances(chain, player.world, block.number);
    for (const name of ACCOUNT_NAMES) before.set(name, await hadBefore(name, block));
  });

  afterAll(async () => {
    await indexed.stop();
    await node.stop();
  });

  it(
    'sessions, policies, uses and both ledgers are what the node says after every step',
    async () => {
      for (const [at, step] of steps.slice(PRELUDE).entries()) {
        await player.play(step);
        const block = await newestBlock();
        for (const name of ACCOUNT_NAMES) await checkAccount(name, block, step, at);
      }
    },
    30 * 60_000,
  );

  it(
    'asked at any of these blocks, GraphQL says what the views said of it',
    async () => {
      for (const { name, block, viewed } of history) {
        const where = `${name}, at block ${block.number}`;
        const said = await claimsOfGraphql(indexed, player.world, name, block, { blockNumber: block.number });
        expect({ where, ...said }).toEqual({ where, ...viewed });
      }
      expect(history.length).toBe(2 * (steps.length - PRELUDE));
    },
    30 * 60_000,
  );

  it('had uses on every path, and every cause of a difference between the ledgers that random calls can have', async () => {
    const paths = await database.sql`
      select path, outcome, count(*)::int as n from uses group by 1, 2 order by 1, 2`;
    expect(new Set(paths.map(({ path, outcome }) => `${path} ${outcome}`))).toEqual(
      new Set([
        'INVOKE SUCCEEDED',
        'INVOKE REVERTED',
        'OUTSIDE_EXECUTION SUCCEEDED',
        'OUTSIDE_EXECUTION REVERTED',
        'OUTSIDE_EXECUTION FAILED_INSIDE',
      ]),
    );
    const causes = await database.sql`
      select distinct cause from debits union select distinct cause from movements order by 1`;
    expect(causes.map(({ cause }) => cause as string)).toEqual(
      expect.arrayContaining([...['ALLOWANCE_DRAWN', 'APPROVE_ONLY', 'MATCHED', 'NO_POLICY', 'OWNER']]),
    );
  });
});
