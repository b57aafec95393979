import { describe, expect, it } from '@jest/globals';
import { idOf } from './change.ts';
import type { FeedRow, MadeRow, SessionJson, TouchedRow } from './feed.statement.ts';
import { endOfBlock, type Place, type Position } from './position.ts';
import { stepOf } from './step.ts';

const unknown = () => undefined;

const touched = (blockNumber: number, row: Partial<TouchedRow> = {}): TouchedRow => ({
  block_number: blockNumber,
  block_hash: `0xa${blockNumber}`,
  timestamp_seconds: '1000',
  finality: 'ACCEPTED_ON_L2',
  account: '0x1',
  session_key: '0x2',
  session: true,
  class_changed: false,
  owner_changed: false,
  tokens: null,
  ...row,
});

const session = (change: Partial<SessionJson> = {}): SessionJson => ({
  validUntil: '5000',
  maxCalls: '10',
  callsUsed: '1',
  list: ['0x5'],
  listLength: '1',
  lifecycle: 'REGISTERED',
  lifecycleBlock: '3',
  lifecycleTx: null,
  revokedBefore: null,
  ...change,
});

const made = (blockNumber: number, row: Partial<MadeRow> = {}): MadeRow => ({
  ...touched(blockNumber),
  ...{
    class_hash: null,
    decimals: null,
    unread: false,
    before: session(),
    after: session({ callsUsed: '2' }),
  },
  ...{ policies_before: [], policies_after: [] },
  ...row,
});

const feed = (row: Partial<FeedRow>): FeedRow => ({
  ...{
    known: true,
    place_hash: '0xa1',
    head_number: 9,
    head_hash: '0xa9',
    span_number: 9,
    span_hash: '0xa9',
  },
  ...{ final_number: null, final_hash: null, final_seconds: null },
  ...{ undone: [], made: [] },
  ...row,
});

const step = (row: Partial<FeedRow>, from: Position = endOfBlock(1, '0xa1'), rows = 100) => {
  const { changes, position } = stepOf(feed(row), from, rows, unknown);
  return {
    told: changes.map(({ block, place, told }) => [block.blockNumber, told.kind, ...place]),
    position,
    changes,
  };
};

const at = (blockNumber: number, upTo: Place, inclusive = true): Position => ({
  ...{ blockNumber, blockHash: `0xa${blockNumber}`, upTo, inclusive },
});

describe('a step', () => {
  it('tells what a block changed by account, key, token and subject, and stands at the end of it', () => {
    const row = made(2, { tokens: ['0x8', '0x7'] });
    const other = made(3, { session_key: '', session: false, class_changed: true, owner_changed: true });
    expect(step({ made: [row, other] })).toMatchObject({
      told: [
        [2, 'SESSION', '0x1', '0x2', '', 'SESSION'],
        [2, 'POLICY', '0x1', '0x2', '0x7', 'POLICY'],
        [2, 'POLICY', '0x1', '0x2', '0x8', 'POLICY'],
        [3, 'FINDING', '0x1', '', '', 'FINDING'],
      ],
      position: endOfBlock(9, '0xa9'),
    });
  });

  it('takes back the last first, of the newest block first, before anything new is told', () => {
    const undone = [touched(3, { tokens: ['0x7'] }), touched(2)];
    const { told } = step({ undone, made: [made(4)] }, endOfBlock(3, '0xa3'));
    expect(told).toEqual([
      [3, 'RETRACTED', '0x1', '0x2', '0x7', 'POLICY'],
      [3, 'RETRACTED', '0x1', '0x2', '', 'SESSION'],
      [3, 'RETRACTED', '0x1', '0x2', '', 'FINDING'],
      [2, 'RETRACTED', '0x1', '0x2', '', 'SESSION'],
      [2, 'RETRACTED', '0x1', '0x2', '', 'FINDING'],
      [4, 'SESSION', '0x1', '0x2', '', 'SESSION'],
    ]);
  });

  it('goes on in the middle of a block, ahead and back', () => {
    const row = made(2, { tokens: ['0x7'] });
    const place: Place = ['0x1', '0x2', '', 'SESSION'];
    expect(step({ made: [row] }, at(2, place)).told).toEqual([[2, 'POLICY', '0x1', '0x2', '0x7', 'POLICY']]);
    expect(step({ made: [row] }, at(2, place, false)).told).toHaveLength(2);
    const undone = [touched(2, { tokens: ['0x7'] })];
    expect(step({ undone }, at(2, place)).told).toEqual([
      [2, 'RETRACTED', '0x1', '0x2', '', 'SESSION'],
      [2, 'RETRACTED', '0x1', '0x2', '', 'FINDING'],
    ]);
    expect(step({ undone }, at(2, place, false)).told).toEqual([
      [2, 'RETRACTED', '0x1', '0x2', '', 'FINDING'],
    ]);
  });

  it('stands behind each change, or before one that was taken back', () => {
    const [told] = step({ made: [made(2)] }).changes;
    const [retracted] = step({ undone: [touched(2)] }, endOfBlock(2, '0xa2')).changes;
    const place = ['0x1', '0x2', '', 'SESSION'];
    expect([told?.position, retracted?.position]).toMatchObject([
      { blockHash: '0xa2', upTo: place, inclusive: true },
      { blockHash: '0xa2', upTo: place, inclusive: false },
    ]);
  });

  it('stands behind the last row where there may be more, and tells nothing new while something is to be taken back', () => {
    expect(step({ made: [made(2)] }, undefined, 1).position).toEqual(at(2, ['0x1', '0x2', '~', '~']));
    const both = step({ undone: [touched(3)], made: [made(4)] }, endOfBlock(3, '0xa3'), 1);
    expect(both.position).toEqual(at(3, ['0x1', '0x2', '', ''], false));
    expect(both.told.map(([, kind]) => kind)).toEqual(['RETRACTED', 'RETRACTED']);
  });

  it('stands nowhere where the branch is not known', () => {
    expect(step({ known: false }).position).toBeUndefined();
    expect(step({ place_hash: null, undone: [touched(2)] }, endOfBlock(2, '0xa2'))).toMatchObject({
      position: undefined,
      told: [{}, {}],
    });
  });

  describe('tells what is final', () => {
    const FINAL = { final_hash: '0xa5', final_seconds: '1000' };
    const finalOf = (row: Partial<FeedRow>, rows = 100) =>
      stepOf(feed({ ...FINAL, final_number: 5, ...row }), endOfBlock(1, '0xa1'), rows, unknown).final;
    const block = {
      ...{ blockNumber: 5, blockHash: 0xa5n, timestampSeconds: 1_000n },
      finality: 'ACCEPTED_ON_L1',
    };

    it('once everything up to it was told, be it the last block that was read', () => {
      expect(finalOf({ made: [made(2), made(7)] })).toEqual(block);
      expect(finalOf({ span_number: 5, span_hash: '0xa5', made: [made(5)] })).toEqual(block);
    });

    it('not before who catches up is there', () => {
      expect(finalOf({ span_number: 4, span_hash: '0xa4' })).toBeUndefined();
    });

    it('not while there may be more of its block, or of one before', () => {
      expect(finalOf({ made: [made(2), made(5)] }, 2)).toBeUndefined();
      expect(finalOf({ made: [made(2), made(4)] }, 2)).toBeUndefined();
      expect(finalOf({ made: [made(2), made(6)] }, 2)).toEqual(block);
    });

    it('not while something is to be taken back, or the branch is not known', () => {
      expect(finalOf({ undone: [touched(8)] }, 1)).toBeUndefined();
      expect(finalOf({ place_hash: null })).toBeUndefined();
      expect(finalOf({ known: false })).toBeUndefined();
    });

    it('and nothing where nothing is', () => {
      expect(stepOf(feed({}), endOfBlock(1, '0xa1'), 100, unknown).final).toBeUndefined();
    });
  });

  it('tells the decimals of the token of a policy, where they are known', () => {
    const row = made(2, {
      session: false,
      tokens: ['0x7', '0x8', '0x9'],
      decimals: { '0x7': 6, '0x8': null },
    });
    const told = step({ made: [row] }).changes.map((change) =>
      change.told.kind === 'POLICY' ? change.told.decimals : 'no policy',
    );
    expect(told).toEqual([6, null, null]);
  });

  it('says nothing of a state that could not be read', () => {
    const [change] = step({ made: [made(2, { unread: true, tokens: ['0x7'] })] }).changes;
    expect(change?.told).toEqual({ kind: 'SESSION', changes: [], after: undefined });
  });

  it('tells findings that the words of the block made, and none that time made', () => {
    const grant = made(3, { before: null, after: session({ list: [], listLength: '0', callsUsed: '0' }) });
    const findings = (row: MadeRow) =>
      stepOf(feed({ made: [row] }), endOfBlock(1, '0xa1'), 100, () => undefined).changes.flatMap(
        ({ told }) =>
          told.kind === 'FINDING' ? [[told.appeared.map(({ code }) => code), told.ended.length]] : [],
      );
    expect(findings(grant)).toEqual([[expect.arrayContaining(['NO_POLICY', 'EMPTY_LIST']), 0]]);
    expect(findings(made(4, { before: grant.after, after: { ...grant.after!, callsUsed: '1' } }))).toEqual(
      [],
    );
    const late = { timestamp_seconds: '900000' };
    expect(
      findings(made(4, { ...late, before: grant.after, after: { ...grant.after!, callsUsed: '1' } })),
    ).toEqual([]);
    const ended = findings(
      made(5, { before: grant.after, after: session({ validUntil: '0', lifecycle: 'REVOKED' }) }),
    );
    expect(ended).toEqual([[[], expect.any(Number)]]);
  });
});

describe('the id of an event', () => {
  const place: Place = ['0x1', '0x2', '', 'SESSION'];
  it('is the same again, and another one for another block of the height, place or network', () => {
    const ids = [
      idOf('0x1', '0xa', place),
      idOf('0x1', '0xb', place),
      idOf('0x2', '0xa', place),
      idOf('0x1', '0xa', ['0x1', '0x2', '', 'FINDING']),
    ];
    expect(new Set(ids).size).toBe(4);
    expect(idOf('0x1', '0xa', [...place])).toBe(ids[0]);
    expect(ids[0]).toMatch(/^chg_[0-9a-f]{32}$/);
  });
});
