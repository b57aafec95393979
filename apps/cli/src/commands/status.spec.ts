import { describe, expect, it } from '@jest/globals';
import { stateText } from './status.command.ts';

const NOTHING = { stopped: null, lastError: null, progress: null, accounts: null, stalledSeconds: null };

describe('the state that purser status shows', () => {
  it('is not catching up where the head is not known', () => {
    expect(stateText({ ...NOTHING, state: 'UNKNOWN' })).toBe('head not known');
  });

  it('is the time left while there is one', () => {
    const progress = { done: 1, total: 9, ratePerSecond: null, secondsLeft: 61 };
    expect(stateText({ ...NOTHING, state: 'CATCHING_UP' })).toBe('catching up');
    expect(stateText({ ...NOTHING, state: 'CATCHING_UP', progress })).toBe('catching up, 1 min 1 s left');
  });

  it('is what stopped it, also where another process says so', () => {
    const stopped = 'FINALITY_VIOLATION';
    expect(stateText({ ...NOTHING, state: 'STOPPED', stopped })).toBe('stopped: FINALITY_VIOLATION');
    const lastError = 'FINALITY_VIOLATION: block 3 changed';
    expect(stateText({ ...NOTHING, state: 'STOPPED', stopped, lastError, stalledSeconds: 90 })).toBe(
      'stopped for 1 min 30 s: FINALITY_VIOLATION: block 3 changed',
    );
  });

  it('is what fails, for how long only where that is known', () => {
    const lastError = 'RPC_UNAVAILABLE: away';
    expect(stateText({ ...NOTHING, state: 'FAILING', lastError })).toBe('failing: RPC_UNAVAILABLE: away');
    expect(stateText({ ...NOTHING, state: 'FAILING', lastError, stalledSeconds: 0 })).toBe(
      'failing for 0 s: RPC_UNAVAILABLE: away',
    );
  });
});
