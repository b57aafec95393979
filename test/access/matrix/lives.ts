import { encodeShortString, type Address, type Felt, type SessionKey, selectorOf, toFelt } from '#libs/felt';
import { type ChainActor, type SandboxChain, sessionKeyOf, transferCall } from '#libs/testing';

const FAR = 1_900_000_000n;
const SHOP = 0xbeefn;

/** What one account did, as far as questions name it. */
export interface Life {
  readonly account: Address;
  /** Granted, limited, and used: calls that were paid, refused, and approved somebody. */
  readonly sessionKey: SessionKey;
  /** Of a call that was paid. */
  readonly transactionHash: Felt;
}

export interface Bank {
  readonly chain: SandboxChain;
  readonly token: Address;
  readonly pay: (account: Address, amount: bigint) => void;
}

/** Nobody follows it: so that no account of the spec stands in the ledger of another. */
export const openBank = (chain: SandboxChain): Bank => {
  const actor = chain.deployAccount('session_account_spend', 0x999_999n);
  const token = chain.deployToken(actor, 'token_keyed');
  return { chain, token, pay: (account, amount) => void actor.send([transferCall(token, account, amount)]) };
};

/** Accounts that do the same, step by step, with the same keys: all that tells them apart is who they are. */
export const liveAlike = (
  { chain, token, pay }: Bank,
  owners: readonly bigint[],
  [used = 0n, revoked = 0n]: readonly bigint[],
): Life[] => {
  const accounts = owners.map((owner) => chain.deployAccount('session_account_spend', owner));
  for (const account of accounts) pay(account.address, 100_000n);
  for (const account of accounts) grant(account, token, used);
  for (const account of accounts) grant(account, token, revoked);
  const paid = accounts.map((account) => account.sendAs(used, FAR, [transferCall(token, SHOP, 7n)]));
  for (const account of accounts) account.sendAs(used, FAR, [transferCall(token, SHOP, 51n)]);
  for (const account of accounts) account.sendAs(used, FAR, [approveCall(token, 5n)]);
  const sessionKey = sessionKeyOf(revoked);
  for (const account of accounts) account.change({ kind: 'RevokeSessionKey', sessionKey });
  return accounts.map(({ address }, at) => ({
    account: address,
    sessionKey: sessionKeyOf(used),
    transactionHash: paid[at] ?? toFelt(0n),
  }));
};

const grant = (account: ChainActor, token: Address, secret: bigint): void => {
  const sessionKey = sessionKeyOf(secret);
  const terms = { token, maxPerCall: 50n, maxPerWindow: 1_000n, windowSeconds: 3_600n };
  const allowedEntrypoints = ['transfer', 'approve'].map(selectorOf);
  account.change(
    { kind: 'SetSpendingPolicy', sessionKey, ...terms },
    { kind: 'AddOrUpdateSessionKey', sessionKey, validUntilSeconds: FAR, maxCalls: 10n, allowedEntrypoints },
  );
};

const approveCall = (token: Address, amount: bigint) => ({
  to: token,
  selector: selectorOf('approve'),
  calldata: [encodeShortString('spender'), toFelt(amount), toFelt(0n)],
});
