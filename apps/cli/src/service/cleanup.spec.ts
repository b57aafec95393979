import { describe, expect, it } from '@jest/globals';
import { Cleanup } from './cleanup.ts';

describe('Cleanup', () => {
  it('closes in reverse order, once, and goes on after a failure', async () => {
    const closed: string[] = [];
    const failed: string[] = [];
    const cleanup = new Cleanup((name) => failed.push(name));
    cleanup.defer('database', () => closed.push('database'));
    cleanup.defer('node', () => Promise.reject(new Error('stuck')));
    cleanup.defer('server', async () => {
      await Promise.resolve();
      closed.push('server');
    });
    await Promise.all([cleanup.run(), cleanup.run()]);
    expect(closed).toEqual(['server', 'database']);
    expect(failed).toEqual(['node']);
  });
});
