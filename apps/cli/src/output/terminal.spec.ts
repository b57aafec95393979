import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it } from '@jest/globals';

it('does not end a command because nobody reads its output any more', async () => {
  const script = `
    const { processTerminal } = await import(${JSON.stringify(join(import.meta.dirname, 'terminal.ts'))});
    const terminal = processTerminal();
    for (let line = 0; line < 20; line += 1) {
      terminal.out('x'.repeat(100_000));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    terminal.err('whole');`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script]);
  child.stdout.destroy();
  const [said] = await Promise.all([text(child.stderr), once(child, 'close')]);
  expect([said, child.exitCode]).toEqual(['whole\n', 0]);
});
