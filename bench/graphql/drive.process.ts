import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'undici';

/** What is to be asked, over and over, by so many connections. */
export interface Drive {
  readonly url: string;
  /** In turns: the same where one asks all of it. */
  readonly headers: readonly Readonly<Record<string, string>>[];
  readonly bodies: readonly string[];
  readonly connections: number;
  readonly seconds: number;
  /**
   * Questions a second, asked at even distances whether the earlier ones are answered or not; how long one takes counts from when it
   * was due. Left out: each connection asks again as soon as it is answered.
   */
  readonly rate?: number;
}

export interface Driven {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly mostMs: number;
  readonly answered: number;
  readonly failed: number;
}

const NANOSECONDS = 1e6;
/** Node's timers have no finer grain. */
const TICK_MS = 1;

class Drivers {
  readonly #job: Drive;
  readonly #clients: readonly Client[];
  readonly #path: string;
  readonly #times: RecordableHistogram = createHistogram();
  #asked = 0;
  #failed = 0;

  constructor(job: Drive) {
    this.#job = job;
    const { origin, pathname } = new URL(job.url);
    this.#path = pathname;
    this.#clients = Array.from({ length: job.connections }, () => new Client(origin, { pipelining: 1 }));
  }

  /** Opening a connection is none of what is measured: each answers once before. */
  async open(): Promise<void> {
    await Promise.all(this.#clients.map((client) => this.#ask(client)));
    this.#asked = 0;
    this.#failed = 0;
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
  }

  /** As many as are answered. */
  async race(): Promise<Driven> {
    const beganMs = performance.now();
    const untilMs = beganMs + this.#job.seconds * 1_000;
    const keepAsking = async (client: Client): Promise<void> => {
      for (let nowMs = performance.now(); nowMs < untilMs; nowMs = performance.now()) {
        await this.#timed(client, nowMs);
      }
    };
    await Promise.all(this.#clients.map(keepAsking));
    return this.#driven(beganMs);
  }

  /** So many a second; who finds no connection free waits for one, and his time runs. */
  async pace(rate: number): Promise<Driven> {
    const beganMs = performance.now();
    const total = Math.floor(rate * this.#job.seconds);
    const dueMs = (place: number): number => beganMs + (place * 1_000) / rate;
    const waiting: number[] = [];
    const free = [...this.#clients];
    const underWay = new Set<Promise<void>>();
    const send = (client: Client, atMs: number): void => {
      const asking = this.#timed(client, atMs).then(() => {
        underWay.delete(asking);
        const next = waiting.shift();
        if (next === undefined) free.push(client);
        else send(client, next);
      });
      underWay.add(asking);
    };
    let place = 0;
    while (place < total) {
      for (; place < total && dueMs(place) <= performance.now(); place += 1) {
        const client = free.pop();
        if (client === undefined) waiting.push(dueMs(place));
        else send(client, dueMs(place));
      }
      await delay(TICK_MS);
    }
    while (underWay.size > 0) await Promise.all(underWay);
    return this.#driven(beganMs);
  }

  async #timed(client: Client, sinceMs: number): Promise<void> {
    await this.#ask(client);
    this.#times.record(Math.max(1, Math.round((performance.now() - sinceMs) * NANOSECONDS)));
  }

  async #ask(client: Client): Promise<void> {
    const { bodies, headers } = this.#job;
    const body = bodies[this.#asked % bodies.length]!;
    const who = headers[this.#asked % headers.length];
    this.#asked += 1;
    try {
      const answer = await client.request({
        ...{ path: this.#path, method: 'POST', body },
        headers: { 'content-type': 'application/json', ...who },
      });
      const text = await answer.body.text();
      if (answer.statusCode !== 200 || text.includes('"errors":')) this.#failed += 1;
    } catch {
      this.#failed += 1;
    }
  }

  #driven(beganMs: number): Driven {
    const seconds = (performance.now() - beganMs) / 1_000;
    const answered = this.#times.count;
    const milliseconds = (nanoseconds: number): number => nanoseconds / NANOSECONDS;
    return {
      requestsPerSecond: answered / seconds,
      p50Ms: milliseconds(this.#times.percentile(50)),
      p99Ms: milliseconds(this.#times.percentile(99)),
      mostMs: milliseconds(this.#times.max),
      ...{ answered, failed: this.#failed },
    };
  }
}

const drive = async (job: Drive): Promise<Driven> => {
  const drivers = new Drivers(job);
  try {
    await drivers.open();
    return await (job.rate === undefined ? drivers.race() : drivers.pace(job.rate));
  } finally {
    await drivers.close();
  }
};

process.on('message', (job: Drive) => {
  void drive(job).then(
    (driven) => process.send?.({ driven }),
    (error: unknown) => process.send?.({ failed: String(error) }),
  );
});
