import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { startReceiver } from './receiver.ts';

it('keeps what is posted whole, and goes on when a sender breaks off', async () => {
  const receiver = await startReceiver();
  try {
    const socket = connect(Number(new URL(receiver.url).port), '127.0.0.1');
    socket.write('POST /alerts HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"');
    await delay(50);
    socket.resetAndDestroy();
    await once(socket, 'close');
    await delay(50);
    expect((await fetch(receiver.url, { method: 'POST', body: 'whole' })).status).toBe(204);
    expect(receiver.received.map(({ body }) => body)).toEqual(['whole']);
  } finally {
    await receiver.close();
  }
});
