import { describe, expect, it } from '@jest/globals';
import { createLogger } from './create-logger.ts';

describe('the log', () => {
  it('is JSON without secrets and without URLs, which carry keys', () => {
    const lines: string[] = [];
    const logger = createLogger('info', { write: (line: string) => void lines.push(line) });
    logger.info({ provider: { url: 'https://node.example/key' }, auth: { secret: 's3cret' } }, 'hello');
    logger.debug('not this one');
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toMatch(/s3cret|node\.example/);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'info',
      msg: 'hello',
      auth: { secret: '[redacted]' },
    });
  });
});
