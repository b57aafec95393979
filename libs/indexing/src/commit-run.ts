import type { Alert } from '#libs/alerts';
import type { BlockHeader } from '#libs/chain';
import { type Db, inTransaction, type Trx } from '#libs/database';
import {
  appendDeadLetters,
  appendNewFacts,
  insertBlocks,
  moveCursor,
  type NewFact,
  openIncident,
  readCursor,
} from '#libs/facts';
import { feltToHex } from '#libs/felt';
import { writeUses, writeVersions } from '#libs/sessions';
import { writeSpending } from '#libs/spending';
import { enqueueAlerts } from '#libs/webhooks';
import { markFollowed, markRejected, requestAccounts } from './account-registry.ts';
import { keepClasses } from './class-rows.ts';
import { deadLetterRow, factRow } from './fact-rows.ts';
import { expectedCursor, type IndexingContext } from './indexing.context.ts';
import type { WriteSet } from './write-set.ts';

/**
 * Commits a folded run: facts, versions, alerts and the cursor in one transaction, or nothing. A commit whose outcome is
 * unknown is settled by the cursor row, which only this transaction can have moved there.
 */
export const commitRun = async (context: IndexingContext, writes: WriteSet): Promise<void> => {
  const last = writes.headers.at(-1);
  if (last === undefined) return;
  await inTransaction(context.db, (trx) => writeAll(trx, context, writes, last), {
    wasCommitted: (db) => cursorIsAt(db, context.networkId, last),
  });
};

const cursorIsAt = async (db: Db, networkId: number, { blockHash }: BlockHeader): Promise<boolean> =>
  (await readCursor(db, networkId))?.blockHash === blockHash;

const writeAll = async (
  trx: Trx,
  context: IndexingContext,
  writes: WriteSet,
  last: BlockHeader,
): Promise<void> => {
  const { networkId, catalogue } = context;
  await insertBlocks(trx, networkId, writes.headers);
  await moveCursor(trx, networkId, expectedCursor(context), last);
  await markFollowed(
    trx,
    networkId,
    writes.newAccounts.map((account) => ({ ...account, source: 'DISCOVERY' as const, stateFrom: 0 })),
  );
  await markRejected(trx, networkId, writes.rejected, 'DISCOVERY');
  const facts = writes.facts.map(factRow);
  await appendNewFacts(trx, networkId, facts);
  await appendDeadLetters(trx, networkId, writes.deadLetters.map(deadLetterRow));
  await keepClasses(trx, networkId, catalogue, classesOf(writes));
  await writeVersions(trx, networkId, writes);
  await writeUses(trx, networkId, facts);
  await openAttributionIncidents(trx, networkId, facts);
  await writeSpending(trx, networkId, writes.spending);
  await requestAccounts(trx, networkId, 'DISCOVERY', writes.waiting);
  await writeAlerts(trx, context, writes.alerts);
};

const classesOf = ({ classes, rejected }: WriteSet) => [
  ...classes.map(({ state }) => state),
  ...rejected.map(({ classHash }) => classHash),
];

/** The block stands, its state is exact; who used the key has to be found out by somebody. */
export const openAttributionIncidents = async (
  trx: Trx,
  networkId: number,
  facts: readonly NewFact[],
): Promise<void> => {
  for (const { kind, account, blockNumber, blockHash, sessionKey, payload } of facts) {
    if (kind !== 'SessionCallUnattributed') continue;
    const details = { ...payload, sessionKey: sessionKey === undefined ? null : feltToHex(sessionKey) };
    const block = { blockNumber, blockHash };
    await openIncident(trx, networkId, { kind: 'ATTRIBUTION_FAILED', account, block, details });
  }
};

const writeAlerts = async (
  trx: Trx,
  { networkId, deliverAlerts, alertsFromBlock }: IndexingContext,
  alerts: readonly Alert[],
): Promise<void> => {
  const isNews = (alert: Alert): boolean => alert.blockNumber >= alertsFromBlock;
  const old = alerts.filter((alert) => !isNews(alert));
  await enqueueAlerts(trx, networkId, old, { deliver: false });
  await enqueueAlerts(trx, networkId, alerts.filter(isNews), { deliver: deliverAlerts });
};
