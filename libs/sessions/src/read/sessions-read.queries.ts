import type { Db, GeneratedQueries, TemplateStatement } from '#libs/database';
import { toAddress, toFelt, toSessionKey } from '#libs/felt';
import { usesOfSessionsStatement } from '../uses/read/uses-of-sessions.statement.ts';
import { ALL_USE_COLUMNS, columnsFor } from '../uses/read/use-columns.ts';
import {
  plainUseListOf,
  transactionUsesStatement,
  useListStatement,
  usesByNameStatement,
} from '../uses/read/uses.statement.ts';
import { findingsStatement } from '../watching/findings.statement.ts';
import { changesStatement } from './changes/changes.statement.ts';
import { timelineStatement } from './timeline/timeline.statement.ts';
import { accountListStatement } from './index-store/account-list.statement.ts';
import { policiesByNameStatement, policyListStatement } from './index-store/policy-list.statement.ts';
import { sessionListStatement, type SessionOrder } from './index-store/session-list.statement.ts';
import { sessionLookupNow, sessionLookupStatement } from './index-store/session-lookup.statement.ts';

const account = toAddress(1n);
const sessionKey = toSessionKey(1n);
const first = {
  at: undefined,
  account: undefined,
  statuses: undefined,
  expiresBeforeSeconds: undefined,
  after: undefined,
  limit: 26,
};
const next = {
  at: { kind: 'PIN', blockNumber: 1, blockHash: toFelt(1n) },
  account,
  statuses: ['ACTIVE'],
  expiresBeforeSeconds: 1n,
  after: ['1', '0x1', '0x1'],
  limit: 26,
} as const;

const history = { at: undefined, account, sessionKey, token: undefined, after: undefined, limit: 26 };

const listSessions = (query: typeof first | typeof next, order: SessionOrder) => ({
  run: (db: Parameters<typeof sessionListStatement>[0]) =>
    sessionListStatement(db, 1, { ...query, order }).execute(),
});

const allUses = {
  account,
  sessionKey: undefined,
  outcomes: undefined,
  path: undefined,
  fromBlock: undefined,
  toBlock: undefined,
  after: undefined,
};

/** As several of them are asked at once. */
const together = <R>(db: Db, statement: TemplateStatement<R>) => {
  const { shape, values } = statement.partOf(db);
  return db.executeQuery(shape.compile([values, values]));
};

/** Each question is one statement, so that all of its answer is of one block. */
export const generatedQueries: GeneratedQueries = {
  repository: 'sessions-read',
  methods: {
    'find one session': {
      run: (db) => sessionLookupStatement(db, 1, account, sessionKey, undefined).execute(),
    },
    'find sessions that are asked for at once': {
      run: (db) => together(db, sessionLookupNow({ networkId: 1, account, key: sessionKey })),
    },
    'find policies by their ids': {
      run: (db) => policiesByNameStatement(db, 1, [{ account, sessionKey, token: account }]).execute(),
    },
    'find accounts by their ids': {
      run: (db) =>
        accountListStatement(db, 1, {
          at: undefined,
          statuses: undefined,
          addresses: [account],
          after: undefined,
          limit: 1,
        }).execute(),
    },
    'find one session as it stood at a time': {
      run: (db) =>
        sessionLookupStatement(db, 1, account, sessionKey, {
          kind: 'TIMESTAMP',
          timestampSeconds: 1n,
        }).execute(),
    },
    'list sessions as they stood at the newest final block': {
      run: (db) =>
        sessionListStatement(db, 1, {
          ...first,
          at: { kind: 'FINALITY', finality: 'ACCEPTED_ON_L1' },
          order: 'ACCOUNT_ASC',
        }).execute(),
    },
    'list sessions, the first page': listSessions(first, 'ACCOUNT_ASC'),
    'list sessions with every filter, the next page by expiry': listSessions(next, 'VALID_UNTIL_ASC'),
    'list sessions with every filter, the next page by calls left': listSessions(next, 'REMAINING_CALLS_ASC'),
    'what differs between two blocks': {
      run: (db) =>
        changesStatement(db, 1, {
          account,
          from: { kind: 'BLOCK', blockNumber: 1 },
          to: undefined,
          limit: 501,
        }).execute(db),
    },
    'the history of a session key, the first page': {
      run: (db) => timelineStatement(db, 1, { ...history, subject: 'SESSION' }).execute(db),
    },
    'the history of a policy, the next page': {
      run: (db) =>
        timelineStatement(db, 1, {
          ...history,
          at: next.at,
          subject: 'POLICY',
          token: account,
          after: ['1', '2', '3'],
        }).execute(db),
    },
    'list policies, the first page': {
      run: (db) =>
        policyListStatement(db, 1, {
          at: undefined,
          account,
          sessionKey: undefined,
          token: undefined,
          after: undefined,
          limit: 26,
        }).execute(),
    },
    'list policies with every filter, the next page': {
      run: (db) =>
        policyListStatement(db, 1, {
          at: { kind: 'BLOCK', blockNumber: 1 },
          account,
          sessionKey,
          token: account,
          after: ['0x1', '0x1'],
          limit: 26,
        }).execute(),
    },
    'list findings, the first page': {
      run: (db) =>
        findingsStatement(db, 1, { account, sessionKey: undefined, after: undefined, limit: 26 }).execute(),
    },
    'list findings of one key, the next page': {
      run: (db) => findingsStatement(db, 1, { account, sessionKey, after: '0x1', limit: 26 }).execute(),
    },
    'list uses, the first page': {
      run: (db) => useListStatement(db, 1, { ...allUses, limit: 26, columns: ALL_USE_COLUMNS }).execute(),
    },
    'list uses of several keys that are asked for at once': {
      run: (db) => {
        const page = plainUseListOf(1, {
          ...allUses,
          sessionKey,
          limit: 26,
          columns: columnsFor(new Set(['transactionHash', 'outcome', 'debits']), new Set()),
        });
        return page === undefined ? Promise.reject(new Error('is not compiled once')) : together(db, page);
      },
    },
    'list uses of one key with every filter, the next page': {
      run: (db) =>
        useListStatement(db, 1, {
          account,
          sessionKey,
          outcomes: ['REVERTED'],
          path: 'INVOKE',
          fromBlock: 1,
          toBlock: 2,
          after: ['1', '1', '1'],
          limit: 26,
          columns: columnsFor(new Set(['transactionHash', 'outcome', 'debits']), new Set()),
        }).execute(),
    },
    'list the uses of the sessions of a page': {
      run: (db) =>
        usesOfSessionsStatement(db, 1, [{ account: '0x1', sessionKey: '0x2' }], {
          after: undefined,
          limit: 26,
        }).execute(),
    },
    'find uses by their ids': {
      run: (db) =>
        usesByNameStatement(db, 1, [
          { account, within: { transactionHash: toFelt(1n) }, eventIndex: 0 },
          { account, within: { blockNumber: 1, blockHash: toFelt(1n) }, eventIndex: 0 },
        ]).execute(),
    },
    'find the uses of a transaction': {
      run: (db) => transactionUsesStatement(db, 1, toFelt(1n)).execute(),
    },
    'list accounts, the first page': {
      run: (db) =>
        accountListStatement(db, 1, {
          at: undefined,
          statuses: undefined,
          after: undefined,
          limit: 26,
        }).execute(),
    },
    'list accounts with every filter, the next page': {
      run: (db) =>
        accountListStatement(db, 1, {
          at: { kind: 'BLOCK', blockNumber: 1 },
          statuses: ['FOLLOWED'],
          label: 'till',
          team: 'ops',
          costCentre: '4711',
          group: 'grp_1',
          after: { text: null, account: '0x1' },
          limit: 26,
        }).execute(),
    },
    'list accounts by label, the next page': {
      run: (db) =>
        accountListStatement(db, 1, {
          at: undefined,
          statuses: undefined,
          order: 'LABEL_ASC',
          after: { text: 'till', account: '0x1' },
          limit: 26,
        }).execute(),
    },
  },
};
