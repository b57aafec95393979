import type { GeneratedQueries, Trx } from '#libs/database';
import { toAddress, toFelt, toSessionKey } from '#libs/felt';
import {
  finishBackfill,
  keepBackfillSearch,
  listBackfills,
  listDueBackfills,
  noteBackfill,
  postponeBackfill,
  readBackfillSearch,
  requestBackfills,
  resumeBackfill,
} from './backfill-jobs.repository.ts';
import {
  finalizeBlocksUpTo,
  finalizedBlockNumber,
  headerAtTime,
  headerByHash,
  headerByNumber,
  insertBlocks,
  orphanBlocksAbove,
} from './blocks.repository.ts';
import { cutCoverageAbove, extendCoverage, listCoverage } from './coverage.repository.ts';
import { holdCursor, moveCursor, readCursor, requireCursor } from './cursor.repository.ts';
import { appendDeadLetters, deadLetterCountStatement, listDeadLetters } from './dead-letters.repository.ts';
import type { FactPlace } from './fact.ts';
import { appendFacts, listFacts } from './facts.repository.ts';
import { listIncidents, openIncident, resolveIncident } from './incidents.repository.ts';
import {
  listAccountsWithFactsSince,
  listTallyMismatches,
  summarizeTallies,
} from './fact-tallies.repository.ts';
import { acceptReorgBelowFinality, endFinalityAbove } from './finality-acceptance.repository.ts';
import { streamFacts } from './fact-stream.ts';
import { ensureNetwork, listNetworks } from './networks.repository.ts';

const account = toAddress(1n);
const sessionKey = toSessionKey(1n);
const one = toFelt(1);
const place: FactPlace = {
  blockNumber: 1,
  blockHash: one,
  transactionIndex: 0,
  eventIndex: 0,
  transactionHash: one,
};
const header = {
  blockNumber: 1,
  blockHash: one,
  parentHash: one,
  timestampSeconds: 1n,
  finality: 'ACCEPTED_ON_L2' as const,
};
const fact = { ...place, account, kind: 'SessionKeyAdded', sessionKey, token: undefined, payload: {} };
const letter = { ...place, account, code: 'EVENT_MALFORMED', reason: 'too short', raw: {} };
const after = { blockNumber: 1, transactionIndex: 0, eventIndex: 0 };

export const generatedQueries: GeneratedQueries = {
  repository: 'facts',
  methods: {
    ensureNetwork: {
      run: (trx: Trx) => ensureNetwork(trx, { chainId: one, genesisHash: one, label: 'main' }),
    },
    listNetworks: { run: listNetworks },
    insertBlocks: { run: (trx) => insertBlocks(trx, 1, [header]) },
    orphanBlocksAbove: { run: (trx) => orphanBlocksAbove(trx, 1, 1) },
    finalizeBlocksUpTo: { run: (trx) => finalizeBlocksUpTo(trx, 1, 1) },
    finalizedBlockNumber: { run: (trx) => finalizedBlockNumber(trx, 1) },
    headerByNumber: { run: (trx) => headerByNumber(trx, 1, 1) },
    headerByHash: { run: (trx) => headerByHash(trx, 1, one) },
    headerAtTime: { run: (trx) => headerAtTime(trx, 1, 1n) },
    openIncident: {
      run: (trx) => openIncident(trx, 1, { kind: 'DRIFT', account, block: header, details: {} }),
    },
    resolveIncident: {
      run: (trx: Trx) => resolveIncident(trx, 1, { kind: 'DRIFT', account, resolution: 'seen' }),
    },
    listIncidents: { run: (db) => listIncidents(db, 1, { onlyOpen: true, limit: 1 }) },
    readCursor: { run: (trx) => readCursor(trx, 1) },
    holdCursor: { run: (trx) => holdCursor(trx, 1) },
    requireCursor: { run: (trx) => requireCursor(trx, 1, header), answers: [[{ network_id: 1 }]] },
    'moveCursor, the first time': { run: (trx) => moveCursor(trx, 1, undefined, header) },
    moveCursor: { run: (trx) => moveCursor(trx, 1, header, header) },
    appendFacts: { run: (trx) => appendFacts(trx, 1, [fact]) },
    'listFacts of an account': { run: (trx) => listFacts(trx, 1, { account, limit: 1 }) },
    'listFacts with every filter': {
      run: (trx) =>
        listFacts(trx, 1, { account, sessionKey, kinds: ['A'], fromBlock: 1, toBlock: 1, after, limit: 1 }),
    },
    'streamFacts of all accounts': { run: (db) => streamFacts(db, 1).next() },
    'streamFacts of an account as who asks sees it': {
      run: (db) => streamFacts(db, 1, { accounts: ['0x1'], onlyVisible: true }).next(),
    },
    'streamFacts of some accounts': {
      run: (db) => streamFacts(db, 1, { accounts: ['0x1'], fromBlock: 1, toBlock: 1 }).next(),
    },
    listTallyMismatches: { run: (db) => listTallyMismatches(db, 1, 1, 1) },
    summarizeTallies: { run: (db) => summarizeTallies(db, 1) },
    listAccountsWithFactsSince: { run: (db) => listAccountsWithFactsSince(db, 1, '1') },
    acceptReorgBelowFinality: { run: (trx) => acceptReorgBelowFinality(trx, 1) },
    endFinalityAbove: { run: (trx) => endFinalityAbove(trx, 1, 1) },
    appendDeadLetters: { run: (trx) => appendDeadLetters(trx, 1, [letter]) },
    listDeadLetters: { run: (trx) => listDeadLetters(trx, 1, { account, limit: 1 }) },
    'listDeadLetters of a network': { run: (trx) => listDeadLetters(trx, 1, { limit: 1 }) },
    countDeadLetters: { run: (trx) => deadLetterCountStatement(trx, 1).execute() },
    requestBackfills: {
      run: (trx) => requestBackfills(trx, 1, [{ account, fromBlock: 0, everyBlock: false }]),
    },
    listDueBackfills: { run: (db) => listDueBackfills(db, 1, 1) },
    listBackfills: { run: (db) => listBackfills(db, 1, { account, onlyOpen: true, limit: 1 }) },
    noteBackfill: {
      run: (trx) =>
        noteBackfill(trx, 1, { callsMade: 1, callsLeft: 1, callsPerSecond: 1, blocksRead: 1, coveredTo: 1 }),
    },
    keepBackfillSearch: { run: (trx) => keepBackfillSearch(trx, 1, {}) },
    readBackfillSearch: { run: (db) => readBackfillSearch(db, 1) },
    finishBackfill: { run: (trx) => finishBackfill(trx, 1, 'DONE') },
    resumeBackfill: { run: (trx) => resumeBackfill(trx, 1) },
    postponeBackfill: { run: (trx) => postponeBackfill(trx, 1, 'RPC_TIMEOUT') },
    listCoverage: { run: (trx) => listCoverage(trx, 1, account, 'EVENTS') },
    extendCoverage: {
      run: (trx) => extendCoverage(trx, 1, account, 'EVENTS', { fromBlock: 6, toBlock: 9 }),
      answers: [[{ from_block: 1, to_block: 5 }]],
    },
    cutCoverageAbove: { run: (trx) => cutCoverageAbove(trx, 1, 1) },
  },
};
