import type { Address, ClassHash, Felt, SessionKey } from '#libs/felt';
import { toFelt, U32_MAX, U64_MAX } from '#libs/felt';
import { AccountError } from '../account.error.ts';
import type { Call } from '../account.types.ts';
import { FeltReader } from '../felt-reader.ts';
import { spendingTermsToFelts } from '../slots/spending-policy.ts';
import type { SpendingTerms } from '../slots/spending-policy.ts';
import { SELECTORS } from './known-selectors.ts';

/** A change that only the owner can make: the account calls itself. */
export type OwnerAction =
  | {
      readonly kind: 'AddOrUpdateSessionKey';
      readonly sessionKey: SessionKey;
      readonly validUntilSeconds: bigint;
      readonly maxCalls: bigint;
      /** Selectors. Empty: every selector that is not an admin one. */
      readonly allowedEntrypoints: readonly Felt[];
    }
  | { readonly kind: 'RevokeSessionKey'; readonly sessionKey: SessionKey }
  | ({
      readonly kind: 'SetSpendingPolicy';
      readonly sessionKey: SessionKey;
      readonly token: Address;
    } & SpendingTerms)
  | { readonly kind: 'RemoveSpendingPolicy'; readonly sessionKey: SessionKey; readonly token: Address }
  | { readonly kind: 'SetSessionSignatureMode'; readonly mode: bigint }
  | { readonly kind: 'SetPublicKey'; readonly publicKey: Felt }
  | { readonly kind: 'Upgrade'; readonly classHash: ClassHash };

/**
 * Reads an owner's call by its selector, or gives nothing for any other call. Whether `call.to` is the account
 * that sent it is for the caller to check: elsewhere the same selector means nothing.
 * @throws AccountError CALLDATA_MALFORMED when the selector is an owner's and the arguments do not fit it.
 */
export const decodeOwnerCall = (call: Call): OwnerAction | undefined => {
  const readAction = READERS.get(call.selector);
  if (readAction === undefined) return undefined;
  const reader = new FeltReader(call.calldata, 'CALLDATA_MALFORMED');
  const action = readAction(reader);
  reader.end();
  return action;
};

const readPolicyKey = (reader: FeltReader) => ({
  sessionKey: reader.sessionKey('session_key'),
  token: reader.address('token'),
});

const readTerms = (reader: FeltReader): SpendingTerms => ({
  maxPerCall: reader.u256('max_per_call'),
  maxPerWindow: reader.u256('max_per_window'),
  windowSeconds: reader.u64('window_seconds'),
});

// OpenZeppelin 0.9 and later append the new key's own signature over the change: (new_public_key, signature).
const readSetPublicKey = (reader: FeltReader): OwnerAction => {
  const publicKey = reader.felt('new_public_key');
  if (reader.remaining > 0) reader.felts('signature');
  return { kind: 'SetPublicKey', publicKey };
};

const readGrant = (reader: FeltReader): OwnerAction => ({
  kind: 'AddOrUpdateSessionKey',
  sessionKey: reader.sessionKey('session_key'),
  validUntilSeconds: reader.u64('valid_until'),
  maxCalls: reader.u32('max_calls'),
  allowedEntrypoints: reader.felts('allowed_entrypoints'),
});

const READERS: ReadonlyMap<bigint, (reader: FeltReader) => OwnerAction> = new Map([
  [SELECTORS.add_or_update_session_key, readGrant],
  [
    SELECTORS.revoke_session_key,
    (reader) => ({ kind: 'RevokeSessionKey', sessionKey: reader.sessionKey('session_key') }),
  ],
  [
    SELECTORS.set_spending_policy,
    (reader) => ({ kind: 'SetSpendingPolicy', ...readPolicyKey(reader), ...readTerms(reader) }),
  ],
  [
    SELECTORS.remove_spending_policy,
    (reader) => ({ kind: 'RemoveSpendingPolicy', ...readPolicyKey(reader) }),
  ],
  [
    SELECTORS.set_session_signature_mode,
    (reader) => ({ kind: 'SetSessionSignatureMode', mode: reader.u8('mode') }),
  ],
  [SELECTORS.set_public_key, readSetPublicKey],
  [SELECTORS.setPublicKey, readSetPublicKey],
  [SELECTORS.upgrade, (reader) => ({ kind: 'Upgrade', classHash: reader.classHash('new_class_hash') })],
] satisfies [bigint, (reader: FeltReader) => OwnerAction][]);

/**
 * Builds the call of an owner's action; the account is both sender and target. Numbers are checked against their
 * Cairo types only: a policy that is legal but means the opposite (max_per_window 0) is for `policyTermFaults`.
 * @throws AccountError CALLDATA_MALFORMED or INVALID_SPENDING_POLICY for a number beyond its type.
 */
export const encodeOwnerCall = (account: Address, action: OwnerAction): Call => {
  switch (action.kind) {
    case 'AddOrUpdateSessionKey':
      return call(account, 'add_or_update_session_key', [
        action.sessionKey,
        upTo(U64_MAX, 'valid_until', action.validUntilSeconds),
        upTo(U32_MAX, 'max_calls', action.maxCalls),
        toFelt(action.allowedEntrypoints.length),
        ...action.allowedEntrypoints,
      ]);
    case 'RevokeSessionKey':
      return call(account, 'revoke_session_key', [action.sessionKey]);
    case 'SetSpendingPolicy':
      return call(account, 'set_spending_policy', [
        action.sessionKey,
        action.token,
        ...spendingTermsToFelts(action),
      ]);
    case 'RemoveSpendingPolicy':
      return call(account, 'remove_spending_policy', [action.sessionKey, action.token]);
    case 'SetSessionSignatureMode':
      return call(account, 'set_session_signature_mode', [upTo(0xffn, 'mode', action.mode)]);
    case 'SetPublicKey':
      return call(account, 'set_public_key', [action.publicKey]);
    case 'Upgrade':
      return call(account, 'upgrade', [toFelt(action.classHash)]);
  }
};

const call = (to: Address, name: keyof typeof SELECTORS, calldata: readonly Felt[]): Call => ({
  to,
  selector: SELECTORS[name],
  calldata,
});

const upTo = (max: bigint, name: string, value: bigint): Felt => {
  if (value < 0n || value > max) throw new AccountError('CALLDATA_MALFORMED', `${name} is beyond its type`);
  return toFelt(value);
};
