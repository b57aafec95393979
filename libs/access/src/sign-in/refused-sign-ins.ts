import type { Clock } from '#libs/api';
import type { ScopedDb } from '#libs/database';
import type { Address } from '#libs/felt';
import { AccessError } from '../access.error.ts';
import { appendAudit } from '../audit/append-audit.ts';
import { membershipsOfAccount } from '../members/memberships.repository.ts';
import { AttemptLimit } from './attempt-limit.ts';

export interface RefusedSignIn {
  readonly networkId: number;
  readonly account: Address;
  /** Of the refusal. */
  readonly code: string;
  readonly requestId: string;
}

export interface RefusedSignInsPorts {
  readonly db: ScopedDb;
  readonly clock: Clock;
  /** Told what kept a refusal from the log. */
  readonly onError: (error: unknown) => void;
}

/** Anybody may try in the name of any account: a log that grows with each try could be filled by him. */
const NOTED_A_MINUTE = 5;

/**
 * Notes in the audit logs of the organisations that an account is a member of that somebody tried to sign in with it and was
 * refused. Who tried is not told, neither by the answer nor by how long it takes: it is noted after that.
 */
export class RefusedSignIns {
  readonly #ports: RefusedSignInsPorts;
  readonly #limit: AttemptLimit;
  #noting: Promise<void> = Promise.resolve();

  constructor(ports: RefusedSignInsPorts) {
    this.#ports = ports;
    this.#limit = new AttemptLimit({ clock: ports.clock, most: NOTED_A_MINUTE });
  }

  /** Returns at once. Of one account a few a minute are noted, by this process. */
  note(refused: RefusedSignIn): void {
    if (!this.#isWelcome(refused)) return;
    this.#noting = this.#noting.then(() => this.#write(refused)).catch(this.#ports.onError);
  }

  /** Resolves when all of it is noted. */
  settled(): Promise<void> {
    return this.#noting;
  }

  #isWelcome({ networkId, account }: RefusedSignIn): boolean {
    try {
      this.#limit.take(`${networkId}/${account}`);
      return true;
    } catch {
      return false;
    }
  }

  async #write({ networkId, account, code, requestId }: RefusedSignIn): Promise<void> {
    const { db } = this.#ports;
    // Not the member: whoever it was did not show that he is.
    const actor = { kind: 'SYSTEM', id: 'sign-in', name: 'sign-in', requestId } as const;
    for (const { organisation, memberId, isDisabled } of await membershipsOfAccount(db, networkId, account))
      await db.transact({ organisationId: organisation.id }, (trx) =>
        appendAudit(trx, actor, {
          action: 'SIGN_IN_REFUSED',
          objectKind: 'MEMBER',
          objectId: memberId,
          after: { code: isDisabled && code === 'NOT_A_MEMBER' ? 'MEMBER_DISABLED' : code },
        }),
      );
  }
}

/** Refusals for what was signed, or for whom: not for how often, nor for a challenge that nobody knows. */
const NOTED: ReadonlySet<string> = new Set(['NOT_A_MEMBER', 'SESSION_SIGNATURE_REFUSED', 'SIGN_IN_REFUSED']);

export const isNotedRefusal = (error: unknown): error is AccessError =>
  error instanceof AccessError && NOTED.has(error.code);
