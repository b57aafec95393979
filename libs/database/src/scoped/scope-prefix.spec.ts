import { describe, expect, it } from '@jest/globals';
import { databaseErrorCode } from '../database.error.ts';
import { NO_ORGANISATION, type RequestScope } from './request-scope.ts';
import { openingOf, settingsOf } from './scope-prefix.ts';

const codeOf = (work: () => unknown): string | undefined => {
  try {
    work();
    return 'no error';
  } catch (error) {
    return databaseErrorCode(error);
  }
};

describe('the beginning of a scoped transaction', () => {
  const limits = { timeoutMs: 5000, nowMs: 1000 };

  it('sets everything until the transaction ends, and no longer', () => {
    const opening = openingOf('begin read only', settingsOf({ organisationId: 7 }, limits));
    expect(opening).toBe(
      "begin read only; set local purser.organisation = E'7'; set local purser.scope = E''; " +
        "set local statement_timeout = E'5000'",
    );
  });

  it('names no organisation where there is none', () => {
    expect(settingsOf(NO_ORGANISATION, limits)['purser.organisation']).toBe('');
  });

  it('says which accounts a limited scope lets through, also when there are none', () => {
    const only = { accounts: ['1/0xa', '1/0xb'], labels: [] };
    expect(settingsOf({ organisationId: 7, only }, limits)).toMatchObject({
      'purser.scope': 'LIMITED',
      'purser.scope_accounts': '{"1/0xa","1/0xb"}',
      'purser.scope_labels': '{}',
    });
  });

  it('ends a statement with the request, and never sets 0, which is no limit at all', () => {
    const timeout = (deadlineAtMs: number) =>
      settingsOf({ organisationId: 7, deadlineAtMs }, limits).statement_timeout;
    expect([timeout(9000), timeout(1300), timeout(1000.2)]).toEqual(['5000', '300', '1']);
    expect(codeOf(() => timeout(1000))).toBe('STATEMENT_TIMEOUT');
    expect(settingsOf({ organisationId: 7 }, { nowMs: 0 }).statement_timeout).toBe('0');
  });

  it('refuses what is no organisation, and texts that would end early', () => {
    const ids = [0, -1, 1.5, Number.NaN, 2 ** 31, "1', true); select set_config('purser.organisation', '2"];
    for (const organisationId of ids) {
      const scope = { organisationId } as RequestScope;
      expect(codeOf(() => settingsOf(scope, limits))).toBe('SCOPE_MALFORMED');
    }
    const only = { accounts: [], labels: ['a\0b'] };
    expect(codeOf(() => openingOf('begin', settingsOf({ organisationId: 1, only }, limits)))).toBe(
      'SCOPE_MALFORMED',
    );
  });
});
