import { describe, expect, it } from '@jest/globals';
import { type Right, ROLES } from '#libs/api';
import { COMMON_RIGHTS, rightsOf } from './roles.ts';

const COLUMNS = ['ADMIN', 'FINANCE', 'APPROVER', 'AUDITOR', 'INTEGRATOR'] as const;
const TABLE: Readonly<Record<Right, string>> = {
  READ_STATE: 'x x x x x',
  READ_SPENDING: 'x x x x -',
  READ_REVIEWS: 'x x - x -',
  REVIEW: 'x x - - -',
  EXPORT: 'x x - x -',
  LABEL: 'x x - - -',
  FOLLOW: 'x - - - -',
  READ_OPERATIONS: 'x - - x -',
  READ_PEOPLE: 'x - - x -',
  READ_AUDIT: 'x - - x -',
  MANAGE_KEYS: 'x - - - -',
  MANAGE_PEOPLE: 'x - - - -',
  MANAGE_ORGANISATION: 'x - - - -',
  SUBSCRIBE: 'x x x x x',
};

describe('what a role may do', () => {
  it.each(Object.entries(TABLE))('%s: %s', (right, row) => {
    const marks = COLUMNS.map((role) => (rightsOf(role, 'SHARED', false).has(right as Right) ? 'x' : '-'));
    expect(marks.join(' ')).toBe(row);
  });

  it('is no more in a personal organisation', () => {
    const missing = [...rightsOf('ADMIN', 'SHARED', false)].filter(
      (right) => !rightsOf('ADMIN', 'PERSONAL', false).has(right),
    );
    expect(missing.sort()).toEqual(['FOLLOW', 'MANAGE_PEOPLE', 'READ_OPERATIONS']);
  });

  it('is nothing of the organisation as a whole for who sees a part of it', () => {
    for (const role of ROLES) {
      expect(
        [...rightsOf(role, 'SHARED', true)].filter((right) =>
          /^MANAGE_|FOLLOW|LABEL|AUDIT|PEOPLE/.test(right),
        ),
      ).toEqual([]);
    }
    expect(rightsOf('ADMIN', 'SHARED', true).has('READ_SPENDING')).toBe(true);
  });

  it('contains what is common to all', () => {
    expect([...COMMON_RIGHTS].sort()).toEqual(['READ_STATE', 'SUBSCRIBE']);
    for (const role of ROLES)
      for (const isLimited of [true, false])
        expect([...COMMON_RIGHTS].every((right) => rightsOf(role, 'PERSONAL', isLimited).has(right))).toBe(
          true,
        );
  });
});
