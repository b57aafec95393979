import type { ChainDriver, SignedTransaction } from '#libs/testing';
import { type KeyPair, keyPair, sign } from '../client/keys.ts';
import { type OutsideExecutionMessage, outsideCall, outsideHash } from '../client/outside-execution.ts';
import { sessionHash } from '../client/session-signature.ts';
import { byOwner, invoke } from '../client/transactions.ts';
import { compile, type WireCall } from '../client/wire-call.ts';
import type {
  Command,
  KeyName,
  SignatureFault,
  SignedExpiry,
  SponsoredCommand,
} from '../sequence/command.ts';
import { callView, storedValidUntil } from './lead-state.ts';
import { forwarded, ownerCall, wireCall } from './wire-calls.ts';
import type { Payer, World } from './world.ts';

/** What a command is built from: the chain that leads, and the time of the block. */
export interface BuildContext {
  readonly lead: ChainDriver;
  readonly world: World;
  readonly nowSeconds: number;
  /** Counts up over the whole sequence. */
  readonly outsideNonces: OutsideNonces;
}

export interface OutsideNonces {
  fresh(): bigint;
  last(): bigint;
}

type CommandOf<Kind extends Command['kind']> = Extract<Command, { kind: Kind }>;

const INTRUDER = keyPair(0xbad5eedn);
const ANY_CALLER = compile(['ANY_CALLER'])[0]!;
const OPEN_SECONDS = 5_000;

/** Builds and signs the transaction of a command over the state that the leading chain has now. */
export const buildTransaction = (
  context: BuildContext,
  command: Exclude<Command, { kind: 'REPEAT' }>,
): Promise<SignedTransaction> => {
  switch (command.kind) {
    case 'OWNER':
      return buildOwner(context, command);
    case 'SESSION':
      return buildSession(context, command);
    case 'SPONSORED':
      return buildSponsored(context, command);
    case 'STRANGER': {
      const account = context.world.accounts[command.account].address;
      return buildPaid(context, context.world.stranger, wireCall(context.world, account, command.call));
    }
  }
};

const buildOwner = async (context: BuildContext, command: CommandOf<'OWNER'>): Promise<SignedTransaction> => {
  const { lead, world, nowSeconds } = context;
  const { address } = world.accounts[command.account];
  const calls = command.actions.map((action) => ownerCall(world, address, nowSeconds, action));
  const owner = command.fault === 'WRONG_KEY' ? INTRUDER : await currentOwner(context, address);
  const signature = byOwner(owner);
  return invoke({
    sender: address,
    chainId: world.chainId,
    nonce: await lead.nonceOf(hexOf(address)),
    calls,
    sign: (hash) => spoil([...signature(hash)], command.fault),
  });
};

const currentOwner = async ({ lead, world }: BuildContext, account: bigint): Promise<KeyPair> => {
  const [publicKey] = await callView(lead, account, 'get_public_key', []);
  const owner = Object.values(world.owners).find((pair) => pair.publicKey === publicKey);
  if (owner === undefined) throw new Error('the account has an owner that the sequence never set');
  return owner;
};

const buildSession = async (
  context: BuildContext,
  command: CommandOf<'SESSION'>,
): Promise<SignedTransaction> => {
  const { lead, world } = context;
  const { address } = world.accounts[command.account];
  const nonce = await lead.nonceOf(hexOf(address));
  const validUntil = await signedExpiry(context, address, command.key, command.validUntil);
  const calls = command.calls.map((call) => wireCall(world, address, call));
  const [stored] = await callView(lead, address, 'get_session_signature_mode', []);
  const isMode2 = (stored === 2n) !== (command.fault === 'OTHER_MODE');
  const messageHash = sessionHash(isMode2 ? 2 : 1, {
    account: address,
    chainId: world.chainId,
    nonce: command.fault === 'OTHER_NONCE' ? nonce + 1n : nonce,
    validUntil,
    calls: command.fault === 'OTHER_CALLS' ? [...calls, ...calls] : calls,
  });
  const signature = sessionSignature(world, command.key, messageHash, validUntil, command.fault);
  return invoke({ sender: address, chainId: world.chainId, nonce, calls, sign: () => signature });
};

const buildSponsored = async (
  context: BuildContext,
  command: SponsoredCommand,
): Promise<SignedTransaction> => {
  const { world } = context;
  const first = await signedOutsideCall(context, command);
  if (command.via === 'DIRECT') return buildPaid(context, world.relayer, first);
  const calls =
    command.via === 'FORWARD_TWICE' ? [first, await signedOutsideCall(context, command)] : [first];
  return buildPaid(context, world.relayer, forwarded(world, command.via, calls));
};

const signedOutsideCall = async (context: BuildContext, command: SponsoredCommand): Promise<WireCall> => {
  const { world } = context;
  const { address } = world.accounts[command.account];
  const message = outsideMessage(context, command);
  const signed = command.fault === 'OTHER_CALLS' ? { ...message, calls: [] } : message;
  const messageHash = outsideHash(address, world.chainId, signed);
  if (command.by === 'OWNER') {
    const owner = command.fault === 'WRONG_KEY' ? INTRUDER : await currentOwner(context, address);
    return outsideCall(address, message, spoil([...sign(messageHash, owner)], command.fault));
  }
  const validUntil = await signedExpiry(context, address, command.by, command.validUntil);
  const signature = sessionSignature(world, command.by, messageHash, validUntil, command.fault);
  return outsideCall(address, message, signature);
};

const outsideMessage = (
  { world, nowSeconds, outsideNonces }: BuildContext,
  { account, calls, nonce, caller, bounds, via }: SponsoredCommand,
): OutsideExecutionMessage => {
  const now = BigInt(nowSeconds);
  const { address } = world.accounts[account];
  return {
    caller: callerOf(world, caller, via),
    nonce: nonce === 'LAST' ? outsideNonces.last() : outsideNonces.fresh(),
    executeAfter: bounds === 'AFTER_IS_NOW' ? now : now - 1n,
    executeBefore: bounds === 'BEFORE_IS_NOW' ? now : now + (bounds === 'OPEN' ? BigInt(OPEN_SECONDS) : 1n),
    calls: calls.map((call) => wireCall(world, address, call)),
  };
};

const callerOf = (world: World, caller: SponsoredCommand['caller'], via: SponsoredCommand['via']): bigint => {
  switch (caller) {
    case undefined:
    case 'ANY':
      return ANY_CALLER;
    case 'ZERO':
      return 0n;
    case 'SENDER':
      return via === 'DIRECT' ? world.relayer.address : world.forwarder;
    case 'OTHER':
      return world.stranger.address;
  }
};

const buildPaid = async (
  { lead, world }: BuildContext,
  payer: Payer,
  call: WireCall,
): Promise<SignedTransaction> =>
  invoke({
    sender: payer.address,
    chainId: world.chainId,
    nonce: await lead.nonceOf(hexOf(payer.address)),
    calls: [call],
    sign: byOwner(payer.key),
  });

const signedExpiry = async (
  { lead, world, nowSeconds }: BuildContext,
  account: bigint,
  key: KeyName,
  validUntil: SignedExpiry = 'STORED',
): Promise<bigint> => {
  const stored = await storedValidUntil(lead, account, world.keys[key].publicKey);
  switch (validUntil) {
    case 'STORED':
      return stored === 0n ? BigInt(nowSeconds) + 1_000n : stored;
    case 'STORED_PLUS_1':
      return stored + 1n;
    case 'STORED_MINUS_1':
      return stored === 0n ? 0n : stored - 1n;
    case 'NOW':
      return BigInt(nowSeconds);
    case 'PAST':
      return BigInt(nowSeconds) - 1n;
    case 'BEYOND_U64':
      return 1n << 64n;
  }
};

const sessionSignature = (
  world: World,
  key: KeyName,
  messageHash: bigint,
  validUntil: bigint,
  fault: SignatureFault | undefined,
): readonly bigint[] => {
  const signer = fault === 'WRONG_KEY' ? INTRUDER : world.keys[key];
  const [r, s] = sign(messageHash, signer);
  return spoil([world.keys[key].publicKey, r, s, validUntil], fault);
};

/** Makes a good signature bad in one way; what is spoilt elsewhere stays. */
const spoil = (signature: readonly bigint[], fault: SignatureFault | undefined): readonly bigint[] => {
  const isSession = signature.length === 4;
  const [r, s] = isSession ? [1, 2] : [0, 1];
  switch (fault) {
    case 'BAD_S':
      return signature.with(s, 1n);
    case 'ZERO_R':
      return signature.with(r, 0n);
    case 'THREE_FELTS':
      return [...signature, 1n, 1n].slice(0, 3);
    case 'FIVE_FELTS':
      return [...signature, 1n, 1n, 1n].slice(0, 5);
    case 'WRONG_KEY':
    case 'OTHER_CALLS':
    case 'OTHER_MODE':
    case 'OTHER_NONCE':
    case undefined:
      return signature;
  }
};

const hexOf = (address: bigint): string => `0x${address.toString(16)}`;
