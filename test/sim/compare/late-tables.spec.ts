import { describe, expect, it } from '@jest/globals';
import { lateTables } from './late-tables.ts';
import { differencesOf, type Snapshot } from './snapshot.ts';

const snapshot = (tables: Readonly<Record<string, readonly object[]>>): Snapshot =>
  new Map(
    Object.entries(tables).map(([table, rows]) => [table, rows.map((row) => JSON.stringify(row)).sort()]),
  );

const at = (block_number: number, more: object = {}) => ({ account: '0xa', block_number, ...more });

describe('what a history need not have', () => {
  const straight = {
    blocks: [
      { block_hash: '0x3', block_number: 3, parent_hash: '0x2' },
      { block_hash: '0x60', block_number: 60, parent_hash: '0x59' },
    ],
    facts: [
      at(10, { kind: 'SessionKeyAdded', session_key: '0xk', transaction_index: 1, event_index: 0 }),
      at(20, { kind: 'TokensMoved', session_key: null, transaction_index: 1, event_index: 2 }),
      at(30, { kind: 'SessionCallDenied', session_key: '0xk', transaction_index: 1, event_index: 1_000_000 }),
      at(90, { kind: 'TokensMoved', session_key: null, transaction_index: 1, event_index: 2 }),
    ],
    movements: [at(10), at(20), at(90)],
    session_versions: [{ account: '0xa', valid_from_block: 10 }],
    account_versions: [{ account: '0xa', valid_from_block: 8, class_hash: '0xc' }],
  };
  const joined = { address: '0xa', followed_from_block: 0, recorded_from_block: 80 };
  const differences = (actual: object, account: object = joined) => {
    const beginnings = snapshot({ networks: [{ first_block: 50 }], accounts: [account] });
    const tables = lateTables(snapshot(straight), beginnings);
    return differencesOf(tables, snapshot(straight), snapshot({ ...straight, ...actual })).filter(
      (line) => !line.startsWith(' '),
    );
  };

  it('is nothing where everything is there', () => expect(differences({})).toEqual([]));

  it('is what stands in blocks that show nothing of the account, below the block of recordedFrom', () => {
    const [granted, , , moved] = straight.facts;
    const actual = { facts: [granted, moved], movements: [at(10), at(90)], blocks: straight.blocks.slice(1) };
    expect(differences(actual)).toEqual([]);
  });

  it('is the parent of a block that stands alone, below the first one that was read', () => {
    const [lone, read] = straight.blocks;
    expect(differences({ blocks: [{ ...lone, parent_hash: '0xbad' }, read] })).toEqual([]);
    expect(differences({ blocks: [lone, { ...read, parent_hash: '0xbad' }] })).toEqual([
      'blocks: 1 missing, 1 too many',
    ]);
  });

  it.each([
    ['a fact of a block with an event', { facts: straight.facts.slice(1) }, 'facts: 1 missing, 0 too many'],
    ['a version', { session_versions: [] }, 'session_versions: 1 missing, 0 too many'],
    ['a row of a block that was read', { movements: [at(20), at(90)] }, 'movements: 1 missing, 0 too many'],
    ['a row above recordedFrom', { movements: [at(10), at(20)] }, 'movements: 1 missing, 0 too many'],
    [
      'a block that was read one by one',
      { blocks: straight.blocks.slice(0, 1) },
      'blocks: 1 missing, 0 too many',
    ],
    [
      'another block',
      { blocks: [...straight.blocks, { block_hash: '0x4', block_number: 4, parent_hash: '0x3' }] },
      'blocks: 0 missing, 1 too many',
    ],
    ['a row too many', { movements: [...straight.movements, at(21)] }, 'movements: 0 missing, 1 too many'],
    ['the class', { account_versions: [] }, 'account_versions: 1 missing, 0 too many'],
  ])('is not %s', (_what, actual, difference) => expect(differences(actual)).toEqual([difference]));

  it('is the deployment of an account that had no key yet when it was read, and nothing of its keys', () => {
    const untouched = { address: '0xa', followed_from_block: 25, recorded_from_block: null };
    const [granted, , denied, moved] = straight.facts;
    const account_versions = [{ account: '0xa', valid_from_block: 25, class_hash: '0xc' }];
    const kept = { movements: [at(90)], account_versions };
    expect(differences({ ...kept, facts: [granted, denied, moved] }, untouched)).toEqual([]);
    expect(differences({ ...kept, facts: [denied, moved] }, untouched)).toEqual([
      'facts: 1 missing, 0 too many',
    ]);
  });
});
