import type { GeneratedQueries } from '#libs/database';
import { toAddress, toSessionKey } from '#libs/felt';
import {
  debitListStatement,
  debitsByNameStatement,
  movementListStatement,
  movementsByNameStatement,
} from './ledger-lists.statement.ts';
import { riskStateStatement } from './risk.statement.ts';
import { summaryStatement } from './summary.statement.ts';
import { tokenDecimalsStatement } from '../tokens/token-decimals.statement.ts';

const account = toAddress(1n);
const first = {
  account,
  sessionKey: undefined,
  token: undefined,
  fromBlock: undefined,
  toBlock: undefined,
  fromSeconds: undefined,
  toSeconds: undefined,
  causes: undefined,
  review: undefined,
  after: undefined,
  limit: 26,
};
const next = {
  account,
  sessionKey: toSessionKey(1n),
  token: account,
  fromBlock: 1,
  toBlock: 2,
  fromSeconds: 1n,
  toSeconds: 2n,
  causes: ['MATCHED'],
  review: null,
  limit: 26,
};
const name = { account, transactionHash: account, rowIndex: 0, callIndex: 0 };
const risk = { account, keyLimit: 51, tokenLimit: 20, spenderLimit: 101 };

/** Each question is one statement, so that all of its answer is of one block. */
export const generatedQueries: GeneratedQueries = {
  repository: 'spending-read',
  methods: {
    'find debits by their ids': { run: (db) => debitsByNameStatement(db, 1, [name]).execute() },
    'find movements by their ids': { run: (db) => movementsByNameStatement(db, 1, [name]).execute() },
    'find the decimals of tokens': {
      run: (db) => tokenDecimalsStatement(1, ['0x1']).execute(db),
    },
    'list debits, the first page': { run: (db) => debitListStatement(db, 1, first).execute() },
    'list debits with every filter, the next page': {
      run: (db) => debitListStatement(db, 1, { ...next, after: ['1', '1', '1', '1'] }).execute(),
    },
    'list movements, the first page': { run: (db) => movementListStatement(db, 1, first).execute() },
    'list movements with every filter, the next page': {
      run: (db) => movementListStatement(db, 1, { ...next, after: ['1', '1', '1'] }).execute(),
    },
    'sum both ledgers': { run: (db) => summaryStatement(db, 1, first, 2_001).execute() },
    'sum both ledgers with every filter': { run: (db) => summaryStatement(db, 1, next, 2_001).execute() },
    'what keys may take': {
      run: (db) => riskStateStatement(db, 1, { ...risk, sessionKey: undefined }).execute(),
    },
    'what one key may take': {
      run: (db) => riskStateStatement(db, 1, { ...risk, sessionKey: toSessionKey(1n) }).execute(),
    },
  },
};
