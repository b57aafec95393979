import type { ClassHash } from '#libs/felt';
import type { GrantRequirement } from '../rules/owner-rules.ts';
import type { SelfCallGuard, SessionRules } from '../rules/session-rules.ts';
import type { WindowRule } from '../rules/window.ts';

/** A rule with what shows it: a source, a measurement. */
export interface Known<T> {
  readonly value: T;
  readonly evidence: string;
}

/** Which session message a class asks for. STORED: by the mode it stores, 0 and 1 V1, 2 V2. */
export type HashModes = 'V1' | 'V2' | 'STORED';

/** The rules of one class, known by its hash. A rule that is absent is unverified: nobody has shown which it is. */
export interface ClassProfile {
  readonly classHash: ClassHash;
  readonly name: string;
  readonly windowRule?: Known<WindowRule>;
  /** False: a session key may call admin selectors, so it can take the account over. */
  readonly adminGuard?: Known<boolean>;
  readonly selfCallGuard?: Known<SelfCallGuard>;
  readonly grantRequires?: Known<GrantRequirement>;
  readonly revokeUnknownReverts?: Known<boolean>;
  readonly emitsCallFailed?: Known<boolean>;
  /**
   * Between two grants or revokes of a key its counter of calls only rises; what its policies have spent changes only in
   * a block where it rises; all other words, the list and the class change only with an event.
   */
  readonly counterOnlyRises?: Known<boolean>;
  readonly hashModes?: Known<HashModes>;
  /** False: `is_valid_signature` takes the owner's two felts only. */
  readonly fourFeltIsValidSignature?: Known<boolean>;
}

/** The rules of a profile, evidence left aside; `undefined` where unverified, or where there is no profile. */
export const rulesOf = (
  profile: ClassProfile | undefined,
): SessionRules & { readonly windowRule: WindowRule | undefined } => ({
  adminGuard: profile?.adminGuard?.value,
  selfCallGuard: profile?.selfCallGuard?.value,
  windowRule: profile?.windowRule?.value,
});
