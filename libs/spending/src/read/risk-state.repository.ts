import type { SessionData, SpendingPolicy } from '#libs/account';
import { PurserError } from '#libs/api';
import type { RequestScope, ScopedDb } from '#libs/database';
import {
  type Address,
  type ClassHash,
  type Felt,
  feltToHex,
  parseAddress,
  parseFelt,
  parseSessionKey,
  type SessionKey,
  toClassHash,
} from '#libs/felt';
import { askIndex } from '#libs/sessions';
import { type AnswerBlock, headOf } from './ledger-read.repository.ts';
import { type RiskKeyJson, type RiskPolicyJson, riskStateStatement } from './risk.statement.ts';

/** One session key as far as its risk goes. */
export interface RiskKey {
  readonly sessionKey: SessionKey;
  readonly session: SessionData;
  readonly allowedEntrypoints: readonly Felt[] | undefined;
  readonly policies: ReadonlyMap<bigint, SpendingPolicy>;
  /** Whom it approved, by token; nothing where not every use of the key could be read. */
  readonly approvals: readonly { readonly token: Address; readonly spender: Felt }[] | undefined;
}

/** What the index knows of the risk of one account at one block. */
export interface RiskState {
  readonly block: AnswerBlock;
  readonly recordedFrom: number;
  readonly classHash: ClassHash | undefined;
  readonly keys: readonly RiskKey[];
  /** The latest first. */
  readonly tokensMoved: readonly Address[];
}

const MOST_KEYS = 50;
const MOST_SPENDERS = 100;
const TOKENS_MOVED = 20;

export class RiskStateRepository {
  readonly #db: ScopedDb;

  constructor(db: ScopedDb) {
    this.#db = db;
  }

  /** @throws PurserError INDEX_UNAVAILABLE, ACCOUNT_NOT_FOLLOWED, BAD_INPUT with more keys than are answered at once, SESSION_INVALID_RESPONSE */
  async find(
    scope: RequestScope,
    networkId: number,
    account: Address,
    sessionKey: SessionKey | undefined,
  ): Promise<RiskState> {
    const query = {
      account,
      sessionKey,
      keyLimit: MOST_KEYS + 1,
      tokenLimit: TOKENS_MOVED,
      spenderLimit: MOST_SPENDERS + 1,
    };
    const statement = riskStateStatement(this.#db.build, networkId, query);
    const [row] = await askIndex(() => this.#db.read(scope, statement));
    const head = headOf(account, row);
    const keys = row?.session_keys ?? [];
    if (keys.length > MOST_KEYS)
      throw new PurserError('BAD_INPUT', `The account has more than ${MOST_KEYS} keys: name one.`);
    const unread = keys.find(({ isUnread }) => isUnread);
    if (unread !== undefined) throw unreadKey(account, unread);
    const classHash = row?.class_hash ?? undefined;
    // A key may have approved somebody before the account was followed, unless nothing had happened there.
    const knowsPast = row?.state_from === 0;
    return {
      ...head,
      classHash: classHash === undefined ? undefined : toClassHash(parseFelt(classHash)),
      keys: keys.map((json) => keyOf(json, knowsPast)),
      tokensMoved: (row?.tokens_moved ?? []).map(parseAddress),
    };
  }
}

const unreadKey = (account: Address, { sessionKey }: RiskKeyJson): PurserError =>
  new PurserError('SESSION_INVALID_RESPONSE', 'What storage holds of a session key could not be read.', {
    details: { account: feltToHex(account), sessionKey },
  });

const keyOf = (json: RiskKeyJson, knowsPast: boolean): RiskKey => {
  const isComplete = knowsPast && !json.hasUnreadUses && json.approvals.length <= MOST_SPENDERS;
  return {
    sessionKey: parseSessionKey(json.sessionKey),
    session: {
      validUntilSeconds: BigInt(json.validUntil),
      maxCalls: BigInt(json.maxCalls),
      callsUsed: BigInt(json.callsUsed),
      allowedEntrypointsLen: BigInt(json.listLength),
    },
    allowedEntrypoints: json.list?.map(parseFelt),
    policies: new Map(json.policies.map((policy) => [parseAddress(policy.token), policyOf(policy)])),
    approvals: isComplete
      ? json.approvals.map(({ token, spender }) => ({
          token: parseAddress(token),
          spender: parseFelt(spender),
        }))
      : undefined,
  };
};

const policyOf = (json: RiskPolicyJson): SpendingPolicy => ({
  maxPerCall: BigInt(json.maxPerCall),
  maxPerWindow: BigInt(json.maxPerWindow),
  windowSeconds: BigInt(json.windowSeconds),
  spentInWindow: BigInt(json.spentInWindow),
  windowStartSeconds: BigInt(json.windowStart),
});
