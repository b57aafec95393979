import type { ChainDriver } from '#libs/testing';
import { toHex } from '../conformance/client/wire-call.ts';
import { callView } from '../conformance/play/lead-state.ts';
import { KEY_NAMES, TOKEN_NAMES, type World } from '../conformance/play/world.ts';
import type { AccountName, KeyName } from '../conformance/sequence/command.ts';
import type { IndexedNode } from './indexed-node.ts';
import { POLICY_NAMES, type PolicyName } from './keys-and-policies.ts';

/** What is said about a session key, by the account's views or by GraphQL. */
interface SessionClaim {
  readonly validUntil: string | null;
  readonly maxCalls: number;
  readonly callsUsed: number;
  readonly remainingCalls: number;
  readonly isActive: boolean;
  readonly allowedEntrypoints: readonly string[];
}

/** What is said about a spending policy. */
interface PolicyClaim {
  readonly maxPerCall: string;
  readonly maxPerWindow: string;
  readonly windowSeconds: string;
  readonly storedSpent: string;
  readonly windowStart: string | null;
  readonly effectiveSpent: string | null;
}

/** By key, and by key and token. A key or policy that storage knows nothing of is absent. */
export interface AccountClaims {
  readonly sessions: Readonly<Record<string, SessionClaim>>;
  readonly policies: Readonly<Record<string, PolicyClaim>>;
}

/** What the node's views say at a block. The rules of the windows are the two lines of the contract, once more. */
export const claimsOfViews = async (
  chain: ChainDriver,
  world: World,
  name: AccountName,
  blockNumber: number,
): Promise<AccountClaims> => {
  const at = { block_number: blockNumber };
  const { address } = world.accounts[name];
  const now = BigInt(await chain.timestampSeconds(blockNumber));
  const view = (entrypoint: string, ...calldata: bigint[]) =>
    callView(chain, address, entrypoint, calldata, at);
  const classHash = await chain.rpc.request<string>('starknet_getClassHashAt', {
    block_id: at,
    contract_address: toHex(address),
  });
  const isSettingAnchored = BigInt(classHash) === world.accounts.SETTING.classHash;
  const sessionOfKey = async (key: KeyName): Promise<[string, SessionClaim][]> => {
    const { publicKey } = world.keys[key];
    const data = await view('get_session_data', publicKey);
    const indices = Array.from({ length: Number(data[3]) }, (_, index) => BigInt(index));
    const list = await Promise.all(
      indices.map((index) => view('get_session_allowed_entrypoint_at', publicKey, index)),
    );
    const isStored = data.some((word) => word !== 0n);
    return isStored ? [[key, sessionClaim(data, list.flat().map(toHex), now)]] : [];
  };
  const policyOf = async ({ key, token, name }: PolicyName): Promise<[string, PolicyClaim][]> => {
    const words = await view('get_spending_policy', world.keys[key].publicKey, world.tokens[token]);
    const isStored = words.some((word) => word !== 0n);
    return isStored ? [[name, policyClaim(words, isSettingAnchored, now)]] : [];
  };
  const [sessions, policies] = await Promise.all([
    Promise.all(KEY_NAMES.map(sessionOfKey)),
    Promise.all(POLICY_NAMES.map(policyOf)),
  ]);
  return { sessions: Object.fromEntries(sessions.flat()), policies: Object.fromEntries(policies.flat()) };
};

const sessionClaim = (
  data: readonly bigint[],
  allowedEntrypoints: readonly string[],
  now: bigint,
): SessionClaim => {
  const [validUntil, maxCalls, callsUsed] = data as [bigint, bigint, bigint];
  return {
    validUntil: validUntil === 0n ? null : String(validUntil),
    maxCalls: Number(maxCalls),
    callsUsed: Number(callsUsed),
    remainingCalls: Number(maxCalls - callsUsed),
    isActive: validUntil !== 0n && now <= validUntil && callsUsed < maxCalls,
    allowedEntrypoints,
  };
};

const policyClaim = (words: readonly bigint[], isSettingAnchored: boolean, now: bigint): PolicyClaim => {
  const u256 = (at: number): bigint => words[at]! + (words[at + 1]! << 128n);
  const [windowSeconds, spent, start] = [words[4]!, u256(5), words[7]!];
  const end = start + windowSeconds;
  const isOver = isSettingAnchored ? now >= end : start === 0n || now > end;
  return {
    maxPerCall: String(u256(0)),
    maxPerWindow: String(u256(2)),
    windowSeconds: String(windowSeconds),
    storedSpent: String(spent),
    windowStart: start === 0n ? null : String(start),
    effectiveSpent: u256(2) === 0n ? null : String(isOver ? 0n : spent),
  };
};

/** Said of keys and accounts that nothing was ever stored for; the views then answer with zeros. */
const NOTHING_THERE = ['SESSION_NOT_REGISTERED', 'ACCOUNT_HAS_NO_SESSIONS', 'ACCOUNT_NOT_FOLLOWED'];

const SESSION_FIELDS =
  'validUntil maxCalls callsUsed remainingCalls isActive allowedEntrypoints lifecycle { revoked }';
const DATA_FIELDS = 'validUntil remainingCalls isActive allowedEntrypoints';
const PLACE = 'source asOf { blockNumber blockHash }';
const QUERY = `query ($account: Address!, $a: SessionKey!, $b: SessionKey!, $c: SessionKey!, $at: At) {
  ${KEY_NAMES.map((key) => {
    const variable = `$${key.toLowerCase()}`;
    return `${key}: session(account: $account, sessionKey: ${variable}, at: $at) { ${SESSION_FIELDS} ${PLACE} }
      data${key}: getSessionData(walletAddress: $account, sessionPublicKey: ${variable}, at: $at) { ${DATA_FIELDS} ${PLACE} }`;
  }).join('\n')}
  policies(account: $account, first: 100, at: $at) {
    nodes { sessionKey token maxPerCall maxPerWindow windowSeconds storedSpent windowStart effectiveSpent }
    source asOf { blockNumber blockHash }
  }
}`;

interface Placed {
  readonly source: string;
  readonly asOf: { readonly blockNumber: number; readonly blockHash: string };
}

type SessionAnswer = SessionClaim & Placed & { readonly lifecycle: { readonly revoked: boolean } };

type Answer = { readonly policies: (Placed & { readonly nodes: readonly PolicyAnswer[] }) | null } & Readonly<
  Record<'A' | 'B' | 'C' | 'dataA' | 'dataB' | 'dataC', SessionAnswer | null>
>;

type PolicyAnswer = PolicyClaim & { readonly sessionKey: string; readonly token: string };

/**
 * What GraphQL says, of the index and at the block that is meant: anything else throws.
 * @param at nothing: of the newest block, which then has to be the one that is meant.
 */
export const claimsOfGraphql = async (
  node: IndexedNode,
  world: World,
  name: AccountName,
  block: { readonly number: number; readonly hash: string },
  at?: { readonly blockNumber: number },
): Promise<AccountClaims> => {
  const variables = {
    at,
    account: toHex(world.accounts[name].address),
    ...Object.fromEntries(KEY_NAMES.map((key) => [key.toLowerCase(), toHex(world.keys[key].publicKey)])),
  };
  const answer = await node.ask<Answer>(QUERY, variables, NOTHING_THERE);
  const sessions: Record<string, SessionClaim> = {};
  for (const key of KEY_NAMES) {
    const claim = sessionOf(answer, key, block);
    if (claim !== undefined) sessions[key] = claim;
  }
  if (answer.policies === null) return { sessions, policies: {} };
  requirePlace(answer.policies, block);
  const policies = answer.policies.nodes.filter(hasWords).map(({ sessionKey, token, ...claim }) => {
    return [`${nameOfKey(world, sessionKey)} ${nameOfToken(world, token)}`, claim];
  });
  return { sessions, policies: Object.fromEntries(policies) as Record<string, PolicyClaim> };
};

/** A revoked key is an answer of GraphQL, and nothing in storage; both queries must say the same. */
const sessionOf = (
  answer: Answer,
  key: 'A' | 'B' | 'C',
  block: { readonly number: number; readonly hash: string },
): SessionClaim | undefined => {
  const [session, data] = [answer[key], answer[`data${key}`]];
  if (session === null || data === null) {
    if (session !== data)
      throw new Error(`session and getSessionData disagree on whether ${key} is registered`);
    return undefined;
  }
  const { source, asOf, lifecycle, ...claim } = session;
  requirePlace(session, block);
  const { validUntil, remainingCalls, isActive, allowedEntrypoints } = claim;
  const same = { validUntil, remainingCalls, isActive, allowedEntrypoints, source, asOf };
  if (JSON.stringify(sorted(same)) !== JSON.stringify(sorted(data))) {
    throw new Error(`session and getSessionData differ for ${key}: ${JSON.stringify([same, data])}`);
  }
  if (!lifecycle.revoked) return claim;
  const isNothing = validUntil === null && claim.maxCalls === 0 && claim.callsUsed === 0 && !isActive;
  if (!isNothing) throw new Error(`${key} is revoked and still has ${JSON.stringify(claim)}`);
  return undefined;
};

const sorted = (members: object): [string, unknown][] =>
  Object.entries(members).toSorted(([left], [right]) => (left < right ? -1 : 1));

const requirePlace = (
  { source, asOf }: Placed,
  block: { readonly number: number; readonly hash: string },
): void => {
  if (source === 'INDEX' && asOf.blockNumber === block.number && asOf.blockHash === block.hash) return;
  throw new Error(`asked of block ${block.number}, answered ${JSON.stringify({ source, asOf })}`);
};

/** A policy that was set to nothing is SET for GraphQL; the views answer as if there were none. */
const hasWords = ({
  maxPerCall,
  maxPerWindow,
  windowSeconds,
  storedSpent,
  windowStart,
}: PolicyAnswer): boolean =>
  [maxPerCall, maxPerWindow, windowSeconds, storedSpent].some((word) => word !== '0') || windowStart !== null;

const nameOfKey = (world: World, key: string): string =>
  KEY_NAMES.find((name) => toHex(world.keys[name].publicKey) === key) ?? key;

const nameOfToken = (world: World, token: string): string =>
  TOKEN_NAMES.find((name) => toHex(world.tokens[name]) === token) ?? token;
