import { type ProfileRegistry, rulesOf } from '#libs/account';
import { PurserError } from '#libs/api';
import type { RequestScope } from '#libs/database';
import { type Address, feltToHex, type SessionKey } from '#libs/felt';
import type { ServedNetwork } from '#libs/sessions';
import { accountAtRisk } from '../risk/account-at-risk.ts';
import { type LiveAllowance, type MaximumAtRisk, maximumAtRisk } from '../risk/maximum-at-risk.ts';
import type { AnswerBlock } from './ledger-read.repository.ts';
import type { RiskKey, RiskState, RiskStateRepository } from './risk-state.repository.ts';
import type { Holding, TokenHoldingsReader } from './token-holdings.reader.ts';

/** What one key puts at risk of one token. */
export interface KeyRisk {
  readonly sessionKey: SessionKey;
  readonly risk: MaximumAtRisk;
  readonly allowances: readonly LiveAllowance[];
}

export interface TokenRisk {
  readonly token: Address;
  /** Whether it is one of the account's own: with a budget, an approval, or moved last. Any other one was only asked for. */
  readonly isOfAccount: boolean;
  readonly balance: bigint | undefined;
  readonly total: Pick<MaximumAtRisk, 'kind' | 'amount'>;
  readonly keys: readonly KeyRisk[];
}

export interface RiskAnswer {
  readonly block: AnswerBlock;
  readonly recordedFrom: number;
  readonly tokens: readonly TokenRisk[];
}

const MOST_TOKENS = 20;

/** Puts the state of the index and what tokens say at the same block together. */
export class RiskReader {
  readonly #states: RiskStateRepository;
  readonly #holdings: TokenHoldingsReader;
  readonly #profiles: ProfileRegistry;

  constructor(states: RiskStateRepository, holdings: TokenHoldingsReader, profiles: ProfileRegistry) {
    this.#states = states;
    this.#holdings = holdings;
    this.#profiles = profiles;
  }

  /**
   * @param tokens left out: those with a policy, those that were approved, and those moved last.
   * @throws PurserError ACCOUNT_NOT_FOLLOWED, SESSION_NOT_REGISTERED, BAD_INPUT, NODE_UNAVAILABLE, INDEX_UNAVAILABLE
   */
  async read(
    scope: RequestScope,
    network: ServedNetwork,
    account: Address,
    sessionKey: SessionKey | undefined,
    tokens: readonly Address[] | undefined,
  ): Promise<RiskAnswer> {
    if (tokens !== undefined && tokens.length > MOST_TOKENS) throw tooManyTokens();
    const state = await this.#states.find(scope, network.networkId, account, sessionKey);
    if (sessionKey !== undefined && state.keys.length === 0) throw notRegistered(account, sessionKey);
    const asked = [...new Set(tokens ?? tokensOf(state))];
    if (asked.length > MOST_TOKENS) throw tooManyTokens();
    const questions = asked.map((token) => ({
      token,
      spenders: [...new Set(state.keys.flatMap((key) => spendersOf(key, token) ?? []))],
    }));
    const { blockHash } = state.block;
    const holdings = await this.#holdings.read(network, account, blockHash, questions);
    const { block, recordedFrom } = state;
    const own = new Set([...tokensNamed(state), ...state.tokensMoved]);
    return {
      block,
      recordedFrom,
      tokens: asked.map((token) => ({
        ...this.#tokenRisk(state, token, holdings.get(token)),
        isOfAccount: own.has(token),
      })),
    };
  }

  #tokenRisk(state: RiskState, token: Address, holding: Holding | undefined): Omit<TokenRisk, 'isOfAccount'> {
    const balance = holding?.balance;
    const keys = state.keys.map((key) => this.#keyRisk(state, key, token, holding));
    return {
      token,
      balance,
      keys,
      total: accountAtRisk(
        keys.map(({ risk }) => risk),
        balance,
      ),
    };
  }

  #keyRisk(state: RiskState, key: RiskKey, token: Address, holding: Holding | undefined): KeyRisk {
    const profile = state.classHash === undefined ? undefined : this.#profiles.find(state.classHash);
    const allowances = spendersOf(key, token)?.map((spender) => ({
      spender,
      amount: holding?.allowances.get(spender),
    }));
    const risk = maximumAtRisk({
      nowSeconds: state.block.timestampSeconds,
      session: key.session,
      allowedEntrypoints: key.allowedEntrypoints,
      rules: { ...rulesOf(profile), signsAnything: profile?.fourFeltIsValidSignature?.value },
      policy: key.policies.get(token),
      balance: holding?.balance,
      allowances,
    });
    return { sessionKey: key.sessionKey, risk, allowances: allowances ?? [] };
  }
}

const spendersOf = ({ approvals }: RiskKey, token: Address) =>
  approvals?.filter((approval) => approval.token === token).map(({ spender }) => spender);

const tokensNamed = ({ keys }: RiskState): ReadonlySet<Address> =>
  new Set<Address>(
    keys.flatMap(({ policies, approvals }) => [
      ...([...policies.keys()] as Address[]),
      ...(approvals ?? []).map(({ token }) => token),
    ]),
  );

/** Those with a budget or an approval all, and as many of the others as fit. */
const tokensOf = (state: RiskState): readonly Address[] => {
  const named = tokensNamed(state);
  const others = state.tokensMoved.filter((token) => !named.has(token));
  return [...named, ...others.slice(0, Math.max(0, MOST_TOKENS - named.size))];
};

const tooManyTokens = (): PurserError =>
  new PurserError('BAD_INPUT', `More than ${MOST_TOKENS} tokens are concerned: name up to ${MOST_TOKENS}.`);

const notRegistered = (account: Address, sessionKey: SessionKey): PurserError =>
  new PurserError('SESSION_NOT_REGISTERED', 'The account never registered this session key.', {
    details: { account: feltToHex(account), sessionKey: feltToHex(sessionKey) },
  });
