import { type Call, encodeOwnerCall, SELECTORS } from '#libs/account';
import { type Felt, selectorOf, splitU256 } from '#libs/felt';
import { DEPLOYER_ADDRESS } from '../contracts/well-known.ts';
import {
  type Cast,
  type CastAccount,
  type CastSession,
  type CastToken,
  TOKEN_SALT,
  tokenCalldata,
} from './cast.ts';

export const WINDOW_SECONDS = 86_400n;

export const transferCall = (token: CastToken, recipient: bigint, amount: bigint): Call => ({
  to: token.address,
  selector: SELECTORS.transfer,
  calldata: [recipient as Felt, ...splitU256(amount)],
});

export const mintCall = (token: CastToken, recipient: bigint, amount: bigint): Call => ({
  ...transferCall(token, recipient, amount),
  selector: SELECTORS.mint,
});

/** Deploys through the Universal Deployer, at an address that follows from class and arguments alone. */
const deployCall = (classHash: bigint, calldata: readonly Felt[]): Call => ({
  to: DEPLOYER_ADDRESS as Call['to'],
  selector: selectorOf('deployContract'),
  calldata: [classHash, BigInt(TOKEN_SALT), 0n, BigInt(calldata.length), ...calldata] as Felt[],
});

export const deployTokenCall = (cast: Cast, token: CastToken): Call =>
  deployCall(token.classHash, tokenCalldata(token, cast.deployer.address));

export const deployForwarderCall = (classHash: bigint): Call => deployCall(classHash, []);

/**
 * One owner multicall that grants a session, its policy FIRST: in the other order, or as two transactions, the key
 * would be unlimited in between.
 */
export const grantCalls = (
  cast: Cast,
  account: CastAccount,
  session: CastSession,
  validUntilSeconds: bigint,
): Call[] => {
  const token = session.policy && cast.tokens[session.policy.tokenIndex];
  const policy =
    session.policy && token
      ? [
          encodeOwnerCall(account.address, {
            kind: 'SetSpendingPolicy',
            sessionKey: session.key,
            token: token.address,
            maxPerCall: session.policy.maxPerCall,
            maxPerWindow: session.policy.maxPerWindow,
            windowSeconds: WINDOW_SECONDS,
          }),
        ]
      : [];
  return [...policy, registerCall(account, session, validUntilSeconds)];
};

/** Registering again resets the calls used and leaves the policy as it is. */
const registerCall = (account: CastAccount, session: CastSession, validUntilSeconds: bigint): Call =>
  encodeOwnerCall(account.address, {
    kind: 'AddOrUpdateSessionKey',
    sessionKey: session.key,
    validUntilSeconds,
    maxCalls: session.maxCalls,
    allowedEntrypoints: session.entrypoints.map(selectorOf),
  });

export const signatureModeCall = (account: CastAccount): Call =>
  encodeOwnerCall(account.address, {
    kind: 'SetSessionSignatureMode',
    mode: account.signatureMode === 'V1' ? 1n : 2n,
  });

/** What a paymaster sends: the forwarder calls the account from inside. */
export const forwardCall = (cast: Cast, inner: Call): Call => ({
  to: cast.forwarder,
  selector: SELECTORS.forward,
  calldata: [inner.to, inner.selector, BigInt(inner.calldata.length) as Felt, ...inner.calldata],
});
