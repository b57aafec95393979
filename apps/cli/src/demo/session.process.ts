import { randomBytes } from 'node:crypto';
import {
  ANY_CALLER,
  type Call,
  encodeCalls,
  type OutsideExecution,
  outsideExecutionHash,
  publicKeyOf,
  SELECTORS,
  sessionMessageHash,
  sessionSignature,
  type SignedOutsideExecution,
  signEcdsa,
} from '#libs/account';
import { type Address, type SessionKey, splitU256, toAddress, toFelt, toSessionKey } from '#libs/felt';
import { serveCommands } from './child-process.ts';
import { connectNode, newPrivateKey, prepareInvoke, type Sent } from './signer-node.ts';

/** The agent that spends, in a process of its own: it has a session key and no other. */
const privateKey = newPrivateKey();
const sessionKey = toSessionKey(publicKeyOf(privateKey));

export interface Payment {
  readonly rpcUrl: string;
  readonly account: Address;
  readonly token: Address;
  readonly amount: bigint;
  readonly validUntilSeconds: bigint;
}

const publicKey = (): Promise<SessionKey> => Promise.resolve(sessionKey);

/** Pays by a transaction of the account itself, signed with the four felts of a session. */
const pay = async ({ rpcUrl, account, validUntilSeconds, ...payment }: Payment): Promise<Sent> => {
  const node = connectNode(rpcUrl);
  const calls = [transferOf(payment)];
  const transaction = await prepareInvoke(node, account, encodeCalls(calls));
  const { chainId, nonce } = transaction;
  const hash = sessionMessageHash('V1', { account, chainId, nonce, validUntilSeconds, calls });
  const signature = sessionSignature(sessionKey, signEcdsa(hash, privateKey), validUntilSeconds);
  return node.sendInvoke(transaction, signature);
};

/** Signs a payment that somebody else submits and pays the fee of: SNIP-9 outside execution. */
const signSponsored = async ({
  rpcUrl,
  account,
  validUntilSeconds,
  ...payment
}: Payment): Promise<SignedOutsideExecution> => {
  const outsideExecution: OutsideExecution = {
    caller: ANY_CALLER,
    nonce: toFelt(BigInt(`0x${randomBytes(16).toString('hex')}`)),
    executeAfterSeconds: 0n,
    executeBeforeSeconds: validUntilSeconds,
    calls: [transferOf(payment)],
  };
  const chainId = await connectNode(rpcUrl).chainId();
  const hash = outsideExecutionHash({ account, chainId, outsideExecution });
  const signature = sessionSignature(sessionKey, signEcdsa(hash, privateKey), validUntilSeconds);
  return { outsideExecution, signature };
};

/** Nobody's: what is paid to it is not seen again. */
const PAYEE = toAddress(0xfeedn);

const transferOf = ({ token, amount }: Pick<Payment, 'token' | 'amount'>): Call => ({
  to: token,
  selector: SELECTORS.transfer,
  calldata: [PAYEE, ...splitU256(amount)],
});

const commands = { publicKey, pay, signSponsored };
export type SessionCommands = typeof commands;

serveCommands(commands);
