import { describe, expect, it } from '@jest/globals';
import { findTimeZone } from './time-zone-name.ts';

describe('the name of a time zone', () => {
  it.each([
    ['UTC', 'UTC'],
    ['Europe/Berlin', 'Europe/Berlin'],
    ['europe/zurich', 'Europe/Zurich'],
    ['America/Argentina/Buenos_Aires', 'America/Buenos_Aires'],
  ])('is found for %s: %s', (name, found) => {
    expect(findTimeZone(name)).toBe(found);
  });

  it.each([
    '',
    'CET',
    'EST',
    '+02:00',
    'Mars/Olympus',
    'Europe',
    'Europe/',
    ' UTC',
    'UTC\u0000',
    'Europe/Berlin;',
  ])('is none: %j', (name) => {
    expect(findTimeZone(name)).toBeUndefined();
  });
});
