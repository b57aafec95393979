import type { CompiledQuery } from 'kysely';
import type { Db } from '#libs/database';
import type { FaultPlan } from '../run/fault-plan.ts';
import { type Lifetime, never } from '../run/lifetime.ts';
import type { VirtualClock } from '../run/virtual-clock.ts';
import type { Outage } from './outage.ts';
import { connectionClosed, type Interposer, interpose, type SimConnection, type Step } from './sim-driver.ts';

/** Of the database, in ten thousand statements, commits and commit points. */
export interface DatabaseRates {
  readonly statement: number;
  readonly commit: number;
  readonly kill: number;
}

const STATEMENT_FAULTS = [
  'database: connection cut',
  'database: back end terminated',
  'database: deadlock',
  'database: serialization failure',
  'database: statement timeout',
] as const;

const WRITE_FAULTS = ['database: disk full', 'database: a replica by now'] as const;

const COMMIT_FAULTS = [
  'commit answer lost, committed',
  'commit answer lost, not committed',
  'commit refused by a deferred check',
  'commit refused, disk full',
] as const;

const DISK_FULL = '53100';
const SQLSTATE: Readonly<Record<string, string>> = {
  'database: deadlock': '40P01',
  'database: serialization failure': '40001',
  'database: statement timeout': '57014',
  'database: disk full': DISK_FULL,
  'database: a replica by now': '25006',
};
const LONGEST_FULL_MS = 6_000;

/** A bug put into what the process sends. */
export interface StatementBug {
  /** Nothing: the statement is forgotten. */
  rewrite(query: CompiledQuery, connection: SimConnection): CompiledQuery | undefined;
  /** Sent behind the commit, each by itself. */
  afterCommit?(connection: SimConnection): readonly CompiledQuery[];
}

export interface FaultyDatabaseOptions {
  readonly db: Db;
  readonly clock: VirtualClock;
  readonly plan: FaultPlan;
  readonly rates: DatabaseRates;
  readonly lifetime: Lifetime;
  readonly bug?: StatementBug | undefined;
  /** Takes a lost commit for a good one, and is told of it. */
  readonly trustsLostCommit?: (() => void) | undefined;
  /** The time of the database server. */
  readonly serverNowMs: () => number;
  /** What all processes have in common: the disk, and the server itself. */
  readonly outage: Outage;
  /** Ends a server process, as an operator or a fail-over does. */
  readonly terminate: (backendPid: number) => Promise<void>;
}

/** The database of one process, with faults by the plan and an end at the commit point that the plan names. */
export const createFaultyDatabase = (options: FaultyDatabaseOptions): Db => {
  const { clock, lifetime } = options;
  const lent = new Set<SimConnection>();
  const takeBack = (connection: SimConnection): void => {
    // The server undoes the open transactions of a client that is gone.
    void clock.track(connection.cut().catch(() => undefined)).then(() => connection.release());
  };
  lifetime.atDeath(() => lent.forEach(takeBack));
  lifetime.atFailOver(() => Promise.all([...lent].map((connection) => connection.drain())));
  const interposer: Interposer = {
    before: async (step) => {
      await options.outage.over();
      if (lifetime.isDead) await never();
      await killAt(options, `before ${step.name}`, step);
      await failBefore(options, step);
    },
    after: async (step) => {
      if (lifetime.isDead) await never();
      if (step.kind === 'COMMIT') await loseAnswer(options, step);
      await killAt(options, `after ${step.name}`, step);
      if (step.kind !== 'COMMIT') return;
      for (const query of options.bug?.afterCommit?.(step.connection) ?? []) {
        await interposer.run(() => step.connection.inner.executeQuery(query));
      }
    },
    rewrite: (query, connection) => {
      const sent = atServerTime(query, options.serverNowMs());
      return options.bug ? options.bug.rewrite(sent, connection) : sent;
    },
    lent: (connection) => {
      if (lifetime.isDead) takeBack(connection);
      else lent.add(connection);
    },
    returned: (connection) => void lent.delete(connection),
    run: async (work) => {
      if (lifetime.isDead) return never();
      const settled = await clock.inTurn(work()).then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      );
      await lifetime.clock.sleep(1);
      if ('error' in settled) throw settled.error;
      return settled.value;
    },
  };
  return interpose(options.db, interposer);
};

/** What is due is told by the clock of the server: here by ours, so that a wait is as long as it says. */
const atServerTime = (query: CompiledQuery, nowMs: number): CompiledQuery =>
  query.sql.includes('next_try_at') && query.sql.includes('now()')
    ? { ...query, sql: query.sql.replaceAll('now()', `to_timestamp(${nowMs / 1000})`) }
    : query;

/** Named by the step: begin, each write, commit. */
const killAt = async ({ plan, rates, lifetime }: FaultyDatabaseOptions, point: string, step: Step) => {
  const isPoint = step.kind !== 'STATEMENT' || (step.isWrite && point.startsWith('after'));
  if (!isPoint || !plan.roll(rateFor(rates.kill, step), ['kill'])) return;
  plan.note(whileFilling(`killed ${point}`, step), lifetime.name);
  lifetime.kill();
  await never();
};

/** Faults in the transactions that fill a history are counted by themselves. */
const whileFilling = (kind: string, { connection }: Step): string =>
  connection.fillsHistory ? `${HISTORY}${kind}` : kind;

const HISTORY = 'history: ';
/** A history has few transactions, and each of its parts many writes: faults come more often there. */
const HISTORY_TIMES = 4;

const rateFor = (rate: number, { connection }: Step): number =>
  connection.fillsHistory ? rate * HISTORY_TIMES : rate;

const failBefore = async (options: FaultyDatabaseOptions, step: Step): Promise<void> => {
  const { plan, lifetime, clock } = options;
  const { connection } = step;
  if (step.kind === 'COMMIT') return failCommit(options, step);
  const kind = statementFault(options, step);
  if (kind === undefined) return;
  plan.note(whileFilling(kind, step), `${lifetime.name} ${step.name}`);
  if (kind === 'database: connection cut') {
    await clock.track(connection.cut());
    throw connectionClosed();
  }
  if (kind === 'database: back end terminated') {
    const { rows } = await clock.track(connection.sendRaw('select pg_backend_pid() as pid'));
    await clock.track(options.terminate((rows[0] as { pid: number }).pid));
    return;
  }
  await clock.track(connection.sendRaw(raise(SQLSTATE[kind]!)));
};

/** A disk that is full stays so for a while, for everybody. */
const statementFault = ({ plan, rates, outage, clock }: FaultyDatabaseOptions, step: Step) => {
  const { isWrite } = step;
  if (isWrite && plan.isOn && outage.isDiskFull(clock.nowMs())) return 'database: disk full';
  const kind = plan.roll(
    rateFor(rates.statement, step),
    isWrite ? [...STATEMENT_FAULTS, ...WRITE_FAULTS] : STATEMENT_FAULTS,
  );
  if (kind === 'database: disk full') outage.fillDisk(clock.nowMs() + plan.random.below(LONGEST_FULL_MS));
  return kind;
};

const raise = (state: string): string =>
  `do $$ begin raise exception 'injected' using errcode = '${state}'; end $$`;

const failCommit = async (options: FaultyDatabaseOptions, step: Step): Promise<void> => {
  const { connection } = step;
  const { plan, rates, lifetime, clock } = options;
  const kind = plan.roll(rateFor(rates.commit, step), COMMIT_FAULTS);
  if (kind === undefined) return;
  plan.note(whileFilling(kind, step), lifetime.name);
  if (kind === 'commit answer lost, not committed') {
    if (options.trustsLostCommit) {
      options.trustsLostCommit();
      await clock.track(connection.inner.rollback());
      return;
    }
    await clock.track(connection.cut());
    throw connectionClosed();
  }
  if (kind === 'commit answer lost, committed') {
    lost.add(connection);
    return;
  }
  // The transaction is undone, and the server says so.
  const state = kind === 'commit refused, disk full' ? DISK_FULL : '40001';
  await clock.track(connection.sendRaw(raise(state)));
};

const lost = new WeakSet<SimConnection>();

const loseAnswer = async ({ clock }: FaultyDatabaseOptions, { connection }: Step): Promise<void> => {
  if (!lost.delete(connection)) return;
  await clock.track(connection.cut());
  throw connectionClosed();
};
