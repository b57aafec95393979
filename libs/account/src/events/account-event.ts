import type { Address, ClassHash, Felt, SessionKey } from '#libs/felt';
import type { SpendingTerms } from '../slots/spending-policy.ts';

/** An event of an account, decoded. Seconds are unix seconds, amounts base units, selectors and guids felts. */
export type AccountEvent =
  | {
      readonly kind: 'SessionKeyAdded';
      readonly sessionKey: SessionKey;
      readonly validUntilSeconds: bigint;
      /** The whitelist is NOT in the event: calldata, storage or the views have it. */
      readonly maxCalls: bigint;
    }
  | { readonly kind: 'SessionKeyRevoked'; readonly sessionKey: SessionKey }
  | ({
      readonly kind: 'SpendingPolicySet';
      readonly sessionKey: SessionKey;
      readonly token: Address;
    } & SpendingTerms)
  | { readonly kind: 'SpendingPolicyRemoved'; readonly sessionKey: SessionKey; readonly token: Address }
  /** `to` may be 0: a call to nobody that failed. */
  | { readonly kind: 'CallFailed'; readonly callIndex: number; readonly to: Address; readonly selector: Felt }
  | { readonly kind: 'SessionSignatureModeUpdated'; readonly oldMode: bigint; readonly newMode: bigint }
  | { readonly kind: 'OwnerAdded' | 'OwnerRemoved'; readonly ownerGuid: Felt }
  | { readonly kind: 'Upgraded'; readonly classHash: ClassHash }
  /** Layouts that differ from class to class: members by the names of the ABI, u256 joined, lists as felts. */
  | {
      readonly kind: 'UpgradeScheduled' | 'UpgradeExecuted' | 'UpgradeCancelled' | 'AgentIdSet';
      readonly members: Readonly<Record<string, bigint | readonly bigint[]>>;
    };
