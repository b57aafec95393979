import {
  appendFacts,
  DERIVED_TRANSACTION_INDEX,
  finalizeBlocksUpTo,
  insertBlocks,
  moveCursor,
  orphanBlocksAbove,
  readCursor,
} from '#libs/facts';
import { type Address, feltToHex, parseFelt, type SessionKey } from '#libs/felt';
import { cutVersionsAbove } from '#libs/sessions';
import { indexRowsOf, type TestDatabase } from '#libs/testing';

export interface WrittenBlock {
  readonly number: number;
  /** As printed. */
  readonly hash: string;
  readonly parent: string;
  /** In which the session key was used. */
  readonly used: readonly Address[];
}

/** Commits as the indexer does: blocks in which a session key was used, new or come back, roll-backs, and finality. */
export const indexWriterOf = (database: TestDatabase, networkId: number, sessionKey: SessionKey) => ({
  block: ({ number, hash, parent, used }: WrittenBlock): Promise<void> =>
    database.commit(async (trx) => {
      const place = { blockNumber: number, blockHash: parseFelt(hash) };
      const header = { ...place, parentHash: parseFelt(parent), timestampSeconds: 1_000n };
      await insertBlocks(trx, networkId, [{ ...header, finality: 'ACCEPTED_ON_L2' }]);
      for (const account of used) {
        const of = { account, sessionKey, token: undefined, transactionHash: undefined, payload: {} };
        const at = { ...place, transactionIndex: DERIVED_TRANSACTION_INDEX, eventIndex: 0 };
        await appendFacts(trx, networkId, [{ ...at, ...of, kind: 'SessionStateChanged' }]);
        await trx
          .updateTable('session_versions')
          .set({ valid_to_block: number })
          .where('network_id', '=', networkId)
          .where('account', '=', feltToHex(account))
          .where('valid_to_block', 'is', null)
          .execute();
        await indexRowsOf(trx).session(networkId, account, sessionKey, {
          valid_from_block: number,
          calls_used: number,
          max_calls: 100,
        });
      }
      await moveCursor(trx, networkId, await readCursor(trx, networkId), place);
    }),

  /** Rolls back to a block. */
  leave: ({ number, hash }: Pick<WrittenBlock, 'number' | 'hash'>): Promise<void> =>
    database.commit(async (trx) => {
      await orphanBlocksAbove(trx, networkId, number);
      await cutVersionsAbove(trx, networkId, number);
      const ancestor = { blockNumber: number, blockHash: parseFelt(hash) };
      await moveCursor(trx, networkId, await readCursor(trx, networkId), ancestor);
    }),

  /** The blocks up to this height are accepted on L1. */
  finalize: (number: number): Promise<unknown> =>
    database.commit((trx) => finalizeBlocksUpTo(trx, networkId, number)),
});

export type IndexWriter = ReturnType<typeof indexWriterOf>;
