import { randomBytes } from 'node:crypto';
import { signInHash, type SignInMessage, signInTypedData } from '#libs/account';
import { askIndex, PurserError } from '#libs/api';
import { type Address, type Felt, toFelt } from '#libs/felt';
import { AccessError } from '../access.error.ts';
import { appendAudit } from '../audit/append-audit.ts';
import type { AccessNetwork, AccessPorts } from '../graphql/ports.ts';
import { makeKey } from '../keys/key-format.ts';
import { insertKey } from '../keys/keys.repository.ts';
import {
  ensurePersonalOrganisation,
  type Membership,
  membershipsOfAccount,
} from '../members/memberships.repository.ts';
import { AttemptLimit, tooMany } from './attempt-limit.ts';
import { giveBackChallenge, openChallenge, takeChallenge } from './challenges.repository.ts';
import { refusedAccount } from './refused-account.ts';
import { MOST_SIGNATURE_FELTS, verifyAccountSignature } from './verify-account-signature.ts';

export interface Challenge {
  readonly challengeId: string;
  readonly message: SignInMessage;
  readonly typedData: ReturnType<typeof signInTypedData>;
  readonly messageHash: Felt;
}

export interface SignedInKey {
  readonly keyId: string;
  /** The whole key: a secret, nowhere else from now on. */
  readonly text: string;
  readonly membership: Membership;
  readonly expiresAt: Date;
}

/** Who asks, before he is known. */
export interface Caller {
  readonly address: string;
  readonly requestId: string;
}

/** Both steps of a sign-in count. */
const ATTEMPTS_A_MINUTE = 20;
/**
 * Bounds the table, and no more: anybody may open one for any account, so few would lock its owner out. What one address may
 * do is bounded by its own limit.
 */
const OPEN_FOR_AN_ACCOUNT = 200;
const RETRY_AFTER_SECONDS = 60;
const CHALLENGE_ID = /^chl_[0-9a-f]{32}$/;
/** Below the prime, whatever the bytes. */
const NONCE_BYTES = 31;
const KEY_LIFE_MS = 8 * 3_600_000;
const NODE_DEADLINE_MS = 10_000;

/** Sign-in with a Starknet account: it signs a challenge, once, and its owner gets keys of eight hours. */
export class SignIn {
  readonly #ports: AccessPorts;
  readonly #limit: AttemptLimit;

  constructor(ports: AccessPorts) {
    this.#ports = ports;
    this.#limit = new AttemptLimit({ clock: ports.clock, most: ATTEMPTS_A_MINUTE });
  }

  /** Makes something to sign. @throws AccessError RATE_LIMITED */
  async open(caller: Caller, network: AccessNetwork, account: Address): Promise<Challenge> {
    this.#limit.take(caller.address);
    const { db, signIn } = this.#ports;
    const nonce = toFelt(BigInt(`0x${randomBytes(NONCE_BYTES).toString('hex')}`));
    const { networkId, chainId } = network;
    const { service } = signIn;
    const opened = await openChallenge(db, { networkId, account, service, nonce, most: OPEN_FOR_AN_ACCOUNT });
    if (opened === undefined) throw tooMany(RETRY_AFTER_SECONDS);
    const { challengeId, ...times } = opened;
    const message = { service, account, chainId, nonce, ...times };
    return { challengeId, message, typedData: signInTypedData(message), messageHash: signInHash(message) };
  }

  /**
   * Takes a challenge and what was signed. A signature that no node could judge may be sent again.
   * @throws AccessError RATE_LIMITED, CHALLENGE_EXPIRED, SIGN_IN_REFUSED, SESSION_SIGNATURE_REFUSED, NOT_A_MEMBER;
   * PurserError NODE_UNAVAILABLE, BAD_INPUT
   */
  async signIn(
    caller: Caller,
    challengeId: string,
    signature: readonly Felt[],
  ): Promise<readonly SignedInKey[]> {
    this.#limit.take(caller.address);
    if (signature.length === 0 || signature.length > MOST_SIGNATURE_FELTS)
      throw new PurserError('BAD_INPUT', `A signature is 1 to ${MOST_SIGNATURE_FELTS} felts.`);
    const { db, signIn, networks } = this.#ports;
    const taken = CHALLENGE_ID.test(challengeId)
      ? await takeChallenge(db, challengeId, signIn.service)
      : undefined;
    const network = networks.find(({ networkId }) => networkId === taken?.networkId);
    if (taken === undefined || network === undefined)
      throw new AccessError('CHALLENGE_EXPIRED', 'There is no such challenge open: begin anew.');
    const hash = signInHash({ ...taken, service: signIn.service, chainId: network.chainId });
    const memberships = await this.#noting(caller, network, taken.account, async () => {
      await this.#verify(challengeId, network, taken.account, hash, signature);
      return await this.#membershipsOf(network, taken.account);
    });
    return await Promise.all(memberships.map((membership) => this.#makeKey(caller, membership)));
  }

  /** What is refused stands in the audit logs of those whom it concerns. */
  async #noting<T>(
    { requestId }: Caller,
    { networkId }: AccessNetwork,
    account: Address,
    work: () => Promise<T>,
  ): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const refused = refusedAccount(error, { networkId, account, requestId });
      if (refused !== undefined) this.#ports.onRefused?.(refused);
      throw error;
    }
  }

  async #verify(
    challengeId: string,
    { source }: AccessNetwork,
    account: Address,
    hash: Felt,
    signature: readonly Felt[],
  ): Promise<void> {
    const signal = AbortSignal.timeout(this.#ports.nodeDeadlineMs ?? NODE_DEADLINE_MS);
    try {
      await verifyAccountSignature({ source, account, hash, signature, signal });
    } catch (error) {
      const isUnjudged = !(error instanceof AccessError);
      if (isUnjudged) await giveBackChallenge(this.#ports.db, challengeId);
      throw error;
    }
  }

  async #membershipsOf({ networkId }: AccessNetwork, account: Address): Promise<readonly Membership[]> {
    const { db, signIn } = this.#ports;
    const alive = async () =>
      (await membershipsOfAccount(db, networkId, account)).filter(({ isDisabled }) => !isDisabled);
    const found = await alive();
    if (found.length > 0) return found;
    if (signIn.personal) await ensurePersonalOrganisation(db, networkId, account);
    const made = signIn.personal ? await alive() : [];
    if (made.length > 0) return made;
    throw new AccessError('NOT_A_MEMBER', 'The account is a member of no organisation here.');
  }

  async #makeKey(caller: Caller, membership: Membership): Promise<SignedInKey> {
    const { db, hasher, clock } = this.#ports;
    const { memberId, name, role, scope, organisation } = membership;
    const made = makeKey('SIGN_IN', randomBytes);
    const expiresAt = new Date(clock.nowMilliseconds() + KEY_LIFE_MS);
    const actor = { kind: 'MEMBER', id: memberId, name, requestId: caller.requestId } as const;
    await askIndex(() =>
      db.transact({ organisationId: organisation.id }, async (trx) => {
        await insertKey(trx, {
          ...{ keyId: made.keyId, kind: made.kind, organisationId: organisation.id, memberId },
          ...{ name: 'signed in', role, scope, expiresAt, unitsPerMinute: undefined },
          ...hasher.hash(made.text),
          createdBy: `${actor.kind}:${actor.id}`,
        });
        await appendAudit(trx, actor, {
          action: 'SIGNED_IN',
          objectKind: 'API_KEY',
          objectId: made.keyId,
          after: { memberId, role, expiresAt },
        });
      }),
    );
    return { keyId: made.keyId, text: made.text, membership, expiresAt };
  }
}
