import postgres from 'postgres';
import { DatabaseError, toDatabaseError } from './database.error.ts';

export interface WriterLockOptions {
  readonly url: string;
  /** One writer for each network of a database. */
  readonly networkId: number;
  /** Stops waiting. */
  readonly signal?: AbortSignal;
  /** Called once when somebody else holds the lock and we begin to wait. */
  readonly onWait?: () => void;
  /** Pause between two tries, and between two looks at a lock that we hold. Default 1000. */
  readonly intervalMs?: number;
}

export interface WriterLock {
  /** Aborted when the lock is gone, with WRITER_LOCK_LOST as its reason: stop writing, then acquire again. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

// "PURS" in ASCII: our corner of the advisory locks of the database.
const LOCK_CLASS = 0x5055_5253;

/**
 * Waits until this process is the only writer of the network. The lock lives as long as its own connection: when the
 * holder dies the server drops it at once, and with a dead machine after the keep-alive of 8 seconds.
 * Writes are guarded by the compare-and-set of the cursor all the same: the lock saves work, not correctness.
 * @throws the reason of the signal when aborted; DatabaseError when the server cannot be reached.
 */
export const acquireWriterLock = async (options: WriterLockOptions): Promise<WriterLock> => {
  const interval = options.intervalMs ?? 1000;
  const sql = connect(options.url);
  try {
    await waitForLock(sql, options, interval);
    return hold(sql, options.networkId, interval);
  } catch (error) {
    await sql.end({ timeout: 1 });
    throw toDatabaseError(error);
  }
};

const connect = (url: string): postgres.Sql =>
  postgres(url, {
    max: 1,
    onnotice: () => undefined,
    connect_timeout: 10,
    keep_alive: 5,
    max_lifetime: null,
    connection: { application_name: 'purser-writer-lock', ...KEEP_ALIVE },
  });

// On the side of the server, so that the lock of a machine that vanished is free after 8 seconds.
const KEEP_ALIVE = { tcp_keepalives_idle: 5, tcp_keepalives_interval: 1, tcp_keepalives_count: 3 };

const waitForLock = async (
  sql: postgres.Sql,
  options: WriterLockOptions,
  interval: number,
): Promise<void> => {
  let told = false;
  for (;;) {
    options.signal?.throwIfAborted();
    const [row] = await sql<{ locked: boolean }[]>`
      select pg_try_advisory_lock(${LOCK_CLASS}::integer, ${options.networkId}::integer) as locked`;
    if (row?.locked === true) return;
    if (!told) options.onWait?.();
    told = true;
    await pause(interval, options.signal);
  }
};

const hold = (sql: postgres.Sql, networkId: number, interval: number): WriterLock => {
  const lost = new AbortController();
  const lose = (cause?: unknown): void => {
    clearInterval(heartbeat);
    lost.abort(new DatabaseError('WRITER_LOCK_LOST', 'the writer lock is gone', { cause }));
  };
  let unanswered = 0;
  // The driver reconnects by itself, and a new connection holds nothing: so ask for the lock, not for an answer.
  const heartbeat = setInterval(() => {
    unanswered += 1;
    if (unanswered > 3) lose();
    isHeld(sql, networkId).then((held) => {
      unanswered = 0;
      if (!held) lose();
    }, lose);
  }, interval);
  heartbeat.unref();
  return {
    lost: lost.signal,
    release: async () => {
      clearInterval(heartbeat);
      await sql.end({ timeout: 2 });
    },
  };
};

const isHeld = async (sql: postgres.Sql, networkId: number): Promise<boolean> => {
  const rows = await sql`
    select 1 from pg_locks
    where locktype = 'advisory' and pid = pg_backend_pid() and granted
      and classid = ${LOCK_CLASS}::bigint::oid and objid = ${networkId}::bigint::oid
      and database = (select oid from pg_database where datname = current_database())`;
  return rows.length > 0;
};

const pause = (milliseconds: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener('abort', done, { once: true });
  });
