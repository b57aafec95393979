import { createHistogram } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { type Client, createClient } from 'graphql-ws';
import WebSocket from 'ws';

/** Who listens, and who only opens a socket and then reads nothing of it. */
export interface Listen {
  readonly url: string;
  readonly key: string;
  readonly query: string;
  readonly readers: number;
  /** Of a socket: who asks may open only so many sockets. */
  readonly readersOfSocket: number;
  readonly idlers: number;
}

/** What the harness says: a block was committed, or that was the last one and so many events were made. */
export type Said = { readonly block: number; readonly atMs: number } | { readonly events: number };

export interface Heard {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly mostMs: number;
  readonly events: number;
  /** Events of the reader who got the fewest. */
  readonly least: number;
  /** Idlers whose socket was closed, or whose subscription was ended with a cursor. */
  readonly ended: number;
  readonly failed: string | undefined;
}

interface Next {
  readonly changed: { readonly asOf: { readonly blockNumber: number } };
}

class Listeners {
  readonly #times = createHistogram();
  readonly #committed = new Map<number, number>();
  /** When events came of blocks of which it is not known yet when they were committed. */
  readonly #early = new Map<number, number[]>();
  readonly #counts: number[] = [];
  readonly #idlers: WebSocket[] = [];
  #ended = 0;
  #failed: string | undefined;

  async open({ url, key, query, readers, readersOfSocket, idlers }: Listen): Promise<void> {
    const opened: Promise<void>[] = [];
    for (let from = 0; from < readers; from += readersOfSocket)
      opened.push(this.#read(url, key, query, from, Math.min(readers, from + readersOfSocket)));
    for (let at = 0; at < idlers; at += 1) opened.push(this.#idle(url, key, query));
    await Promise.all(opened);
  }

  committed(block: number, atMs: number): void {
    this.#committed.set(block, atMs);
    for (const came of this.#early.get(block) ?? []) this.#record(came - atMs);
    this.#early.delete(block);
  }

  /** Once every reader has so many events, or has not got them for long. */
  async heard(events: number): Promise<Heard> {
    for (let tries = 0; tries < 300 && Math.min(...this.#counts) < events; tries += 1) await delay(100);
    // They read on: what waits for them says how their subscription ended.
    for (const idler of this.#idlers) idler.resume();
    await delay(2_000);
    const milliseconds = (microseconds: number): number => microseconds / 1_000;
    return {
      p50Ms: milliseconds(this.#times.percentile(50)),
      p99Ms: milliseconds(this.#times.percentile(99)),
      mostMs: milliseconds(this.#times.max),
      events: this.#times.count,
      least: Math.min(...this.#counts),
      ended: this.#ended,
      failed: this.#failed,
    };
  }

  #record(ms: number): void {
    this.#times.record(Math.max(1, Math.round(ms * 1_000)));
  }

  #hear(reader: number, block: number): void {
    const nowMs = Date.now();
    this.#counts[reader] = (this.#counts[reader] ?? 0) + 1;
    const atMs = this.#committed.get(block);
    if (atMs !== undefined) this.#record(nowMs - atMs);
    else this.#early.set(block, [...(this.#early.get(block) ?? []), nowMs]);
  }

  #read(url: string, key: string, query: string, from: number, to: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const client = createClient({
        ...{ url, webSocketImpl: WebSocket, lazy: false, retryAttempts: 0 },
        connectionParams: { authorization: `Bearer ${key}` },
        on: { connected: () => resolve() },
        onNonLazyError: reject,
      });
      for (let reader = from; reader < to; reader += 1) this.#subscribe(client, query, reader);
    });
  }

  #subscribe(client: Client, query: string, reader: number): void {
    this.#counts[reader] = 0;
    client.subscribe<Next>(
      { query },
      {
        next: ({ data, errors }) => {
          if (errors) this.#failed = JSON.stringify(errors);
          if (data) this.#hear(reader, data.changed.asOf.blockNumber);
        },
        error: (error) => (this.#failed = JSON.stringify(error)),
        complete: () => undefined,
      },
    );
  }

  #idle(url: string, key: string, query: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(url, 'graphql-transport-ws');
      const say = (message: object): void => socket.send(JSON.stringify(message));
      let hasEnded = false;
      const end = (): void => {
        if (!hasEnded) this.#ended += 1;
        hasEnded = true;
      };
      socket.once('open', () =>
        say({ type: 'connection_init', payload: { authorization: `Bearer ${key}` } }),
      );
      socket.once('message', () => {
        say({ id: '1', type: 'subscribe', payload: { query } });
        socket.pause();
        this.#idlers.push(socket);
        socket.on('message', (data: Buffer) => {
          if (data.includes('SUBSCRIBER_TOO_SLOW') && data.includes('resumeAfter')) end();
        });
        resolve();
      });
      socket.on('close', end);
      socket.on('error', reject);
    });
  }
}

const listeners = new Listeners();
const job = JSON.parse(process.argv[2] ?? '{}') as Listen;

process.on('message', (said: Said) => {
  if ('block' in said) listeners.committed(said.block, said.atMs);
  else void listeners.heard(said.events).then((heard) => process.send?.({ heard }));
});

await listeners.open(job);
process.send?.({ listening: true });
