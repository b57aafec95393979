import { flattenCall, selector, toHex, u256, type WireCall } from '../client/wire-call.ts';
import type { Expiry, InnerCall, OwnerAction } from '../sequence/command.ts';
import { NOWHERE, RECIPIENT, type World } from './world.ts';

const HOUR_SECONDS = 3_600;
const MOVES_FROM = new Set(['transfer_from', 'transferFrom']);
const ALLOWS = new Set(['approve', 'increase_allowance', 'increaseAllowance']);

const targetOf = (world: World, account: bigint, to: InnerCall['to']): bigint => {
  switch (to) {
    case 'SELF':
      return account;
    case 'FORWARDER':
      return world.forwarder;
    case 'NOWHERE':
      return NOWHERE;
    case 'KEYED':
    case 'LEGACY':
    case 'STRK':
      return world.tokens[to];
  }
};

export const wireCall = (world: World, account: bigint, call: InnerCall): WireCall => ({
  to: targetOf(world, account, call.to),
  entrypoint: call.entrypoint,
  calldata: [...(call.args ?? []), ...amountCalldata(world, account, call)],
});

const amountCalldata = (
  world: World,
  account: bigint,
  { entrypoint, amount, shape }: InnerCall,
): bigint[] => {
  if (amount === undefined) return [];
  const [low, high] = u256(amount);
  const felts = [...leadingOf(world, account, entrypoint), shape === 'WIDE_HALF' ? 1n << 128n : low, high];
  return shape === 'SHORT' ? felts.slice(0, -1) : felts;
};

const leadingOf = (world: World, account: bigint, entrypoint: string): bigint[] => {
  if (MOVES_FROM.has(entrypoint)) return [account, RECIPIENT];
  if (ALLOWS.has(entrypoint)) return [world.stranger.address];
  return [entrypoint === 'mint' ? account : RECIPIENT];
};

/** A self-call of the owner. */
export const ownerCall = (
  world: World,
  account: bigint,
  nowSeconds: number,
  action: OwnerAction,
): WireCall => {
  const self = (entrypoint: string, calldata: readonly bigint[]): WireCall => ({
    to: account,
    entrypoint,
    calldata,
  });
  switch (action.action) {
    case 'GRANT': {
      const key = action.key === 'ZERO' ? 0n : world.keys[action.key].publicKey;
      const list = action.entrypoints.map(selector);
      const felts = [
        key,
        expiryOf(action.expires, nowSeconds),
        action.maxCalls,
        BigInt(list.length),
        ...list,
      ];
      return self('add_or_update_session_key', felts);
    }
    case 'REVOKE':
      return self('revoke_session_key', [world.keys[action.key].publicKey]);
    case 'SET_POLICY': {
      const { token, perCall, perWindow, windowSeconds } = action.terms;
      const felts = [world.tokens[token], ...u256(perCall), ...u256(perWindow), windowSeconds];
      return self('set_spending_policy', [world.keys[action.key].publicKey, ...felts]);
    }
    case 'REMOVE_POLICY':
      return self('remove_spending_policy', [world.keys[action.key].publicKey, world.tokens[action.token]]);
    case 'SET_MODE':
      return self('set_session_signature_mode', [action.mode]);
    case 'SET_OWNER':
      return self('set_public_key', [world.owners[action.owner].publicKey]);
    case 'UPGRADE':
      return self('upgrade', [action.to === 'UNDECLARED' ? 0xbadn : world.accounts[action.to].classHash]);
    case 'CALL':
      return wireCall(world, account, action.call);
  }
};

const expiryOf = (expires: Expiry, nowSeconds: number): bigint => {
  if ('at' in expires) return expires.at;
  if ('inSeconds' in expires) return BigInt(nowSeconds + expires.inSeconds);
  return BigInt((Math.floor(nowSeconds / HOUR_SECONDS) + expires.hoursOn) * HOUR_SECONDS);
};

/** The forwarder's call of an account, or of several. */
export const forwarded = (
  world: World,
  via: 'FORWARD' | 'TRY_FORWARD' | 'FORWARD_TWICE',
  calls: readonly WireCall[],
): WireCall => {
  const [only] = calls;
  if (via === 'FORWARD_TWICE') {
    const calldata = [BigInt(calls.length), ...calls.flatMap(flattenCall)];
    return { to: world.forwarder, entrypoint: 'forward_many', calldata };
  }
  if (only === undefined) throw new Error(`nothing to forward to ${toHex(world.forwarder)}`);
  return {
    to: world.forwarder,
    entrypoint: via === 'FORWARD' ? 'forward' : 'try_forward',
    calldata: flattenCall(only),
  };
};
