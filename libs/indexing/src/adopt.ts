import { AccountError } from '#libs/account';
import { type BlockHeader, isChainError } from '#libs/chain';
import { inTransaction, type Trx } from '#libs/database';
import { appendDeadLetters, appendFacts, insertBlocks, requireCursor } from '#libs/facts';
import { type Address, FeltError, feltToHex } from '#libs/felt';
import { writeVersions } from '#libs/sessions';
import { listPending, markFollowed, markRejected } from './account-registry.ts';
import { deadLetterRow, factRow } from './fact-rows.ts';
import type { IndexingContext } from './indexing.context.ts';
import { type AccountSeed, readAccountSeed, type SeedPorts } from './seed-account.ts';

/** Accounts adopted between two blocks; the rest waits for the next boundary, so that the head never waits long. */
const ADOPTED_AT_ONCE = 20;

/**
 * Takes waiting accounts along from the cursor on: reads each as it stands there and commits that. Runs between two
 * blocks, so the next block folds over what was read. Gives how many were adopted.
 */
export const adoptPending = async (context: IndexingContext): Promise<number> => {
  if (context.cursorHeader === undefined) return 0;
  const waiting = await listPending(context.db, context.networkId, ADOPTED_AT_ONCE);
  let adopted = 0;
  for (const address of waiting) {
    if (await adopt(context, address, context.cursorHeader)) adopted += 1;
  }
  return adopted;
};

const adopt = async (context: IndexingContext, address: Address, at: BlockHeader): Promise<boolean> => {
  const seed = await readSeed(context, address, at);
  if (seed === undefined) return false;
  await inTransaction(context.db, (trx) => writeSeed(trx, context, seed));
  context.registry.followed.add(address);
  context.registry.rejected.delete(address);
  context.log.info({ account: feltToHex(address), blockNumber: at.blockNumber }, 'account followed');
  return true;
};

const readSeed = async (
  context: IndexingContext,
  address: Address,
  at: BlockHeader,
): Promise<AccountSeed | undefined> => {
  const { source, catalogue } = context;
  const requireClass: SeedPorts['requireClass'] = (classHash, blockHash) =>
    catalogue.require(classHash, blockHash);
  try {
    return await readAccountSeed({ source, requireClass }, address, at);
  } catch (error) {
    await giveUpOrRethrow(context, address, error);
    return undefined;
  }
};

/** An account that cannot be read is set aside with its reason; a node that does not answer is asked again later. */
const giveUpOrRethrow = async (
  context: IndexingContext,
  address: Address,
  error: unknown,
): Promise<undefined> => {
  if (isChainError(error) && error.code === 'BLOCK_NOT_FOUND') return;
  if (!(error instanceof AccountError) && !(error instanceof FeltError)) throw error;
  const rejected = [{ address, reasonCode: error.code }];
  await inTransaction(context.db, (trx) => markRejected(trx, context.networkId, rejected, 'WATCH'));
  context.registry.rejected.add(address);
  context.log.error({ account: feltToHex(address), code: error.code }, 'account cannot be followed');
};

const writeSeed = async (trx: Trx, context: IndexingContext, seed: AccountSeed): Promise<void> => {
  const { networkId } = context;
  const { address, at } = seed;
  const { blockNumber } = at;
  await requireCursor(trx, networkId, { blockNumber, blockHash: at.blockHash });
  await insertBlocks(trx, networkId, seed.headers);
  const facts = seed.facts.map(({ header, item }) => factRow({ account: address, header, item, ordinal: 0 }));
  const letters = seed.deadLetters.map(({ header, item }, ordinal) =>
    deadLetterRow({ account: address, header, item, ordinal }),
  );
  await appendFacts(trx, networkId, facts);
  await appendDeadLetters(trx, networkId, letters);
  await writeVersions(trx, networkId, {
    sessions: seed.sessions.map((state) => ({ account: address, blockNumber, state })),
    policies: seed.policies.map((state) => ({ account: address, blockNumber, state })),
    classes: [{ account: address, blockNumber, state: seed.classInfo?.classHash }],
  });
  const stateFrom = seed.untouched ? 0 : blockNumber;
  await markFollowed(trx, networkId, [
    { address, source: 'WATCH', followedFromBlock: blockNumber, stateFrom },
  ]);
};
