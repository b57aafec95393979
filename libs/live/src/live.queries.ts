import type { GeneratedQueries } from '#libs/database';
import { blockStatement, cursorStatement, feedStatement } from './feed.statement.ts';
import type { Position } from './position.ts';

const position: Position = {
  ...{ blockNumber: 1, blockHash: '0x1' },
  ...{ upTo: ['0x1', '0x1', '', 'SESSION'], inclusive: true },
};

export const generatedQueries: GeneratedQueries = {
  repository: 'live',
  methods: {
    'find the newest committed block': { run: (db) => cursorStatement(1).execute(db) },
    'find whether a block was ever seen': { run: (db) => blockStatement(1, position).execute(db) },
    'what happened since a position': {
      run: (db) => feedStatement(1, position, { blocks: 500, rows: 200 }).execute(db),
    },
  },
};
