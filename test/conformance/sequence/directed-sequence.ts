import type { AccountName, Sequence } from './command.ts';
import { block, call, NOW, transfer, wordsOf } from './words.ts';

const U64_MAX = (1n << 64n) - 1n;
const U256_MAX = (1n << 256n) - 1n;

/** Parts of the walk; the first gives the key and policy that most of the others use. */
export type Section =
  | 'limits'
  | 'windows'
  | 'counted'
  | 'failures'
  | 'refusals'
  | 'outside'
  | 'callsLeft'
  | 'expiry'
  | 'lifecycle'
  | 'policyLimits'
  | 'strk'
  | 'modesOwnerClass'
  | 'reorg';

/** Walks one account through every rule and every edge of it. */
export const directedSequence = (account: AccountName): Sequence =>
  Object.values(directedSections(account)).flat();

export const directedSections = (account: AccountName): Readonly<Record<Section, Sequence>> => {
  const { owner, session, sponsored, stranger, grant, policy, windowEnd, expiry, hourEnd } = wordsOf(account);
  return {
    // Grant, policy first; spends up to the limit of a call and of the window.
    limits: [
      block(NOW, owner(policy(), grant())),
      block(NOW, session([transfer(100n)])),
      block(NOW, session([transfer(101n)])),
      block(NOW, session([transfer(100n), transfer(50n)])),
      block(NOW, session([transfer(1n)])),
    ],
    // The window's edges, each with a spend that fits only into a new window.
    windows: [
      block(windowEnd(-1), session([transfer(1n)])),
      block(windowEnd(0), session([transfer(100n)])),
      block(windowEnd(1), session([transfer(100n)])),
      block(windowEnd(0), sponsored([transfer(100n)])),
    ],
    // Every counted selector, and those that are not.
    counted: [
      block(NOW, owner(policy())),
      block(
        NOW,
        session([call('KEYED', 'approve', 10n), call('KEYED', 'increase_allowance', 20n)]),
        session([call('KEYED', 'increaseAllowance', 30n), transfer(5n, 'LEGACY')]),
      ),
      block(
        NOW,
        stranger(call('KEYED', 'transfer_from', 5n)),
        stranger(call('KEYED', 'transferFrom', 1_000n)),
      ),
      block(NOW, session([{ ...transfer(5n), shape: 'SHORT' }])),
      block(NOW, session([{ ...transfer(5n), shape: 'WIDE_HALF' }])),
      block(NOW, session([transfer(1n << 128n)])),
    ],
    // A failed inner call stays debited; an address without a contract reverts all.
    failures: [
      block(NOW, owner(policy({ perCall: 1_000_000n, perWindow: 1_000_000n }))),
      block(
        NOW,
        session([call('LEGACY', 'approve', 3n), transfer(200_000n), transfer(1n)]),
        sponsored([transfer(200_000n)]),
      ),
      block(NOW, session([call('NOWHERE', 'transfer', 1n)])),
      block(NOW, session([])),
    ],
    // Who may not: selectors, the account itself, faults of the signature.
    refusals: [
      block(
        NOW,
        session([call('KEYED', 'mint', 5n)]),
        session([{ to: 'KEYED', entrypoint: 'upgrade', args: [1n] }]),
      ),
      block(NOW, owner(grant({ entrypoints: [] }))),
      block(
        NOW,
        session([call('KEYED', 'mint', 5n)]),
        session([call('SELF', 'get_public_key')]),
        session([{ to: 'SELF', entrypoint: 'set_public_key', args: [1n] }]),
        session([{ to: 'KEYED', entrypoint: 'setPublicKey', args: [1n] }]),
      ),
      block(NOW, owner(grant({ entrypoints: ['get_public_key', 'upgrade', 'transfer'] }))),
      block(
        NOW,
        session([call('SELF', 'get_public_key')]),
        session([{ to: 'SELF', entrypoint: 'upgrade', args: [1n] }]),
      ),
      block(
        NOW,
        ...(['WRONG_KEY', 'BAD_S', 'ZERO_R', 'THREE_FELTS', 'FIVE_FELTS'] as const).map((fault) =>
          session([transfer(1n)], { fault }),
        ),
      ),
      block(
        NOW,
        ...(['OTHER_CALLS', 'OTHER_MODE', 'OTHER_NONCE'] as const).map((fault) =>
          session([transfer(1n)], { fault }),
        ),
      ),
      block(
        NOW,
        ...(['STORED_PLUS_1', 'STORED_MINUS_1', 'NOW', 'PAST', 'BEYOND_U64'] as const).map((validUntil) =>
          session([transfer(1n)], { validUntil }),
        ),
      ),
      block(
        NOW,
        session([transfer(1n)], { key: 'B' }),
        { kind: 'OWNER', account, actions: [grant()], fault: 'WRONG_KEY' },
        stranger({ to: 'SELF', entrypoint: 'revoke_session_key', args: [1n] }),
        stranger({ to: 'SELF', entrypoint: '__execute__', args: [0n] }),
        stranger({ to: 'SELF', entrypoint: 'transfer' }),
      ),
    ],
    // SNIP-9: direct and from inside a contract, each refusal once.
    outside: [
      block(NOW, owner(policy(), grant())),
      block(NOW, sponsored([transfer(10n)]), sponsored([transfer(10n)], { nonce: 'LAST' }), {
        kind: 'REPEAT',
      }),
      block(
        NOW,
        sponsored([transfer(10n)], { via: 'FORWARD' }),
        sponsored([transfer(10n)], { via: 'TRY_FORWARD' }),
        sponsored([transfer(10n)], { via: 'FORWARD_TWICE' }),
      ),
      block(
        NOW,
        sponsored([transfer(101n)], { via: 'FORWARD' }),
        sponsored([transfer(101n)], { via: 'TRY_FORWARD' }),
        sponsored([transfer(100n)], { via: 'FORWARD_TWICE' }),
      ),
      block(NOW, owner(policy({ perWindow: 10_000n }))),
      block(
        NOW,
        ...(['ZERO', 'SENDER', 'OTHER'] as const).map((caller) => sponsored([transfer(1n)], { caller })),
      ),
      block(
        NOW,
        sponsored([transfer(1n)], { caller: 'SENDER', via: 'FORWARD' }),
        sponsored([transfer(1n)], { bounds: 'AFTER_IS_NOW' }),
        sponsored([transfer(1n)], { bounds: 'BEFORE_IS_NOW' }),
      ),
      block(
        NOW,
        ...(['STORED_PLUS_1', 'STORED_MINUS_1', 'NOW', 'PAST', 'BEYOND_U64'] as const).map((validUntil) =>
          sponsored([transfer(1n)], { validUntil }),
        ),
      ),
      block(
        NOW,
        ...(['WRONG_KEY', 'BAD_S', 'THREE_FELTS', 'FIVE_FELTS', 'OTHER_CALLS'] as const).map((fault) =>
          sponsored([transfer(1n)], { fault }),
        ),
      ),
      block(
        NOW,
        sponsored([call('KEYED', 'mint', 1n)]),
        sponsored([call('SELF', 'get_public_key')]),
        sponsored([transfer(1n)], { by: 'B' }),
        sponsored([call('NOWHERE', 'transfer', 1n)]),
      ),
      block(
        NOW,
        sponsored([transfer(300n)], { by: 'OWNER' }),
        sponsored([], { by: 'OWNER', fault: 'WRONG_KEY' }),
        sponsored([call('SELF', 'get_public_key')], { by: 'OWNER' }),
      ),
    ],
    // Calls left: the last one and one too many, on both paths.
    callsLeft: [
      block(NOW, owner(policy({ perWindow: 10_000n }), grant({ maxCalls: 2n }))),
      block(NOW, session([transfer(101n)])),
      block(NOW, sponsored([transfer(1n)])),
      block(NOW, session([transfer(1n)]), sponsored([transfer(1n)])),
    ],
    // Expiry, inclusive: exact on the SNIP-9 path, by the hour in `__validate__`.
    expiry: [
      block(NOW, owner(policy({ perWindow: 10_000n }), grant({ expires: { inSeconds: 50 } }))),
      block(expiry(0), sponsored([transfer(1n)])),
      block(expiry(1), sponsored([transfer(1n)])),
      block(hourEnd(-1), session([transfer(1n)])),
      block(hourEnd(0), session([transfer(1n)])),
      block(NOW, owner(grant({ expires: { hoursOn: 1 } }))),
      block(expiry(0), sponsored([transfer(1n)])),
      block(hourEnd(-1), session([transfer(1n)])),
      block(hourEnd(0), session([transfer(1n)])),
    ],
    // Grant and revoke at their limits.
    lifecycle: [
      block(
        NOW,
        owner(
          grant({ key: 'ZERO' }),
          grant({ key: 'C', expires: { at: 0n } }),
          grant({ key: 'C', maxCalls: 0n }),
        ),
      ),
      block(NOW, owner({ action: 'REVOKE', key: 'B' }, grant(), grant({ key: 'B', entrypoints: ['mint'] }))),
      block(
        NOW,
        session([transfer(1n)]),
        owner({ action: 'REVOKE', key: 'A' }),
        session([transfer(1n)]),
        owner(grant()),
      ),
      block(NOW, session([transfer(1n)]), owner(grant()), session([transfer(1n)])),
    ],
    // Policies at their limits.
    policyLimits: [
      block(NOW, owner(policy({ windowSeconds: U64_MAX }))),
      block(NOW, session([transfer(1n)]), session([transfer(1n)])),
      block(NOW, owner(policy({ perCall: U256_MAX, perWindow: U256_MAX, windowSeconds: 0n }))),
      block(NOW, session([transfer(U256_MAX)]), session([transfer(U256_MAX), transfer(1n)])),
      block(NOW, owner(policy({ perCall: 0n })), session([transfer(0n)]), session([transfer(1n)])),
      block(NOW, owner(policy({ perWindow: 0n })), session([transfer(1_000n)])),
      block(
        NOW,
        owner(policy()),
        session([transfer(70n)]),
        owner({ action: 'REMOVE_POLICY', key: 'A', token: 'KEYED' }),
        session([transfer(500n)]),
      ),
    ],
    // STRK: the fee is no spend.
    strk: [
      block(
        NOW,
        owner(policy({ token: 'STRK' }), policy({ token: 'LEGACY' })),
        session([transfer(60n, 'STRK'), transfer(60n, 'LEGACY')]),
      ),
    ],
    // Signature modes never go back; owner and class change.
    modesOwnerClass: [
      block(NOW, owner({ action: 'SET_MODE', mode: 1n }, { action: 'SET_MODE', mode: 3n })),
      block(
        NOW,
        owner({ action: 'SET_MODE', mode: 2n }),
        session([transfer(1n)]),
        session([transfer(1n)], { fault: 'OTHER_MODE' }),
      ),
      block(NOW, owner({ action: 'SET_MODE', mode: 1n })),
      block(
        NOW,
        owner({ action: 'SET_OWNER', owner: 'SECOND' }),
        owner({ action: 'CALL', call: call('KEYED', 'mint', 500n) }),
      ),
      block(NOW, owner(policy())),
      block(NOW, owner(policy({ token: 'LEGACY' }), { action: 'UPGRADE', to: 'UNDECLARED' })),
      block(
        NOW,
        session([transfer(40n)]),
        owner({ action: 'UPGRADE', to: account === 'SPEND' ? 'SETTING' : 'SPEND' }),
      ),
      block(windowEnd(0), session([transfer(100n)])),
      block(NOW, session([transfer(1n)]), sponsored([transfer(1n)])),
    ],
    // A reorg, and the chain goes on.
    reorg: [
      { kind: 'ABORT', blocks: 3 },
      block(NOW, session([transfer(2n)]), sponsored([transfer(2n)], { via: 'FORWARD' })),
      block(NOW, owner({ action: 'UPGRADE', to: account }, { action: 'SET_OWNER', owner: 'FIRST' })),
    ],
  };
};
