import { askIndex, type Clock } from '#libs/api';
import type { ScopedDb } from '#libs/database';
import { appendAudit } from '../audit/append-audit.ts';
import { MinuteLimit } from '../limits/minute-limit.ts';
import { entriesOfRefusal } from './concerned.ts';
import { CountedWindows } from './counted-windows.ts';
import { nameOfRefusal, type Refusal } from './refusal.ts';

export interface RefusalsPorts {
  readonly db: ScopedDb;
  readonly clock: Clock;
  /** Told what kept a refusal from the log. */
  readonly onError: (error: unknown) => void;
  /** Told how many refusals were too many to be looked at, or to be noted. */
  readonly onMissed: (count: number) => void;
}

/** Empty: of the first, which is noted by itself. */
type Counted =
  | Readonly<Record<string, never>>
  | { readonly further: number; readonly since: string; readonly until: string };

const WINDOW_MS = 3_600_000;
/** Of each kind: each is a question to the database. Who varies what he sends keeps nothing of another kind from being noted. */
const LOOKED_AT_A_MINUTE = 100;
/** A log that grows with each try could be filled by whoever tries. */
const ENTRIES_OF_ORGANISATION_A_MINUTE = 10;

/**
 * Notes in the audit logs of those whom it concerns that a credential was refused: a sign-in with an account, a token, a key. The first
 * of a kind at once; what comes within the hour after it is counted, and noted as one entry when the hour is over. In memory, of this process.
 */
export class Refusals {
  readonly #ports: RefusalsPorts;
  readonly #windows: Readonly<Record<Refusal['kind'], CountedWindows<Refusal>>>;
  readonly #limit: MinuteLimit;
  #missed = 0;
  #noting: Promise<void> = Promise.resolve();

  constructor(ports: RefusalsPorts) {
    this.#ports = ports;
    const nowMs = () => ports.clock.nowMilliseconds();
    const windows = () =>
      new CountedWindows<Refusal>({ nowMs, windowMs: WINDOW_MS, mostNewAMinute: LOOKED_AT_A_MINUTE });
    this.#windows = { ACCOUNT: windows(), TOKEN: windows(), KEY: windows() };
    this.#limit = new MinuteLimit({ nowMs, most: ENTRIES_OF_ORGANISATION_A_MINUTE });
  }

  /** Returns at once. */
  note(refusal: Refusal): void {
    const taken = this.#windows[refusal.kind].take(nameOfRefusal(refusal), refusal);
    if (taken === 'MISSED') this.#missed += 1;
    if (taken === 'FIRST') this.#queue(refusal, {}, 1);
  }

  /** Notes what was counted in windows that are over, or in all. Resolves when all of it is noted. */
  async flush({ all = false }: { readonly all?: boolean } = {}): Promise<void> {
    const ended = Object.values(this.#windows).flatMap((windows) => windows.end(all));
    for (const { about, further, sinceMs, untilMs } of ended) {
      const times = { since: new Date(sinceMs).toISOString(), until: new Date(untilMs).toISOString() };
      this.#queue(about, { further, ...times }, further);
    }
    await this.#noting;
    const missed = this.#missed;
    this.#missed = 0;
    if (missed > 0) this.#ports.onMissed(missed);
  }

  #queue(refusal: Refusal, counted: Counted, count: number): void {
    this.#noting = this.#noting
      .then(() => this.#write(refusal, counted, count))
      .catch((error: unknown) => this.#ports.onError(error));
  }

  async #write(refusal: Refusal, counted: Counted, count: number): Promise<void> {
    const { db } = this.#ports;
    // What was counted came by several requests.
    const requestId = 'further' in counted ? undefined : refusal.requestId;
    // Not the member: whoever it was did not show that he is.
    const actor = {
      kind: 'SYSTEM',
      id: 'sign-in',
      name: 'sign-in',
      ...(requestId && { requestId }),
    } as const;
    for (const { organisationId, entry } of await entriesOfRefusal(db, refusal, counted)) {
      if (this.#limit.take(String(organisationId)) > 0) this.#missed += count;
      else await askIndex(() => db.transact({ organisationId }, (trx) => appendAudit(trx, actor, entry)));
    }
  }
}
