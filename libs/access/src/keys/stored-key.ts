import type { OrganisationKind, Role } from '#libs/api';
import type { KeyKind } from './key-format.ts';
import type { KeyHash } from './key-hash.ts';

/** A limit to some accounts, as `networkId/0x…`, and to those with some labels. Both empty: sees none. */
export interface StoredScope {
  readonly accounts: readonly string[];
  readonly labels: readonly string[];
}

/** A key as admission needs it. Never leaves this room: it holds the hash. */
export interface StoredKey extends KeyHash {
  readonly keyId: string;
  readonly kind: KeyKind;
  readonly name: string;
  readonly organisation: {
    readonly id: number;
    readonly publicId: string;
    readonly name: string;
    readonly kind: OrganisationKind;
  };
  /** Of a SIGN_IN key the role and scope of its member, as they are now. */
  readonly role: Role;
  readonly scope: StoredScope | undefined;
  readonly unitsPerMinute: number | undefined;
  readonly expiresAt: Date | undefined;
  readonly revokedAt: Date | undefined;
  readonly member:
    | { readonly memberId: string; readonly name: string; readonly isDisabled: boolean }
    | undefined;
}

/** A key as people see it in a list: no hash. */
export interface ListedKey {
  readonly keyId: string;
  readonly organisation: string;
  readonly kind: KeyKind;
  readonly name: string;
  readonly role: Role;
  readonly scope: StoredScope | undefined;
  readonly createdAt: Date;
  readonly createdBy: string;
  /** Of a SIGN_IN key: whose. */
  readonly memberId: string | undefined;
  readonly expiresAt: Date | undefined;
  readonly lastUsedAt: Date | undefined;
  readonly revokedAt: Date | undefined;
  readonly replacedBy: string | undefined;
  readonly unitsPerMinute: number | undefined;
}
