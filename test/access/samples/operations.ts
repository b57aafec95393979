import type { Samples } from '../matrix/sample.ts';
import type { Things } from '../matrix/things.ts';

const ofAccount = ({ account }: Things): string => `account: "${account}"`;
const BACKFILL = '{ account state reasonCode callsMade coveredTo progress { done total } }';

/** Fields of libs/verification and of apps/server. */
export const OPERATIONS: Samples = {
  'Query.incidents': [
    { select: '{ kind account occurrences resolution details }' },
    { name: 'closed too', args: () => 'open: false', select: '{ kind account details }' },
  ],
  'Query.digest': [{ args: ofAccount, select: '{ blockNumber blockHash digest facts fromBlock }' }],
  'Query.backfills': [{ select: BACKFILL }, { args: ofAccount, select: BACKFILL }],
  // One figure at a time: beside another that differs, one that is everybody's would not show.
  'Query.indexer': [
    { name: 'dead letters', select: '{ network deadLetters }' },
    { name: 'accounts', select: '{ network accounts { done total ratePerSecond secondsLeft } }' },
    { name: 'the rest', select: '{ network state lastError stopped }', tells: 'NOTHING' },
  ],
};
