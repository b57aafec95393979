import { describe, expect, it } from '@jest/globals';
import { parseAddress, parseFelt } from '#libs/felt';
import { correctionPayload, FACTS_CORRECTED, withCorrections } from './corrections.ts';
import type { NewFact } from './fact.ts';
import type { StoredFact } from './projection.ts';

const ACCOUNT = `0x${'a'.padStart(64, '0')}`;

const fact = (kind: string, eventIndex: number, more: Partial<StoredFact> = {}): StoredFact => ({
  account: ACCOUNT,
  blockNumber: 7,
  blockHash: '0x7',
  transactionIndex: 0,
  eventIndex,
  transactionHash: '0x1',
  kind,
  sessionKey: null,
  token: null,
  payload: {},
  ...more,
});
const used = (eventIndex: number): NewFact => ({
  account: parseAddress(ACCOUNT),
  blockNumber: 7,
  blockHash: parseFelt('0x7'),
  transactionIndex: 1,
  eventIndex,
  transactionHash: parseFelt('0x2'),
  kind: 'Used',
  sessionKey: undefined,
  token: undefined,
  payload: { at: String(eventIndex) },
});
const correction = (eventIndex: number, ...facts: NewFact[]): StoredFact =>
  fact(FACTS_CORRECTED, eventIndex, {
    transactionIndex: 2_147_483_647,
    transactionHash: null,
    payload: correctionPayload({ replaces: ['Used', 'Unknown'], facts }),
  });
const kindsAndPlaces = (facts: readonly StoredFact[]) =>
  facts.map(({ kind, transactionIndex, eventIndex }) => [kind, transactionIndex, eventIndex]);

describe('corrections of facts', () => {
  it('leave a block without one as it is', () => {
    const facts = [fact('Used', 1), fact('Other', 2)];
    expect(withCorrections(facts)).toBe(facts);
  });

  it('stand in place of the kinds they replace, at their own place, and keep the rest', () => {
    const facts = [fact('Used', 1), fact('Other', 2), fact('Unknown', 3), correction(9, used(5), used(6))];
    const counted = withCorrections(facts);
    expect(kindsAndPlaces(counted)).toEqual([
      ['Other', 0, 2],
      ['Used', 1, 5],
      ['Used', 1, 6],
      [FACTS_CORRECTED, 2_147_483_647, 9],
    ]);
    expect(counted[1]).toMatchObject({
      account: ACCOUNT,
      blockNumber: 7,
      blockHash: '0x7',
      payload: { at: '5' },
    });
  });

  it('count by the last one', () => {
    const counted = withCorrections([fact('Used', 1), correction(9, used(5)), correction(10, used(6))]);
    expect(kindsAndPlaces(counted).filter(([kind]) => kind === 'Used')).toEqual([['Used', 1, 6]]);
  });

  it.each([
    ['no list of kinds', { replaces: 'Used', facts: [] }],
    ['no list of facts', { replaces: ['Used'], facts: null }],
    ['a fact without a place', { replaces: ['Used'], facts: [{ kind: 'Used', payload: {} }] }],
    ['a kind that is no text', { replaces: [1], facts: [] }],
  ])('are refused with %s', (_name, payload) => {
    const spoiled = fact(FACTS_CORRECTED, 9, { payload });
    expect(() => withCorrections([spoiled])).toThrow(expect.objectContaining({ code: 'FACT_MALFORMED' }));
  });
});
