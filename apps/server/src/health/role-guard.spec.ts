import { describe, expect, it } from '@jest/globals';
import { RoleGuard } from './role-guard.ts';

const unsafe = Object.assign(new Error('it owns follows'), { code: 'API_ROLE_UNSAFE' });

describe('the guard of the role', () => {
  it('looks again after a minute and not before', async () => {
    let nowMs = 0;
    let looks = 0;
    let isUnsafe = false;
    const look = (): Promise<void> => {
      looks += 1;
      return isUnsafe ? Promise.reject(unsafe) : Promise.resolve();
    };
    const guard = new RoleGuard(look, () => nowMs);
    expect(await guard.isUnsafe()).toBe(false);
    isUnsafe = true;
    nowMs = 59_999;
    expect(await guard.isUnsafe()).toBe(false);
    nowMs = 60_000;
    expect(await guard.isUnsafe()).toBe(true);
    expect(looks).toBe(2);
  });

  it('leaves it to the probe of the database to say that it does not answer', async () => {
    expect(await new RoleGuard(() => Promise.reject(new Error('gone'))).isUnsafe()).toBe(false);
  });
});
