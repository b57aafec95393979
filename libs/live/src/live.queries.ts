import type { GeneratedQueries } from '#libs/database';
import { blockStatement, cursorStatement, feedStatement } from './feed.statement.ts';
import { endOfBlock } from './position.ts';

const position = endOfBlock(1, '0x1');

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
