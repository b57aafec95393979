import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { listenForStop } from './stop-on-signal.ts';

const listen = () => {
  const source = new EventEmitter();
  const exits: number[] = [];
  let nowMs = 0;
  let abandoned = 0;
  const stop = listenForStop({
    source,
    exit: (code) => exits.push(code),
    nowMs: () => nowMs,
    abandon: () => {
      abandoned += 1;
    },
  });
  const send = (signal: string, atMs: number): void => {
    nowMs = atMs;
    source.emit(signal, signal);
  };
  return { source, stop, send, exits, abandoned: () => abandoned };
};

describe('listenForStop', () => {
  it('lets the first signal end things in order', async () => {
    const { stop, send, exits, abandoned } = listen();
    send('SIGTERM', 0);
    expect(await stop.first).toBe('SIGTERM');
    expect([exits, abandoned()]).toEqual([[], 0]);
  });

  it('ends at once on the second', () => {
    const { send, exits, abandoned } = listen();
    send('SIGTERM', 0);
    send('SIGINT', 1_000);
    expect([exits, abandoned()]).toEqual([[130], 1]);
  });

  it('takes what npm passes on of one Ctrl-C for the same Ctrl-C', () => {
    const { send, exits } = listen();
    send('SIGINT', 0);
    send('SIGINT', 3);
    expect(exits).toEqual([]);
  });

  it('leaves no listener behind', () => {
    const { source, stop } = listen();
    stop.dispose();
    expect(source.eventNames()).toEqual([]);
  });
});
